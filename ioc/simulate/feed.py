"""A feed: figures that units of a kind tell for each period, and what goes wrong on the way."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from contracts.indicator import ObservationBody
from hub.catalogue.periods import Period, Span, between
from hub.catalogue.records import Unit
from hub.wording import LOCAL
from ioc.simulate.calendar import DAY, moment
from ioc.simulate.told import Told
from ioc.simulate.world import World

Figures = Callable[[World, Unit, Period, Random], Mapping[str, float]]
"""Of one unit for one period, by measure; empty where it has nothing to tell."""

OUTAGE_EVERY, OUTAGE_DAYS = 28, 2
"""Each feed is silent for two days every four weeks, and then tells all at once."""
MISSING, LATE, CORRECTED = 0.012, 0.03, 0.04
"""Shares of the figures that never come, come days late, come wrong first: bounds of one draw."""
WRONG = 0.97
"""What a figure that will be corrected is told as, of what it is."""
SCATTER_MIN = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """`after` counts from the period's end, or from its start if the feed is `early`."""

    name: str
    level: str
    span: Span
    figures: Figures
    after: timedelta
    early: bool = False
    steady: bool = False
    """Machines measure: nothing of it is missing, late or corrected but for outages."""

    def told(self, world: World, since: datetime, until: datetime) -> Iterator[Told]:
        """Of the periods that begin in [since, until), whenever they are told."""
        for period in between(self.span, since, until):
            if period.start >= since:
                for unit in world.of_kind(self.level):
                    yield from self._of(world, unit, period)

    def silent(self, world: World, at: datetime) -> bool:
        """Whether the feed is down at `at`."""
        if self.span not in (Span.HOUR, Span.DAY):
            return False
        return self._outage_day(world, at) < OUTAGE_DAYS

    def _outage_day(self, world: World, at: datetime) -> int:
        phase = world.chance("outage", self.name).randrange(OUTAGE_EVERY)
        return (local_day(at).toordinal() + phase) % OUTAGE_EVERY

    def _of(self, world: World, unit: Unit, period: Period) -> Iterator[Told]:
        chance = world.chance(self.name, unit.id, period.start)
        figures = self.figures(world, unit, period, chance)
        at = self._due(world, period, chance)
        luck = 1.0 if self.steady else chance.random()
        if not figures or luck < MISSING:
            return
        if luck < LATE:
            at += DAY * chance.randint(1, 3)
        if LATE <= luck < CORRECTED:
            yield from _bodies(unit, period, figures, at, WRONG)
            at += DAY
        yield from _bodies(unit, period, figures, at, 1.0)

    def _due(self, world: World, period: Period, chance: Random) -> datetime:
        base = period.start if self.early else period.end
        at = base + self.after + timedelta(minutes=chance.uniform(0, SCATTER_MIN))
        if not self.silent(world, at):
            return at
        left = OUTAGE_DAYS - self._outage_day(world, at)
        return moment(local_day(at) + DAY * left, 7.0)


def local_day(at: datetime) -> date:
    """The local day of a moment."""
    return at.astimezone(LOCAL).date()


def _bodies(
    unit: Unit, period: Period, figures: Mapping[str, float], at: datetime, share: float
) -> Iterator[Told]:
    for measure, value in figures.items():
        body = ObservationBody(
            measure=measure, unit=unit.id, period_start=period.start, period_end=period.end,
            value=value if share == 1.0 else float(round(value * share)),
        )  # fmt: skip
        yield Told(at=at, body=body)
