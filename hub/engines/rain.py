"""Rain at a station: its class, what it triggers, and the landslide risk of spots nearby.

Sums are in millimetres.  An hour that was not measured counts as 0 and is counted as missing: the
sum is then the least that fell, so a level is at least what is said.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from math import floor
from typing import Self

from pydantic import Field, model_validator

from contracts.configuration import Section
from hub.engines.profile import Sourced, shipped
from hub.engines.trace import Input, Trace, trace

HOUR = timedelta(hours=1)
DAYS_BACK = 7
"""No rule asks for more days of rain before than these."""


class Hazard(StrEnum):
    """How prone a spot is to slide, from the map of landslide hazard."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Alert(IntEnum):
    """What a station's rain triggers."""

    NONE = 0
    YELLOW = 1
    ORANGE = 2
    RED = 3


class ClassStep(Section):
    name_vi: str
    from_mm: int = Field(ge=0)


class Classes(Sourced):
    steps: tuple[ClassStep, ...] = Field(min_length=1)


class RiskStep(Sourced):
    """`at_least_mm` takes the bound in, `over_mm` leaves it out."""

    level: int = Field(ge=1, le=5)
    hazard: Hazard
    at_least_mm: float | None = None
    over_mm: float | None = None
    wet_days_before: int = Field(ge=0, le=DAYS_BACK)

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if (self.at_least_mm is None) == (self.over_mm is None):
            raise ValueError("over_mm: give either at_least_mm or over_mm")
        return self

    def reached(self, hazard: Hazard, mm: float, wet_days: int) -> bool:
        over = self.over_mm is None or mm > self.over_mm
        enough = self.at_least_mm is None or mm >= self.at_least_mm
        return self.hazard is hazard and over and enough and wet_days >= self.wet_days_before


class Colour(Section):
    name_vi: str
    colour: str = Field(pattern=r"^#[0-9a-f]{6}$")


class Landslide(Sourced):
    wet_day_mm: float = Field(gt=0)
    steps: tuple[RiskStep, ...] = Field(min_length=1)
    colours: Mapping[int, Colour]


class TriggerStep(Section):
    hours: int = Field(ge=1, le=24)
    yellow_mm: float
    orange_mm: float
    red_mm: float

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if not 0 < self.yellow_mm < self.orange_mm < self.red_mm:
            raise ValueError("red_mm: yellow, orange and red must rise")
        return self

    def alert(self, mm: float) -> Alert:
        return Alert(sum(mm >= bound for bound in (self.yellow_mm, self.orange_mm, self.red_mm)))


class Triggers(Sourced):
    steps: tuple[TriggerStep, ...] = Field(min_length=1)


class Rules(Section):
    """`data/rain.yaml`."""

    classes: Classes
    landslide: Landslide
    triggers: Triggers


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A slope, a road cut, a group of houses under one."""

    id: str
    name_vi: str
    hazard: Hazard


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallen:
    """Hourly rain up to a moment, newest first; None is an hour that was not measured."""

    hours: tuple[float | None, ...]

    def mm(self, hours: int) -> float:
        """Of the last `hours`, at least; to a thousandth, finer than any gauge, so that a sum of
        parts meets its bound."""
        return round(sum(mm for mm in self.hours[:hours] if mm is not None), 3)

    def missing(self, hours: int) -> int:
        return hours - sum(mm is not None for mm in self.hours[:hours])

    def wet_days_before(self, wet_day_mm: float) -> int:
        """Days of rain in a row right before the last 24 hours."""
        days = 0
        for day in range(1, DAYS_BACK + 1):
            measured = [mm for mm in self.hours[24 * day : 24 * (day + 1)] if mm is not None]
            if sum(measured) < wet_day_mm:
                break
            days += 1
        return days


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One window of a station; `missing` of its hours were not measured."""

    hours: int
    mm: float
    missing: int
    alert: Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class StationAlert:
    """The worst of the windows."""

    alert: Alert
    windows: tuple[Reached, ...]
    trace: Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotRisk:
    """`level` 0 to 5 of natural-disaster risk; `colour` None at 0."""

    spot: Spot
    level: int
    colour: Colour | None
    mm_24h: float
    wet_days_before: int
    hours_missing: int
    trace: Trace


def rules() -> Rules:
    return shipped("rain", Rules)


def fallen(hourly_mm: Mapping[datetime, float], until: datetime) -> Fallen:
    """`hourly_mm` by the aware beginning of each hour; `until` is a full hour."""
    back = range(1, 24 * (DAYS_BACK + 1) + 1)
    return Fallen(hours=tuple(hourly_mm.get(until - HOUR * n) for n in back))


def fallen_by_day(daily_mm: Sequence[float | None]) -> Fallen:
    """From daily sums, newest first, where hours are not known: each is spread over its day, so
    only sums of whole days mean something."""
    hours = [None if mm is None else mm / 24 for mm in daily_mm for _ in range(24)]
    return Fallen(hours=tuple(hours))


def class_of(mm_24h: float, classes: Classes) -> str:
    whole = floor(mm_24h + 0.5)
    return [step.name_vi for step in classes.steps if whole >= step.from_mm][-1]


def station(rain: Fallen, triggers: Triggers) -> StationAlert:
    windows = tuple(
        Reached(hours=step.hours, mm=mm, missing=rain.missing(step.hours), alert=step.alert(mm))
        for step in triggers.steps
        for mm in (rain.mm(step.hours),)
    )
    return StationAlert(
        alert=max(window.alert for window in windows),
        windows=windows,
        trace=trace(
            triggers,
            "Lượng mưa cộng dồn từng khoảng so với ngưỡng vàng, cam, đỏ; lấy mức cao nhất",
            *(Input(name_vi=f"Mưa {one.hours} giờ", value=one.mm, unit="mm") for one in windows),
            notes_vi=_missing_vi(max(window.missing for window in windows)),
        ),
    )


def landslide(rain: Fallen, spots: Iterable[Spot], rule: Landslide) -> tuple[SpotRisk, ...]:
    """The risk of each spot from the rain of the station that stands for it."""
    mm, wet_days = rain.mm(24), rain.wet_days_before(rule.wet_day_mm)
    return tuple(_risk(spot, mm, wet_days, rain.missing(24), rule) for spot in spots)


def _risk(spot: Spot, mm: float, wet_days: int, missing: int, rule: Landslide) -> SpotRisk:
    reached = [step for step in rule.steps if step.reached(spot.hazard, mm, wet_days)]
    worst = max(reached, key=lambda step: step.level, default=None)
    return SpotRisk(
        spot=spot,
        level=worst.level if worst else 0,
        colour=rule.colours[worst.level] if worst else None,
        mm_24h=mm,
        wet_days_before=wet_days,
        hours_missing=missing,
        trace=trace(
            worst or rule,
            "Lượng mưa 24 giờ và số ngày mưa trước đó so với ngưỡng của mức nguy cơ sạt lở",
            Input(name_vi="Mưa 24 giờ", value=mm, unit="mm"),
            Input(name_vi="Số ngày mưa liền trước", value=wet_days, unit="ngày"),
            Input(name_vi="Mức nguy cơ của điểm", value=spot.hazard.value),
            notes_vi=_missing_vi(missing),
        ),
    )


def _missing_vi(hours: int) -> tuple[str, ...]:
    if not hours:
        return ()
    return (f"Thiếu số liệu {hours} giờ: lượng mưa thật có thể cao hơn.",)
