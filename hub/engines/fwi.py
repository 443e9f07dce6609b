"""The Canadian fire-weather index: three moisture codes and what fire they make likely.

Observed at noon, local standard time.  Equations of Van Wagner & Pickett 1985 (F-33); after rain
the duff code takes the form of its FORTRAN, 20 + 280/exp(0.023·P0).  Names are the report's.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import exp, log, sqrt

from pydantic import Field

from contracts.configuration import Section
from hub.engines.profile import Sourced, shipped
from hub.engines.trace import Input, Trace, trace

TEMPERATE_LAT = 45.0
"""Where the equations were fitted; the published series stands on its tables."""

ByMonth = tuple[float, float, float, float, float, float, float, float, float, float, float, float]


class Codes(Section):
    """Moisture of litter, of duff, of deep compact matter; higher is drier."""

    ffmc: float = Field(ge=0, le=101)
    dmc: float = Field(ge=0)
    dc: float = Field(ge=0)


class Zone(Section):
    over_lat: float
    by_month: ByMonth


class Step(Section):
    name_vi: str
    below: float | None


class Classes(Sourced):
    steps: tuple[Step, ...] = Field(min_length=1)


class Rules(Sourced):
    """`data/fwi.yaml`."""

    start: Codes
    day_length_hours: tuple[Zone, ...] = Field(min_length=1)
    drying_factor: tuple[Zone, ...] = Field(min_length=1)
    classes: Classes


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """At noon: °C, %, km/h at 10 m, mm of the last 24 h; the month sets the day's length."""

    month: int
    celsius: float
    humidity_percent: float
    wind_kmh: float
    rain_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FireWeather:
    """Of one day."""

    codes: Codes
    isi: float
    bui: float
    fwi: float
    dsr: float
    class_vi: str
    trace: Trace


def rules() -> Rules:
    return shipped("fwi", Rules)


def series(
    days: Iterable[Weather],
    rules: Rules,
    *,
    lat: float = TEMPERATE_LAT,
    start: Codes | None = None,
) -> Iterator[FireWeather]:
    """Day after day without a hole; `lat` in degrees north sets day length and drying."""
    codes = start or rules.start
    for weather in days:
        today = reckon(codes, weather, rules, lat=lat)
        codes = today.codes
        yield today


def reckon(
    before: Codes, weather: Weather, rules: Rules, *, lat: float = TEMPERATE_LAT
) -> FireWeather:
    """The day that follows `before`."""
    length = _of(rules.day_length_hours, lat)[weather.month - 1]
    drying = _of(rules.drying_factor, lat)[weather.month - 1]
    codes = Codes(
        ffmc=_ffmc(before.ffmc, weather),
        dmc=_dmc(before.dmc, weather, length),
        dc=_dc(before.dc, weather, drying),
    )
    isi = _isi(codes.ffmc, weather.wind_kmh)
    bui = _bui(codes.dmc, codes.dc)
    fwi = _fwi(isi, bui)
    return FireWeather(
        codes=codes,
        isi=isi,
        bui=bui,
        fwi=fwi,
        dsr=0.0272 * math.pow(fwi, 1.77),
        class_vi=_class(fwi, rules.classes),
        trace=_trace(before, weather, rules, lat),
    )


def _of(zones: tuple[Zone, ...], lat: float) -> ByMonth:
    return next(zone.by_month for zone in zones if lat > zone.over_lat)


def _class(fwi: float, classes: Classes) -> str:
    return next(step.name_vi for step in classes.steps if step.below is None or fwi < step.below)


def _ffmc(before: float, weather: Weather) -> float:
    moisture = _wetted(147.2 * (101 - before) / (59.5 + before), weather.rain_mm)
    moisture = _dried(moisture, weather)
    return min(max(59.5 * (250 - moisture) / (147.2 + moisture), 0.0), 101.0)


def _wetted(moisture: float, rain_mm: float) -> float:
    if rain_mm <= 0.5:
        return moisture
    net = rain_mm - 0.5
    gain = 42.5 * net * exp(-100 / (251 - moisture)) * (1 - exp(-6.93 / net))
    if moisture > 150:
        gain += 0.0015 * (moisture - 150) ** 2 * sqrt(net)
    return min(moisture + gain, 250.0)


