"""The Canadian fire-weather index of each commune and day, from the weather at noon.

Its moisture codes are carried from day to day: a day without weather ends the chain, and after it
there is no figure until the codes have forgotten where they began.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from hub.catalogue.periods import Span, containing
from hub.catalogue.records import Unit
from hub.engines import fwi
from hub.reckoning.desk import HOUR, Desk, Reckoned
from hub.reckoning.weather import KNOWN, RAIN, Sky, newest_day, sky
from hub.wording import LOCAL

MEASURE = "forest-fire.fwi"
MEMORY = timedelta(days=75)
"""More than the slowest code's time lag of 52 days (Van Wagner 1987)."""
LEAST_DAYS = 15
"""Days in a row before a figure is said: more than the time lag of the duff code, 12 days."""
NOON = time(12)
INSTANTS = {"temperature": "nhiệt độ", "humidity": "độ ẩm", "wind-speed": "gió"}


def reckon(desk: Desk) -> Iterator[Reckoned]:
    since = min(desk.since, desk.now) - MEMORY
    for commune in desk.of_kind("commune"):
        above = sky(desk, commune.id, since, *INSTANTS, RAIN)
        if above.first is None:
            last = newest_day(desk.now)
            yield _reckoned(commune, last, why="Chưa trạm nào báo nhiệt độ.")
        else:
            yield from _chain(desk, commune, above, above.first.astimezone(LOCAL).date())


def _chain(desk: Desk, commune: Unit, above: Sky, day: date) -> Iterator[Reckoned]:
    rules = fwi.rules()
    codes, begun = rules.start, day
    while day <= newest_day(desk.now):
        lacking, weather = _noon(above, day)
        wanted = containing(Span.DAY, _moment(day)).end > desk.since
        if weather is None:
            codes, begun = rules.start, day + timedelta(days=1)
            if wanted:
                why = f"Thiếu {lacking} lúc 12 giờ ngày {day:%d/%m/%Y}."
                yield _reckoned(commune, day, why=why)
        else:
            found = fwi.reckon(codes, weather, rules, lat=commune.lat or fwi.TEMPERATE_LAT)
            codes = found.codes
            if wanted:
                yield _said(commune, day, begun, found)
        day += timedelta(days=1)


def _said(commune: Unit, day: date, begun: date, found: fwi.FireWeather) -> Reckoned:
    days = (day - begun).days + 1
    if days < LEAST_DAYS:
        why = (
            f"Thời tiết liền ngày mới có từ {begun:%d/%m/%Y} ({days} ngày), cần ít nhất "
            f"{LEAST_DAYS}."
        )
        return _reckoned(commune, day, why=why)
    one = _reckoned(commune, day)
    return Reckoned(
        measure=one.measure, unit=one.unit, period=one.period, value=round(found.fwi, 1),
        trace=found.trace,
    )  # fmt: skip


def _reckoned(commune: Unit, day: date, why: str = "") -> Reckoned:
    period = containing(Span.DAY, _moment(day))
    return Reckoned(measure=MEASURE, unit=commune.id, period=period, why_vi=why)


def _noon(above: Sky, day: date) -> tuple[str, fwi.Weather | None]:
    """The weather of noon, or what of it nobody told.  An hour without a reading is filled by
    the hour before or after."""
    at = _moment(day)
    told = {what: _near(above, what, at) for what in INSTANTS}
    fallen = above.rain(at)
    celsius, humidity, wind = told.values()
    enough = len(fallen) >= KNOWN * 24
    if celsius is None or humidity is None or wind is None or not enough:
        lacking = [INSTANTS[what] for what, value in told.items() if value is None]
        lacking += [] if enough else [f"{24 - len(fallen)} giờ mưa"]
        return ", ".join(lacking), None
    return "", fwi.Weather(
        month=day.month, celsius=celsius, humidity_percent=min(max(humidity, 0.0), 100.0),
        wind_kmh=max(wind, 0.0), rain_mm=max(sum(fallen.values()), 0.0),
    )  # fmt: skip


def _near(above: Sky, what: str, at: datetime) -> float | None:
    found = (above.mean(what, moment) for moment in (at, at - HOUR, at + HOUR))
    return next((value for value in found if value is not None), None)


def _moment(day: date) -> datetime:
    return datetime.combine(day, NOON, LOCAL).astimezone(UTC)
