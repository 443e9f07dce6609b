"""The share of time that something was up: cameras, lines, servers.

Time about which nothing is known is neither up nor down: it is told beside the share, with the
bounds between which the truth lies.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from hub.wording import LOCAL

NOTHING = timedelta(0)
FORMULA_VI = "Thời gian hoạt động ÷ (thời gian hoạt động + thời gian gián đoạn); bỏ lúc không rõ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Half open, aware."""

    start: datetime
    end: datetime
    up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a probe saw; None: it could not tell."""

    at: datetime
    up: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Of the period [start, end)."""

    start: datetime
    end: datetime
    up: timedelta
    down: timedelta
    unknown: timedelta

    @property
    def percent(self) -> float | None:
        """Of the time that is known; None when none is."""
        known = self.up + self.down
        return 100 * (self.up / known) if known else None

    @property
    def percent_lowest(self) -> float:
        """Had it been down whenever nothing is known."""
        return 100 * (self.up / (self.end - self.start))

    @property
    def percent_highest(self) -> float:
        """Had it been up whenever nothing is known."""
        return 100 * ((self.up + self.unknown) / (self.end - self.start))


def availability(intervals: Iterable[Interval], start: datetime, end: datetime) -> Availability:
    """Of the period, which must not be empty.  Where intervals contradict each other, down counts.

    Raises ValueError when `end` is not after `start`.
    """
    if end <= start:
        raise ValueError(f"the period ends at {end}, not after its start {start}")
    inside = [one for one in intervals if one.end > start and one.start < end]
    up = down = NOTHING
    for began, ended, state in _pieces(inside, start, end):
        if state is True:
            up += ended - began
        elif state is False:
            down += ended - began
    return Availability(start=start, end=end, up=up, down=down, unknown=end - start - up - down)


def by_month(
    intervals: Iterable[Interval], start: datetime, end: datetime
) -> tuple[Availability, ...]:
    """Of each local month that the period touches, cut to the period."""
    known = list(intervals)
    cuts = [start, *_month_starts(start, end), end]
    return tuple(availability(known, one, other) for one, other in pairwise(cuts))


def from_looks(looks: Iterable[Look], holds: timedelta) -> Iterator[Interval]:
    """Each look holds until the next, for `holds` at most: after that nobody looked.  A look that
    could not tell ends the one before it."""
    ordered = sorted(looks, key=lambda look: look.at)
    ends = [look.at for look in ordered[1:]] + [look.at + holds for look in ordered[-1:]]
    for look, following in zip(ordered, ends, strict=True):
        end = min(following, look.at + holds)
        if look.up is not None and end > look.at:
            yield Interval(start=look.at, end=end, up=look.up)


def _pieces(
    intervals: list[Interval], start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, bool | None]]:
    """The period cut wherever something begins or ends, with what held in each piece."""
    changes: dict[datetime, list[tuple[bool, int]]] = {start: [], end: []}
    for one in intervals:
        changes.setdefault(max(one.start, start), []).append((one.up, 1))
        changes.setdefault(min(one.end, end), []).append((one.up, -1))
    held = {True: 0, False: 0}
    for began, ended in pairwise(sorted(changes)):
        for up, step in changes[began]:
            held[up] += step
        yield began, ended, False if held[False] else True if held[True] else None


def _month_starts(start: datetime, end: datetime) -> Iterator[datetime]:
    """Strictly between `start` and `end`, local midnight."""
    month = start.astimezone(LOCAL).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while (month := (month + timedelta(32)).replace(day=1)) < end:
        yield month.astimezone(start.tzinfo)
