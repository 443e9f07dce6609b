"""Fire danger of each commune and day, from its weather stations, and of tomorrow from a forecast.

The weather of 13:00 is the mean of the commune's stations, or of the district's where it has
none of its own; the index runs back to `MEMORY`, which holds any dry spell of this district.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from hub.catalogue.periods import Period, Span, containing
from hub.engines import danger
from hub.engines.danger import Danger, Method, Rain, Weather
from hub.reckoning.desk import Desk, Reckoned
from hub.reckoning.weather import Sky, newest_day, sky
from hub.wording import LOCAL

MEMORY = timedelta(days=150)
AT = time(13)
METHOD = Method(table="hung-1988")
"""The default table until the city's own is given (hub/engines/data/danger.yaml)."""
TOMORROW = "forest-fire.danger-level-tomorrow"
FORECAST = {
    "environment.forecast-temperature-13h": "nhiệt độ 13 giờ",
    "environment.forecast-humidity-13h": "độ ẩm 13 giờ",
    "environment.forecast-rain": "lượng mưa",
}


def reckon(desk: Desk) -> Iterator[Reckoned]:
    since = min(desk.since, desk.now) - MEMORY
    for commune in desk.units("commune"):
        above = sky(desk, commune, since, "temperature", "humidity", "rain-1h")
        weather = list(_weather(desk, above))
        if not weather:
            yield _nothing(desk, commune)
        for one in danger.reckon(weather, danger.rules(), METHOD):
            period = _day(one.day)
            if period.end > desk.since:
                yield from _of_day(commune, period, one)
        if weather and weather[-1].day == desk.today:
            yield _tomorrow(desk, commune, weather)


def _nothing(desk: Desk, commune: str) -> Reckoned:
    why = "Chưa trạm nào báo nhiệt độ."
    return Reckoned(
        measure="forest-fire.danger-level",
        unit=commune,
        period=_day(newest_day(desk.now)),
        why_vi=why,
    )


def _of_day(commune: str, period: Period, one: Danger) -> Iterator[Reckoned]:
    for name, value in (
        ("danger-index", round(one.p, 1)),
        ("dry-days", one.h),
        ("danger-level", one.level.level),
    ):
        measure = f"forest-fire.{name}"
        yield Reckoned(
            measure=measure, unit=commune, period=period, value=value, trace=one.trace
        )  # fmt: skip


def _tomorrow(desk: Desk, commune: str, weather: list[Weather]) -> Reckoned:
    """By the same formula, from what somebody forecasts; without a forecast there is none."""
    today = _day(desk.today)
    ahead = today.next()
    told = {measure: desk.value(measure, commune, ahead) for measure in FORECAST}
    warm, damp, wet = told.values()
    if warm is None or damp is None or wet is None:
        lacking = ", ".join(FORECAST[name] for name, value in told.items() if value is None)
        why = f"Chưa có dự báo {lacking} cho ngày {ahead.day:%d/%m/%Y}."
        return Reckoned(measure=TOMORROW, unit=commune, period=today, why_vi=why)
    forecast = Weather(day=ahead.day, t13=warm, rh13=damp, rain=Rain(mm=wet))
    found = danger.reckon([*weather, forecast], danger.rules(), METHOD)[-1]
    return Reckoned(
        measure=TOMORROW, unit=commune, period=today, value=found.level.level, trace=found.trace
    )


def _weather(desk: Desk, above: Sky) -> Iterator[Weather]:
    """From the first day on which a station said something; today only once 13:00 is in."""
    if above.first is None:
        return
    ends = danger.rules().index.rain_day_ends_at_hour
    day = above.first.astimezone(LOCAL).date()
    while day <= newest_day(desk.now):
        at = datetime.combine(day, AT, LOCAL).astimezone(UTC)
        until = datetime.combine(day, time(ends), LOCAL).astimezone(UTC)
        yield Weather(
            day=day, t13=above.mean("temperature", at), rh13=above.mean("humidity", at),
            rain=danger.rain_of(day, above.rain(until), ends),
        )  # fmt: skip
        day += timedelta(days=1)


def _day(day: date) -> Period:
    return containing(Span.DAY, datetime.combine(day, AT, LOCAL))
