"""Fire danger of each commune and day, from its weather stations.

The weather of 13:00 is the mean of the commune's stations, or of the district's where it has
none of its own; the index runs back to `MEMORY`, which holds any dry spell of this district.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from contracts.indicator import ObservationBody
from hub.catalogue.loader import DISTRICT
from hub.catalogue.periods import Period, Span, containing
from hub.engines import danger
from hub.engines.danger import Danger, Method, Weather
from hub.reckoning.desk import Desk, body
from hub.wording import LOCAL

MEMORY = timedelta(days=150)
AT = time(13)
KNOWN_AT = time(14)
"""Before this hour today's 13:00 has not come in from every station."""
METHOD = Method(table="hung-1988")
"""The default table until the city's own is given (hub/engines/data/danger.yaml)."""

Told = Sequence[Mapping[datetime, float]]


def reckon(desk: Desk) -> Iterator[ObservationBody]:
    for commune in desk.units("commune"):
        stations = desk.below(commune, "weather-station") or desk.below(DISTRICT, "weather-station")
        found = danger.reckon(_weather(desk, stations), danger.rules(), METHOD)
        for one in found:
            period = containing(Span.DAY, datetime.combine(one.day, AT, LOCAL))
            if period.end > desk.since:
                yield from _bodies(commune, period, one)


def _bodies(commune: str, period: Period, one: Danger) -> Iterator[ObservationBody]:
    yield body("forest-fire.danger-index", commune, period, round(one.p, 1))
    yield body("forest-fire.dry-days", commune, period, one.h)
    yield body("forest-fire.danger-level", commune, period, one.level.level)


def _weather(desk: Desk, stations: Sequence[str]) -> Iterator[Weather]:
    """From the first day on which a station said something; today only once 13:00 is in."""
    since = min(desk.since, desk.now) - MEMORY
    warm, damp, wet = (
        [desk.told(f"environment.{what}", station, since) for station in stations]
        for what in ("temperature", "humidity", "rain-1h")
    )
    first = min((min(each) for each in warm if each), default=None)
    if first is None:
        return
    ends = danger.rules().index.rain_day_ends_at_hour
    day = first.astimezone(LOCAL).date()
    while day <= _last(desk.now):
        at = datetime.combine(day, AT, LOCAL).astimezone(UTC)
        yield Weather(
            day=day, t13=_mean(warm, at), rh13=_mean(damp, at),
            rain=danger.rain_of(day, _rain(wet, day, ends), ends),
        )  # fmt: skip
        day += timedelta(days=1)


def _last(now: datetime) -> date:
    local = now.astimezone(LOCAL)
    return local.date() if local.time() >= KNOWN_AT else local.date() - timedelta(days=1)


def _mean(told: Told, at: datetime) -> float | None:
    known = [each[at] for each in told if at in each]
    return sum(known) / len(known) if known else None


def _rain(told: Told, day: date, ends_at_hour: int) -> dict[datetime, float]:
    """Hourly means over the stations of the 24 hours before `ends_at_hour` of `day`."""
    until = datetime.combine(day, time(ends_at_hour), LOCAL).astimezone(UTC)
    hours = [until - timedelta(hours=back) for back in range(1, 25)]
    return {at: mean for at in hours if (mean := _mean(told, at)) is not None}
