"""Which period a cell names, as people write them."""

import re
from datetime import datetime
from functools import lru_cache

from hub.catalogue.periods import Period, Span, containing
from hub.entrances.faults import WrongValue
from hub.entrances.table import Cell
from hub.entrances.values import FIRST_YEAR, LAST_YEAR, local_time, text
from hub.wording import LOCAL

_MONTH = re.compile(r"(?:tháng\s*|t)?(\d{1,2})\s*[/-]\s*(\d{4})", re.IGNORECASE)
_YEAR_MONTH = re.compile(r"(\d{4})-?(\d{2})")
_QUARTER = re.compile(r"(?:quý\s*|q)(IV|I{1,3}|[1-4])\s*[/-]\s*(\d{4})", re.IGNORECASE)
_YEAR = re.compile(r"(?:năm\s*)?(\d{4})", re.IGNORECASE)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


@lru_cache(maxsize=4_096, typed=True)  # the rows of a table share few dates
def period(span: Span, cell: Cell, formats: tuple[str, ...]) -> Period:
    """The period that `cell` names: a date in it, `3/2026`, `2026-03`, `Quý I/2026`, `2026`."""
    named = None if span in (Span.HOUR, Span.DAY, Span.WEEK) else _named(span, text(cell))
    return containing(span, named or local_time(cell, formats))


def _named(span: Span, said: str) -> datetime | None:
    """The first moment of a month, quarter or year that is written without a day; a longer
    period may be named by a month or quarter in it."""
    if match := _MONTH.fullmatch(said):
        return _first(int(match[2]), int(match[1]))
    if span is not Span.YEAR and (match := _YEAR_MONTH.fullmatch(said)):
        return _first(int(match[1]), int(match[2]))
    if span is not Span.MONTH and (match := _QUARTER.fullmatch(said)):
        number = _ROMAN.get(match[1].casefold()) or int(match[1])
        return _first(int(match[2]), number * 3 - 2)
    if span is Span.YEAR and (match := _YEAR.fullmatch(said) or _YEAR_MONTH.fullmatch(said)):
        return _first(int(match[1]), 1)
    return None


def _first(year: int, month: int) -> datetime:
    if not (FIRST_YEAR <= year < LAST_YEAR and 1 <= month <= 12):
        raise WrongValue(f"không có kỳ {month}/{year}", "ghi tháng từ 1 đến 12 và năm đủ bốn số")
    return datetime(year, month, 1, tzinfo=LOCAL)
