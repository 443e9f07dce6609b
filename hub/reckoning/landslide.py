"""Landslide risk of each commune and day: the highest of its dangerous slopes.

Slopes are units of the district's own file (kind `slope`, with their `hazard`).  Each is judged by
the rain of every station of its commune, or of the district's where it has none, at the hour of
the day with the most rain in 24 hours; the worst counts.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from hub.catalogue.periods import Period
from hub.engines import rain
from hub.engines.rain import DAYS_BACK, Fallen, Spot, SpotRisk
from hub.reckoning.desk import HOUR, Desk, Hourly, Reckoned, hour
from hub.reckoning.weather import KNOWN, RAIN, stations

MEASURE = "environment.landslide-level"
Rains = Mapping[str, Hourly]


def reckon(desk: Desk) -> Iterator[Reckoned]:
    rule = rain.rules().landslide
    since = desk.since - timedelta(days=DAYS_BACK + 1)
    for commune in desk.units("commune"):
        slopes = _slopes(desk, commune)
        rains = {
            one: desk.told(f"environment.{RAIN}", one, since) for one in stations(desk, commune)
        }
        for day in desk.days():
            until = min(day.end, hour(desk.now).start)
            if until > day.start:
                yield _of_day(commune, day, until, slopes, rains, rule)


def _slopes(desk: Desk, commune: str) -> tuple[Spot, ...]:
    inside = desk.catalogue.below(commune, desk.today)
    return tuple(
        Spot(id=unit.id, name_vi=unit.name_vi, hazard=unit.hazard)
        for unit in desk.of_kind("slope")
        if unit.id in inside and unit.hazard is not None
    )


def _of_day(
    commune: str, day: Period, until: datetime, slopes: tuple[Spot, ...], rains: Rains,
    rule: rain.Landslide,
) -> Reckoned:  # fmt: skip
    def none(why: str) -> Reckoned:
        return Reckoned(measure=MEASURE, unit=commune, period=day, why_vi=why)

    if not slopes:
        return none("Chưa khai báo điểm nguy cơ sạt lở nào của xã (đơn vị loại `slope`).")
    fallen = [_wettest(told, day, until) for told in rains.values()]
    known = [one for one in fallen if one.missing(24) <= (1 - KNOWN) * 24]
    if not known:
        return none(f"Không trạm nào có đủ mưa giờ của 24 giờ ({len(rains)} trạm).")
    worst = max((_worst(one, slopes, rule) for one in known), key=lambda risk: risk.level)
    return Reckoned(measure=MEASURE, unit=commune, period=day, value=worst.level, trace=worst.trace)


def _wettest(told: Hourly, day: Period, until: datetime) -> Fallen:
    """Up to the hour of the day at whose end most had fallen in 24 hours."""
    ends = [until - HOUR * back for back in range(int((until - day.start) / HOUR))]
    return rain.fallen(told, max(ends, key=lambda end: _mm(told, end)))


def _mm(told: Hourly, end: datetime) -> float:
    return sum(told.get(end - HOUR * back, 0.0) for back in range(1, 25))


def _worst(fallen: Fallen, slopes: tuple[Spot, ...], rule: rain.Landslide) -> SpotRisk:
    return max(rain.landslide(fallen, slopes, rule), key=lambda risk: risk.level)
