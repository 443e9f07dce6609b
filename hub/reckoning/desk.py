"""What a reckoning works with: one state of the records, the catalogue, now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from contracts.indicator import ObservationBody
from hub.catalogue.periods import Period, Span, between, containing
from hub.catalogue.records import Catalogue, Unit
from hub.config import Rules
from hub.engines.trace import Trace
from hub.records import observations
from hub.timeseries.store import TimeSeries
from hub.wording import LOCAL

Hourly = Mapping[datetime, float]
"""Value by the beginning of its hour, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`since`: from when on figures are wanted; `series`: where telemetry lies, if the hub has
    it at hand; `fresh`: how old a camera's picture may be."""

    connection: Connection
    catalogue: Catalogue
    now: datetime
    since: datetime
    series: TimeSeries | None = None
    fresh: timedelta = timedelta(seconds=Rules().blind_after_s)
    _known: dict[tuple[str, str, datetime], Hourly] = field(default_factory=dict, repr=False)

    @property
    def today(self) -> date:
        return self.now.astimezone(LOCAL).date()

    def days(self) -> Iterator[Period]:
        """The days that are wanted, today's included."""
        return between(Span.DAY, self.since, self.now)

    def units(self, kind: str) -> tuple[str, ...]:
        return tuple(unit.id for unit in self.of_kind(kind))

    def of_kind(self, kind: str) -> tuple[Unit, ...]:
        return self.catalogue.of_kind(kind, self.today)

    def below(self, unit: str, kind: str) -> tuple[str, ...]:
        """The units of `kind` inside of `unit`, by id."""
        inside = self.catalogue.below(unit, self.today)
        return tuple(sorted(name for name in self.units(kind) if name in inside))

    def value(self, measure: str, unit: str, period: Period) -> float | None:
        """The current figure of one period, which may be to come."""
        query = select(observations.c.value).where(
            observations.c.superseded_at.is_(None),
            observations.c.measure == measure,
            observations.c.unit == unit,
            observations.c.period_start == period.start,
        )
        return self.connection.scalar(query)

    def told(self, measure: str, unit: str, since: datetime) -> Hourly:
        """The current figures of a unit that begin at `since` or later, by their beginning; read
        once, for communes without a station share the district's."""
        key = (measure, unit, since)
        if key not in self._known:
            self._known[key] = self._told(*key)
        return self._known[key]

    def _told(self, measure: str, unit: str, since: datetime) -> Hourly:
        query = (
            select(observations.c.period_start, observations.c.value)
            .where(
                observations.c.superseded_at.is_(None),
                observations.c.measure == measure,
                observations.c.unit == unit,
                observations.c.period_start >= since,
                observations.c.period_start < self.now,
            )
            .order_by(observations.c.period_start)
        )
        return {row.period_start: row.value for row in self.connection.execute(query)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """A figure and how it came about, or (`value` None) why there is none."""

    measure: str
    unit: str
    period: Period
    value: float | None = None
    trace: Trace | None = None
    why_vi: str = ""

    @property
    def period_start(self) -> datetime:
        return self.period.start

    @property
    def body(self) -> ObservationBody | None:
        return (
            None if self.value is None else body(self.measure, self.unit, self.period, self.value)
        )


def body(measure: str, unit: str, period: Period, value: float) -> ObservationBody:
    return ObservationBody(
        measure=measure, unit=unit, period_start=period.start, period_end=period.end, value=value
    )


def hour(start: datetime) -> Period:
    return containing(Span.HOUR, start)


HOUR = timedelta(hours=1)
