"""VN_AQI of each station: of each hour by Nowcast, of each day that is over."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from contracts.indicator import ObservationBody
from hub.catalogue.periods import Period
from hub.engines import air
from hub.engines.air import Hours, Pollutant
from hub.reckoning.desk import HOUR, Desk, Hourly, body, hour

LAST_HOURS = timedelta(hours=36)
"""Hours that are reckoned anew for late figures; what is older keeps its first index."""


def reckon(desk: Desk) -> Iterator[ObservationBody]:
    rules = air.rules()
    for station in desk.units("weather-station"):
        dust = desk.told("environment.pm25", station, desk.since - timedelta(days=1))
        for start in dust:
            if start >= max(desk.since, desk.now - LAST_HOURS):
                now = air.hourly({Pollutant.PM25: _until(dust, start, 12)}, rules)
                if now.index is not None:
                    yield body("environment.vn-aqi-hour", station, hour(start), now.index)
        for day in desk.days():
            if day.end <= desk.now and (index := _day(dust, day)) is not None:
                yield body("environment.vn-aqi", station, day, index)


def _day(dust: Hourly, day: Period) -> int | None:
    last = day.end - HOUR
    return air.daily({Pollutant.PM25: _until(dust, last, 24)}, air.rules()).index


def _until(told: Hourly, last: datetime, count: int) -> Hours:
    """`count` hours, oldest first, that end with the one that begins at `last`."""
    return [told.get(last - HOUR * back) for back in reversed(range(count))]
