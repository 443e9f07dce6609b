"""What a reckoning works with: one state of the records, the catalogue, now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from contracts.indicator import ObservationBody
from hub.catalogue.periods import Period, Span, between, containing
from hub.catalogue.records import Catalogue
from hub.records import observations
from hub.wording import LOCAL

Hourly = Mapping[datetime, float]
"""Value by the beginning of its hour, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`since`: from when on figures are wanted."""

    connection: Connection
    catalogue: Catalogue
    now: datetime
    since: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(LOCAL).date()

    def days(self) -> Iterator[Period]:
        """The days that are wanted, today's included."""
        return between(Span.DAY, self.since, self.now)

    def units(self, kind: str) -> tuple[str, ...]:
        return tuple(unit.id for unit in self.catalogue.of_kind(kind, self.today))

    def below(self, unit: str, kind: str) -> tuple[str, ...]:
        """The units of `kind` inside of `unit`, by id."""
        inside = self.catalogue.below(unit, self.today)
        return tuple(sorted(name for name in self.units(kind) if name in inside))

    def told(self, measure: str, unit: str, since: datetime) -> dict[datetime, float]:
        """The current figures of a unit that begin at `since` or later, by their beginning."""
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


def body(measure: str, unit: str, period: Period, value: float) -> ObservationBody:
    return ObservationBody(
        measure=measure, unit=unit, period_start=period.start, period_end=period.end, value=value
    )


def hour(start: datetime) -> Period:
    return containing(Span.HOUR, start)


HOUR = timedelta(hours=1)
