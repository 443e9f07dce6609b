"""The clock of offices: working hours, weekends, holidays, Tết, and days that were swapped.

Public holidays are a file for 2015 to 2075 (`scripts/public-holidays`); beyond it only weekends
count.

A working day is the working hours of one day (8 by default): three working days from Monday
10:00 end on Thursday at 10:00.  Times are aware; days are those of Asia/Ho_Chi_Minh.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hub.wording import LOCAL

SHIPPED = Path(__file__).parent / "data" / "working_days.yaml"
PUBLIC = Path(__file__).parent / "data" / "public_holidays.csv"
NONE = timedelta()
MOST_DAYS = 4_000
"""Eleven years: a deadline beyond is a mistake, and a loop over it ends."""


class Exceptional(BaseModel):
    """A day that is not as the calendar says, and who says so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: date
    source: str = Field(min_length=1)
    confidence: str = "high"


class Calendar(BaseModel):
    """The file: hours from, to; days off and working days beyond the usual ones."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hours: tuple[tuple[time, time], ...] = ()
    days_off: tuple[Exceptional, ...] = ()
    working_days: tuple[Exceptional, ...] = ()


class BadCalendar(ValueError):
    def __init__(self, *, file: Path, why: str) -> None:
        self.file = file
        self.why = why
        super().__init__(f"{file.name}: {why}")


class TooFar(ValueError):
    """A term that ends beyond `MOST_DAYS`."""

    def __init__(self, term: timedelta) -> None:
        self.term = term
        super().__init__(f"a term of {term} of working time ends in more than ten years")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """The clock stands still from `start` to `end`."""

    start: datetime
    end: datetime


class WorkingTime:
    """`hours` in order, without overlap."""

    def __init__(
        self,
        *,
        hours: Iterable[tuple[time, time]],
        days_off: Iterable[date] = (),
        working_days: Iterable[date] = (),
    ) -> None:
        self._hours = tuple(hours)
        self._off = frozenset(days_off)
        self._on = frozenset(working_days)
        self._public = _public()
        self._days: dict[date, bool] = {}
        self.day_length = sum((_length(*part) for part in self._hours), NONE)
        """Working time of a working day."""

    def is_working_day(self, day: date) -> bool:
        if day not in self._days:
            usual = day.weekday() < 5 and day not in self._public
            self._days[day] = day in self._on or (usual and day not in self._off)
        return self._days[day]

    def is_working(self, moment: datetime) -> bool:
        local = moment.astimezone(LOCAL)
        return self.is_working_day(local.date()) and any(
            start <= local.time() < end for start, end in self._hours
        )

    def add(self, start: datetime, term: timedelta) -> datetime:
        """When `term` of working time after `start` is used up.  Raises TooFar, ValueError."""
        if term < NONE:
            raise ValueError(f"a term of {term} is negative")
        left = term
        local = start.astimezone(LOCAL)
        day = local.date()
        for _ in range(MOST_DAYS):
            for begins, ends in self._parts(day):
                begins = max(begins, local)  # noqa: PLW2901
                if ends > begins or (ends == begins and left == NONE):
                    if ends - begins >= left:
                        return (begins + left).astimezone(start.tzinfo)
                    left -= ends - begins
            day += timedelta(days=1)
        raise TooFar(term)

    def add_days(self, start: datetime, days: float) -> datetime:
        return self.add(start, days * self.day_length)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`; nothing if `end` is not after it."""
        if end <= start:
            return NONE
        first, last = start.astimezone(LOCAL), end.astimezone(LOCAL)
        total, day = NONE, first.date()
        while day <= last.date():
            for begins, ends in self._parts(day):
                total += max(min(ends, last) - max(begins, first), NONE)
            day += timedelta(days=1)
        return total

    def paused(self, pauses: Iterable[Pause], since: datetime) -> timedelta:
        """Working time that the clock stood still after `since`."""
        return sum((self.between(max(pause.start, since), pause.end) for pause in pauses), NONE)

    def _parts(self, day: date) -> list[tuple[datetime, datetime]]:
        if not self.is_working_day(day):
            return []
        return [
            (datetime.combine(day, begins, LOCAL), datetime.combine(day, ends, LOCAL))
            for begins, ends in self._hours
        ]


@lru_cache(maxsize=4)
def working_time(own: Path | None = None) -> WorkingTime:
    """The shipped calendar and a district's `own` file.  Raises BadCalendar."""
    files = [_read(SHIPPED)] + ([_read(own)] if own else [])
    hours = next(each.hours for each in reversed(files) if each.hours)
    return WorkingTime(
        hours=hours,
        days_off=[day.day for each in files for day in each.days_off],
        working_days=[day.day for each in files for day in each.working_days],
    )


def _read(file: Path) -> Calendar:
    try:
        return Calendar.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")) or {})
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise BadCalendar(file=file, why=f"{key}: {first['msg']}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as wrong:
        raise BadCalendar(file=file, why=str(wrong)) from None


def _public() -> frozenset[date]:
    with PUBLIC.open(encoding="utf-8", newline="") as file:
        return frozenset(date.fromisoformat(row["day"]) for row in csv.DictReader(file))


def _length(begins: time, ends: time) -> timedelta:
    day = date(2000, 1, 1)
    return datetime.combine(day, ends, LOCAL) - datetime.combine(day, begins, LOCAL)
