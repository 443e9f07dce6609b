"""What day it is in the district: seasons, school year, market days, offices' days.

The seasons are those of the central highlands' edge: hot and dry under the gió Lào until
September, rains and floods from September to December.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from hub.wording import LOCAL
from hub.working_time import WorkingTime

DAY = timedelta(days=1)
WET_DAYS = (0.35, 0.20, 0.15, 0.20, 0.35, 0.25, 0.25, 0.35, 0.60, 0.75, 0.75, 0.55)
"""Share of days with rain, January to December."""
WET_MM = (6, 4, 5, 7, 12, 9, 9, 14, 24, 38, 36, 15)
"""Mean rain of such a day."""
FIRE_MONTHS = range(2, 10)
FOEHN_MONTHS = range(5, 9)
"""Gió Lào."""
WEEKDAYS = (1.35, 1.1, 1.0, 0.95, 0.8, 0.0, 0.0)
"""How many people come to an office, Monday to Sunday."""
MARKET_EVERY = 5
"""Days from one market to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    clock: WorkingTime

    def is_working_day(self, day: date) -> bool:
        return self.clock.is_working_day(day)

    def is_school_day(self, day: date) -> bool:
        """From 5 September to 31 May, when offices work too."""
        summer = (6, 1) <= (day.month, day.day) < (9, 5)
        return not summer and self.is_working_day(day)

    def is_market_day(self, day: date) -> bool:
        return day.toordinal() % MARKET_EVERY == 0

    def crowd(self, day: date) -> float:
        """How busy an office is, 1 on a usual day; after days off there is a queue."""
        if not self.is_working_day(day):
            return 0.0
        holiday_before = day.weekday() > 0 and not self.is_working_day(day - DAY)
        market = 0.1 if self.is_market_day(day) else 0.0
        return (WEEKDAYS[day.weekday()] or 0.7) + market + (0.3 if holiday_before else 0.0)

    def is_fire_season(self, day: date) -> bool:
        return day.month in FIRE_MONTHS

    def office_moment(self, day: date, chance: Random) -> datetime:
        """Some moment of the office hours, the morning rather than the afternoon."""
        morning = chance.random() < 0.65
        hour = chance.uniform(7.5, 11.4) if morning else chance.uniform(13.5, 17.2)
        return moment(day, hour)

    def work(self, start: datetime, hours: float) -> datetime:
        """After so many working hours."""
        return self.clock.add(start, timedelta(hours=hours))


def moment(day: date, hour: float) -> datetime:
    """Local hour of a day, to the second."""
    return datetime.combine(day, time(), LOCAL) + timedelta(seconds=round(hour * 3600))
