"""What all of the simulated district shares: seed, scale, calendar, units, weather, stories."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from hub.catalogue.records import Unit
from hub.working_time import WorkingTime, working_time
from ioc.simulate.calendar import Calendar
from ioc.simulate.units import communes, units, whole

USUAL_SCALE = 0.02
"""Of a full district: a month is there in seconds."""
STORY_EVERY = 30
"""Days from one story of a kind to the next: any month has one."""


@dataclass(frozen=True, kw_only=True)
class World:
    """`scale` 1 is the full district: in 60 days some 50,000 cases and 100,000 texts."""

    seed: int
    scale: float = USUAL_SCALE
    clock: WorkingTime = field(default_factory=working_time)
    calendar: Calendar = field(init=False)
    units: tuple[Unit, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "calendar", Calendar(clock=self.clock))
        object.__setattr__(self, "units", (whole(), *communes(), *units(self.scale)))

    def chance(self, *what: object) -> Random:
        """The same draws for the same seed and words, on every machine."""
        return Random("/".join(map(str, (self.seed, *what))))  # noqa: S311

    def of_kind(self, kind: str) -> tuple[Unit, ...]:
        return tuple(unit for unit in self.units if unit.kind == kind)

    def trait(self, unit: Unit, what: str) -> float:
        """What is peculiar to a unit and never changes, 0 to 1."""
        return self.chance("trait", unit.id, what).random()

    def whole(self, mean: float, chance: Random) -> int:
        """A whole number around `mean`, about as unsure as a count of rare things."""
        if mean > 30:
            return max(round(chance.gauss(mean, mean**0.5)), 0)
        left, count = chance.expovariate(1.0), 0
        while left < mean:
            left += chance.expovariate(1.0)
            count += 1
        return count

    def story_day(self, kind: str, day: date) -> int:
        """How many days ago the newest story of `kind` began; 0 is its first day."""
        return (day.toordinal() + self._phase(kind)) % STORY_EVERY

    def story_place(self, kind: str, day: date) -> Unit:
        """The commune of the story that is on or was last."""
        number = (day.toordinal() + self._phase(kind)) // STORY_EVERY
        return self.chance("place", kind, number).choice(self.of_kind("commune"))

    def _phase(self, kind: str) -> int:
        return self.chance("phase", kind).randrange(STORY_EVERY)
