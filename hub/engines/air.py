"""VN_AQI of decision 1459/QĐ-TCMT: by the hour with Nowcast, by the day; and smoke in the dust.

Between two breakpoints the index is a straight line, without the gaps of other countries' tables;
it is rounded to a whole number.  Concentrations are µg/m³; None is an hour without a measurement.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import floor
from statistics import fmean
from typing import Self

from pydantic import Field, model_validator

from contracts.configuration import Section
from hub.engines.profile import Sourced, shipped
from hub.engines.trace import Input, Trace, trace

Hours = Sequence[float | None]
"""Hourly means, oldest first."""


class Pollutant(StrEnum):
    O3_1H = "o3_1h"
    O3_8H = "o3_8h"
    CO = "co"
    SO2 = "so2"
    NO2 = "no2"
    PM10 = "pm10"
    PM25 = "pm25"


DUST = (Pollutant.PM10, Pollutant.PM25)
"""At least one of them must be measured, or there is no index."""
NAMES = {
    Pollutant.O3_1H: "O₃ (1 giờ)",
    Pollutant.O3_8H: "O₃ (8 giờ)",
    Pollutant.CO: "CO",
    Pollutant.SO2: "SO₂",
    Pollutant.NO2: "NO₂",
    Pollutant.PM10: "PM10",
    Pollutant.PM25: "PM2.5",
}
NO_DUST_VI = "Chưa đủ số liệu bụi PM10 hoặc PM2.5 để tính chỉ số."


class NowcastForm(StrEnum):
    """How the hours are weighed when they change fast (w = 1/2)."""

    DECREE = "decree"
    """Σ (1/2)^i · c_i, as the decree writes it; normalised when an hour is missing, for which the
    plain sum would count clean air."""
    NORMALISED = "normalised"
    """Σ w^(i-1) · c_i / Σ w^(i-1), as for slow change."""


class NowcastRule(Section):
    hours: int = Field(ge=1)
    newest: int = Field(ge=1)
    needed_of_newest: int = Field(ge=1)
    least_weight: float = Field(gt=0, lt=1)


class DailyRule(Section):
    hours_needed: int = Field(ge=1, le=24)
    hours_needed_8h: int = Field(ge=1, le=8)


class Level(Section):
    name_vi: str
    colour_vi: str
    colour: str = Field(pattern=r"^#[0-9a-f]{6}$")
    up_to: int
    advice_vi: str


class SmokeRule(Sourced):
    times_mean: float = Field(gt=1)
    mean_hours: int = Field(ge=1)
    hours_needed: int = Field(ge=1)


class Rules(Sourced):
    """`data/air.yaml`."""

    index: tuple[int, ...] = Field(min_length=2)
    breakpoints: Mapping[Pollutant, tuple[float, ...]]
    nowcast: NowcastRule
    daily: DailyRule
    levels: tuple[Level, ...] = Field(min_length=1)
    smoke: SmokeRule

    @model_validator(mode="after")
    def _rising(self) -> Self:
        for pollutant, points in self.breakpoints.items():
            if not 2 <= len(points) <= len(self.index) or list(points) != sorted(set(points)):
                raise ValueError(f"breakpoints: {pollutant} must rise, one number an index step")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class SubIndex:
    """The index of one pollutant, from the concentration that counted."""

    pollutant: Pollutant
    concentration: float
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AirQuality:
    """`index` is the worst of `parts`; None with a reason when the rules allow no index."""

    index: int | None
    level: Level | None
    worst: Pollutant | None
    parts: tuple[SubIndex, ...]
    reason_vi: str
    trace: Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class SmokeSign:
    """Whether dust rose as smoke makes it rise; `times` None when there is too little to say."""

    raised: bool
    latest: float | None
    mean: float | None
    times: float | None
    hours_known: int
    trace: Trace


def rules() -> Rules:
    return shipped("air", Rules)


def sub_index(pollutant: Pollutant, concentration: float, rules: Rules) -> int | None:
    """0 to 500; None where the table of the pollutant ends (ozone over 8 hours)."""
    points = rules.breakpoints[pollutant]
    concentration = max(concentration, 0.0)
    for i, (low, high) in enumerate(pairwise(points)):
        if concentration <= high:
            below, above = rules.index[i], rules.index[i + 1]
            return _whole((above - below) / (high - low) * (concentration - low) + below)
    return rules.index[-1] if len(points) == len(rules.index) else None


def nowcast(
    hours: Hours, rule: NowcastRule, form: NowcastForm = NowcastForm.DECREE
) -> float | None:
    """Of the last hours, oldest first; None unless enough of the newest were measured."""
    newest_first = list(reversed(hours))[: rule.hours]
    if sum(c is not None for c in newest_first[: rule.newest]) < rule.needed_of_newest:
        return None
    known = [(i, c) for i, c in enumerate(newest_first) if c is not None]
    most = max(c for _, c in known)
    if most <= 0:
        return 0.0
    weight = max(min(c for _, c in known) / most, rule.least_weight)
    total = sum(weight**i * c for i, c in known)
    whole = len(known) == rule.hours
    if weight == rule.least_weight and form is NowcastForm.DECREE and whole:
        return weight * total
    return total / sum(weight**i for i, _ in known)


def hourly(
    hours: Mapping[Pollutant, Hours], rules: Rules, form: NowcastForm = NowcastForm.DECREE
) -> AirQuality:
    """Of the newest hour; `hours` end with it.  Gases count with that hour, dust by Nowcast."""

    def concentration(pollutant: Pollutant) -> float | None:
        measured = hours.get(pollutant, ())
        if pollutant in DUST:
            return nowcast(measured, rules.nowcast, form)
        return measured[-1] if measured and pollutant is not Pollutant.O3_8H else None

    return _quality(concentration, rules, "Bụi: Nowcast 12 giờ; khí: trung bình giờ mới nhất")


def daily(hours: Mapping[Pollutant, Hours], rules: Rules) -> AirQuality:
    """Of a day of 24 hours: dust by its mean, ozone also by its worst 8 hours, gases by the worst
    hour."""
    day = {pollutant: list(measured)[-24:] for pollutant, measured in hours.items()}

    def concentration(pollutant: Pollutant) -> float | None:
        if pollutant is Pollutant.O3_8H:
            return _worst_mean(day.get(Pollutant.O3_1H, []), 8, rules.daily.hours_needed_8h)
        measured = day.get(pollutant, [])
        if pollutant in DUST:
            return _worst_mean(measured, 24, rules.daily.hours_needed)
        return max((c for c in measured if c is not None), default=None)

    return _quality(concentration, rules, "Bụi: trung bình 24 giờ; khí: giờ cao nhất trong ngày")


def smoke(pm25: Hours, rule: SmokeRule) -> SmokeSign:
    """Whether the newest hour of PM2.5 stands out from the mean of the hours before it."""
    latest = pm25[-1] if pm25 else None
    before = [c for c in pm25[-rule.mean_hours - 1 : -1] if c is not None]
    enough = len(before) >= rule.hours_needed
    mean = fmean(before) if enough else None
    times = latest / mean if latest is not None and mean else None
    return SmokeSign(
        raised=times is not None and times >= rule.times_mean,
        latest=latest,
        mean=mean,
        times=times,
        hours_known=len(before),
        trace=trace(
            rule,
            f"PM2.5 giờ mới nhất ≥ {rule.times_mean:g} × trung bình {rule.mean_hours} giờ trước",
            Input(name_vi="PM2.5 giờ mới nhất", value=latest, unit="µg/m³"),
            Input(name_vi="Trung bình trước đó", value=mean, unit="µg/m³"),
            Input(name_vi="Số giờ có số liệu", value=len(before), unit="giờ"),
        ),
    )


def _whole(value: float) -> int:
    """Half rounds up, as people do."""
    return floor(value + 0.5)


def _worst_mean(hours: Hours, width: int, needed: int) -> float | None:
    """The greatest mean of `width` hours in a row of which `needed` were measured."""
    windows = [hours[at : at + width] for at in range(max(len(hours) - width, 0) + 1)]
    known = [[c for c in window if c is not None] for window in windows]
    return max((fmean(window) for window in known if len(window) >= needed), default=None)


def _quality(
    concentration: Callable[[Pollutant], float | None], rules: Rules, formula_vi: str
) -> AirQuality:
    counted = {one: concentration(one) for one in Pollutant}
    parts = tuple(
        SubIndex(pollutant=one, concentration=c, index=index)
        for one, c in counted.items()
        if c is not None and (index := sub_index(one, c, rules)) is not None
    )
    dusty = any(part.pollutant in DUST for part in parts)
    worst = max(parts, key=lambda part: part.index) if dusty else None
    return AirQuality(
        index=worst.index if worst else None,
        level=_level(worst.index, rules) if worst else None,
        worst=worst.pollutant if worst else None,
        parts=parts,
        reason_vi="" if worst else NO_DUST_VI,
        trace=trace(
            rules,
            f"{formula_vi}; nội suy thẳng giữa hai mức; chỉ số là giá trị lớn nhất",
            *(Input(name_vi=NAMES[one], value=c, unit="µg/m³") for one, c in counted.items()),
        ),
    )


def _level(index: int, rules: Rules) -> Level:
    return next(level for level in rules.levels if index <= level.up_to)
