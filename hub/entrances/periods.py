"""Periods of the local calendar, half open, in UTC."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from hub.entrances.faults import WrongValue
from hub.entrances.table import Cell
from hub.entrances.values import FIRST_YEAR, LAST_YEAR, local_time, text
from hub.wording import LOCAL


class Span(StrEnum):
    """How long a period is."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"


MONTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.HALF_YEAR: 6, Span.YEAR: 12}

_NUMBERED = {
    Span.MONTH: re.compile(r"(?:tháng\s*|t)?(\d{1,2})\s*[/-]\s*(\d{4})", re.IGNORECASE),
    Span.QUARTER: re.compile(r"(?:quý\s*|q)(IV|I{1,3}|[1-4])\s*[/-]\s*(\d{4})", re.IGNORECASE),
}
_YEAR_MONTH = re.compile(r"(\d{4})-?(\d{2})")
_YEAR = re.compile(r"(?:năm\s*)?(\d{4})", re.IGNORECASE)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    start: datetime
    end: datetime


def period(span: Span, cell: Cell, formats: tuple[str, ...]) -> Period:
    """The period that `cell` names: a date in it, `3/2026`, `2026-03`, `Quý I/2026`, `2026`."""
    if span is Span.HOUR:
        start = local_time(cell, formats).replace(minute=0, second=0, microsecond=0)
        return Period(start=start.astimezone(UTC), end=(start + timedelta(hours=1)).astimezone(UTC))
    first = _named(span, text(cell)) or local_time(cell, formats).astimezone(LOCAL).date()
    return containing(span, first)


def containing(span: Span, day: date) -> Period:
    """The period of the local calendar that `day` is in; weeks begin on Monday (ISO)."""
    if span is Span.DAY:
        return _of(day, day + timedelta(days=1))
    if span is Span.WEEK:
        monday = day - timedelta(days=day.weekday())
        return _of(monday, monday + timedelta(days=7))
    months = MONTHS[span]
    first = (day.month - 1) // months * months + 1
    after = first + months
    end = date(day.year + (after > 12), (after - 1) % 12 + 1, 1)
    return _of(date(day.year, first, 1), end)


def _of(first: date, after: date) -> Period:
    return Period(start=_midnight(first), end=_midnight(after))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL).astimezone(UTC)


def _named(span: Span, said: str) -> date | None:
    """The first day of a month, quarter or year that is written without a day."""
    if span is Span.YEAR and (match := _YEAR.fullmatch(said)):
        return _first(int(match[1]), 1)
    if span not in _NUMBERED:
        return None
    if match := _NUMBERED[span].fullmatch(said):
        number = _ROMAN.get(match[1].casefold()) or int(match[1])
        return _first(int(match[2]), (number - 1) * MONTHS[span] + 1)
    if span is Span.MONTH and (match := _YEAR_MONTH.fullmatch(said)):
        return _first(int(match[1]), int(match[2]))
    return None


def _first(year: int, month: int) -> date:
    if not (FIRST_YEAR <= year < LAST_YEAR and 1 <= month <= 12):
        raise WrongValue(f"không có kỳ {month}/{year}", "ghi tháng từ 1 đến 12 và năm đủ bốn số")
    return date(year, month, 1)
