"""The whole life of a case, written on the day it comes in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from contracts.indicator import CaseBody
from ioc.simulate.calendar import DAY
from ioc.simulate.told import Told
from ioc.simulate.world import World

TELLING = timedelta(seconds=40)
"""From a step to the hub."""
LONGEST = 45
"""Days after which no story has steps left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    at: datetime
    state: str
    due_at: datetime | None = None
    attributes: Mapping[str, str | int | float | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Steps in their order."""

    type: str
    case: str
    unit: str
    steps: tuple[Step, ...]

    def told(self) -> Iterator[Told]:
        for step in self.steps:
            yield Told(
                at=step.at + TELLING,
                body=CaseBody(
                    type=self.type, case=self.case, unit=self.unit, state=step.state, at=step.at,
                    due_at=step.due_at, attributes=dict(step.attributes),
                ),
            )  # fmt: skip

    def entered(self, state: str) -> datetime | None:
        """When it first came into a state."""
        return next((step.at for step in self.steps if step.state == state), None)


OfDay = Callable[[World, date], tuple[Story, ...]]


def told(world: World, stories: OfDay, since: date, until: date) -> Iterator[Told]:
    """Everything about the cases that come in on the days [since, until)."""
    day = since
    while day < until:
        for story in stories(world, day):
            yield from story.told()
        day += DAY


class Diary:
    """The stories of the last weeks, kept so that a day's figures can look back on them."""

    def __init__(self, stories: OfDay) -> None:
        self._stories = stories
        self._known: dict[tuple[int, float, date], tuple[Story, ...]] = {}

    def __call__(self, world: World, day: date) -> tuple[Story, ...]:
        key = world.seed, world.scale, day
        if key not in self._known:
            if len(self._known) > 3 * LONGEST:
                self._known.pop(next(iter(self._known)))
            self._known[key] = self._stories(world, day)
        return self._known[key]

    def back(self, world: World, day: date, days: int = LONGEST) -> Iterator[Story]:
        """Of the day and the `days` before it."""
        for n in range(days):
            yield from self(world, day - DAY * n)
