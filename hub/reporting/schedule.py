"""When which report is due.  Local time of Asia/Ho_Chi_Minh, which has no summer time; a report is
made on every day, Tết too: fires take no holidays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from hub.catalogue.periods import Period, Span, containing
from hub.wording import LOCAL

CATCH_UP = {Span.DAY: 7, Span.WEEK: 4, Span.MONTH: 3}
"""Reports made up for after downtime; what is older can be made by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A report of the schedule.  `newest`: it is sent; one that is made up for is only kept."""

    period: Period
    newest: bool

    @property
    def key(self) -> str:
        """`day 2026-04-01`."""
        return f"{self.period.span} {self.period.day.isoformat()}"


def due_at(period: Period, at: time) -> datetime:
    """When the report of `period` is made: at `at` of the day on which it has ended (UTC)."""
    day = period.end.astimezone(LOCAL).date()
    return datetime.combine(day, at, LOCAL).astimezone(period.end.tzinfo)


def due(
    spans: tuple[str, ...], at: time, done: Mapping[Span, datetime], now: datetime
) -> list[Slot]:
    """What is due and not made, oldest first.  `done`: start of the newest period made of each
    span; a hub that never made one makes the newest only."""
    found: list[Slot] = []
    for span in map(Span, spans):
        newest = _newest(span, at, now)
        missing: list[Slot] = []
        period, last = newest, done.get(span)
        while (last is None or period.start > last) and len(missing) < CATCH_UP[span]:
            missing.append(Slot(period=period, newest=period is newest))
            if last is None:
                break
            period = period.previous()
        found += reversed(missing)
    return found


def _newest(span: Span, at: time, now: datetime) -> Period:
    period = containing(span, now).previous()
    return period if due_at(period, at) <= now else period.previous()
