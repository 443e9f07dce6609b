"""Local periods of Asia/Ho_Chi_Minh, half open, written in UTC."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from hub.wording import LOCAL


class Span(StrEnum):
    """How long a period is."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


REMEMBERED = 4_096
"""Periods of a day or longer that are kept: each figure, case and text asks for some, of a few
hundred days."""

Shift = Literal["previous", "last_year"]
"""What a period is compared with."""

_MONTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """[start, end) in UTC; both are local midnights (an hour's: full hours)."""

    span: Span
    start: datetime
    end: datetime

    @property
    def day(self) -> date:
        """The local day on which it begins."""
        return self.start.astimezone(LOCAL).date()

    def previous(self) -> "Period":
        return containing(self.span, self.start - timedelta(microseconds=1))

    def next(self) -> "Period":
        return containing(self.span, self.end)

    def shifted(self, how: Shift) -> "Period":
        return self.previous() if how == "previous" else self.last_year()

    def compared_by(self, how: Shift) -> tuple["Period", ...]:
        """The periods whose `shifted(how)` this one is: none for 29 February, two for the 28th
        before a leap year."""
        later = (self.next(),) if how == "previous" else self._a_year_on()
        return tuple(one for one in later if one.shifted(how) == self)

    def _a_year_on(self) -> tuple["Period", ...]:
        if self.span is Span.WEEK:
            return (containing(self.span, self.start + timedelta(weeks=52)),)
        local = self.start.astimezone(LOCAL)
        last = monthrange(local.year + 1, local.month)[1]
        days = {min(local.day, last)} | ({last} if local.month == 2 else set())
        return tuple(
            containing(self.span, local.replace(year=local.year + 1, day=day))
            for day in sorted(days)
        )

    def last_year(self) -> "Period":
        """The same month, quarter or year a year ago; of a day or an hour the same date (29
        February: the 28th); of a week the one 52 weeks ago, which has the same weekdays."""
        if self.span is Span.WEEK:
            return containing(self.span, self.start - timedelta(weeks=52))
        local = self.start.astimezone(LOCAL)
        day = min(local.day, monthrange(local.year - 1, local.month)[1])
        return containing(self.span, local.replace(year=local.year - 1, day=day))


def containing(span: Span, moment: datetime) -> Period:
    """The period of `span` that `moment` (aware) falls into."""
    local = moment.astimezone(LOCAL)
    if span is Span.HOUR:
        start = local.replace(minute=0, second=0, microsecond=0)
        return Period(span=span, start=_utc(start), end=_utc(start + timedelta(hours=1)))
    return _of_days(span, local.date())


@lru_cache(maxsize=REMEMBERED)
def _of_days(span: Span, day: date) -> Period:
    first = _first_day(span, day)
    return Period(span=span, start=_midnight(first), end=_midnight(_after(span, first)))


def between(span: Span, since: datetime, until: datetime) -> Iterator[Period]:
    """The periods that touch [since, until), oldest first."""
    period = containing(span, since)
    while period.start < until:
        yield period
        period = period.next()


def _first_day(span: Span, day: date) -> date:
    if span is Span.DAY:
        return day
    if span is Span.WEEK:
        return day - timedelta(days=day.weekday())
    months = _MONTHS[span]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _after(span: Span, first: date) -> date:
    if span in (Span.DAY, Span.WEEK):
        return first + timedelta(days=1 if span is Span.DAY else 7)
    month = first.month - 1 + _MONTHS[span]
    return date(first.year + month // 12, month % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return _utc(datetime.combine(day, time(), LOCAL))


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
