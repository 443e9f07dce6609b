"""Rain of the last 3 and 24 hours at each station, for each hour that is told.

With an hour missing the sum is the least that can have fallen, and it is said only where at
least three quarters of the hours are known: a hole is not a dry hour.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from contracts.indicator import ObservationBody
from hub.reckoning.desk import HOUR, Desk, Hourly, body, hour
from hub.reckoning.weather import KNOWN

SUMS = {"environment.rain-3h": 3, "environment.rain-24h": 24}
LAST_HOURS = timedelta(hours=36)


def reckon(desk: Desk) -> Iterator[ObservationBody]:
    since = max(desk.since, desk.now - LAST_HOURS)
    for station in desk.units("weather-station"):
        told = desk.told("environment.rain-1h", station, since - timedelta(days=1))
        for start in told:
            if start >= since:
                for measure, hours in SUMS.items():
                    if (mm := _sum(told, start, hours)) is not None:
                        yield body(measure, station, hour(start), round(mm, 1))


def _sum(told: Hourly, last: datetime, hours: int) -> float | None:
    known = [told[at] for back in range(hours) if (at := last - HOUR * back) in told]
    return sum(known) if len(known) >= KNOWN * hours else None