def _dried(moisture: float, weather: Weather) -> float:
    """Towards the equilibrium of drying or of wetting, whichever is passed."""
    humidity, heat = weather.humidity_percent, 0.18 * (21.1 - weather.celsius)
    warm = heat * (1 - exp(-0.115 * humidity))
    dry = 0.942 * math.pow(humidity, 0.679) + 11 * exp((humidity - 100) / 10) + warm
    wet = 0.618 * math.pow(humidity, 0.753) + 10 * exp((humidity - 100) / 10) + warm
    if moisture > dry:
        return dry + (moisture - dry) * math.pow(10, -_rate(humidity / 100, weather))
    if moisture < wet:
        return wet - (wet - moisture) * math.pow(10, -_rate(1 - humidity / 100, weather))
    return moisture


def _rate(damp: float, weather: Weather) -> float:
    still = 0.424 * (1 - math.pow(damp, 1.7)) + 0.0694 * sqrt(weather.wind_kmh) * (1 - damp**8)
    return still * 0.581 * exp(0.0365 * weather.celsius)


def _dmc(before: float, weather: Weather, day_length: float) -> float:
    celsius = max(weather.celsius, -1.1)
    gain = 1.894 * (celsius + 1.1) * (100 - weather.humidity_percent) * day_length * 1e-4
    if weather.rain_mm <= 1.5:
        return before + gain
    net = 0.92 * weather.rain_mm - 1.27
    moisture = 20 + 280 / exp(0.023 * before)
    wet = moisture + 1000 * net / (48.77 + _slope(before) * net)
    return max(43.43 * (5.6348 - log(wet - 20)), 0.0) + gain


def _slope(dmc: float) -> float:
    if dmc <= 33:
        return 100 / (0.5 + 0.3 * dmc)
    if dmc <= 65:
        return 14 - 1.3 * log(dmc)
    return 6.2 * log(dmc) - 17.2


def _dc(before: float, weather: Weather, drying: float) -> float:
    gain = max(0.36 * (max(weather.celsius, -2.8) + 2.8) + drying, 0.0) / 2
    if weather.rain_mm > 2.8:
        net = 0.83 * weather.rain_mm - 1.27
        before = max(before - 400 * log(1 + 3.937 * net / (800 * exp(-before / 400))), 0.0)
    return before + gain


def _isi(ffmc: float, wind_kmh: float) -> float:
    moisture = 147.2 * (101 - ffmc) / (59.5 + ffmc)
    fuel = 91.9 * exp(-0.1386 * moisture) * (1 + math.pow(moisture, 5.31) / 4.93e7)
    return 0.208 * exp(0.05039 * wind_kmh) * fuel


def _bui(dmc: float, dc: float) -> float:
    if dmc == 0:
        return 0.0
    if dmc <= 0.4 * dc:
        return 0.8 * dmc * dc / (dmc + 0.4 * dc)
    drier = (1 - 0.8 * dc / (dmc + 0.4 * dc)) * (0.92 + math.pow(0.0114 * dmc, 1.7))
    return max(dmc - drier, 0.0)


def _fwi(isi: float, bui: float) -> float:
    heavy = (
        0.626 * math.pow(bui, 0.809) + 2 if bui <= 80 else 1000 / (25 + 108.64 * exp(-0.023 * bui))
    )
    base = 0.1 * isi * heavy
    return exp(2.72 * math.pow(0.434 * log(base), 0.647)) if base > 1 else base


def _trace(before: Codes, weather: Weather, rules: Rules, lat: float) -> Trace:
    return trace(
        rules,
        "Ba chỉ số ẩm (FFMC, DMC, DC) hôm trước và thời tiết 12 giờ → ISI, BUI → FWI",
        Input(name_vi="FFMC hôm trước", value=before.ffmc),
        Input(name_vi="DMC hôm trước", value=before.dmc),
        Input(name_vi="DC hôm trước", value=before.dc),
        Input(name_vi="Nhiệt độ", value=weather.celsius, unit="°C"),
        Input(name_vi="Độ ẩm", value=weather.humidity_percent, unit="%"),
        Input(name_vi="Gió", value=weather.wind_kmh, unit="km/h"),
        Input(name_vi="Mưa 24 giờ", value=weather.rain_mm, unit="mm"),
        Input(name_vi="Vĩ độ", value=lat, unit="°"),
    )
