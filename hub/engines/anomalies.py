"""What is out of the ordinary, by median and median absolute deviation: a few wild days in the past
neither hide the next one nor cry wolf."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import fmean, median

from pydantic import Field

from hub.engines.profile import Sourced, shipped
from hub.engines.trace import Input, Trace, trace
from hub.wording import LOCAL

NORMAL_MAD = 1.4826
"""Standard deviation over MAD of a normal distribution."""
NORMAL_MEAN = 1.2533
"""The same over the mean absolute deviation, used where more than half of the values are equal."""


class Rules(Sourced):
    """`data/anomalies.yaml`."""

    score: float = Field(gt=0)
    least_samples: int = Field(ge=3)


class Season(StrEnum):
    """With which past moments a moment is compared; in local time."""

    NONE = "none"
    HOUR = "hour"
    WEEKDAY = "weekday"
    WEEKDAY_HOUR = "weekday-hour"


SLOTS: dict[Season, Callable[[datetime], object]] = {
    Season.NONE: lambda _: None,
    Season.HOUR: lambda at: at.hour,
    Season.WEEKDAY: lambda at: at.weekday(),
    Season.WEEKDAY_HOUR: lambda at: (at.weekday(), at.hour),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    at: datetime
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`score` is in robust standard deviations, signed; None when the past is too short.

    `low` and `high` bound what is ordinary.
    """

    unusual: bool
    score: float | None
    middle: float | None
    low: float | None
    high: float | None
    samples: int
    trace: Trace


def rules() -> Rules:
    return shipped("anomalies", Rules)


def spread(values: list[float], least: float) -> float:
    """A robust standard deviation, `least` at least."""
    middle = median(values)
    apart = [abs(value - middle) for value in values]
    return max(NORMAL_MAD * median(apart) or NORMAL_MEAN * fmean(apart), least)


def judge(
    sample: Sample,
    past: Iterable[Sample],
    rules: Rules,
    *,
    season: Season = Season.NONE,
    least_spread: float = 1e-9,
) -> Verdict:
    """Whether `sample` stands out from what came before it in the same slot of the season.

    `least_spread` is what the measure's own grain makes of a steady past (1 for counts).
    """
    slot = SLOTS[season]
    here = slot(sample.at.astimezone(LOCAL))
    values = [
        one.value for one in past if one.at < sample.at and slot(one.at.astimezone(LOCAL)) == here
    ]
    if len(values) < rules.least_samples:
        return _unjudged(sample, len(values), rules)
    middle, deviation = median(values), spread(values, least_spread)
    score = (sample.value - middle) / deviation
    return Verdict(
        unusual=abs(score) > rules.score,
        score=score,
        middle=middle,
        low=middle - rules.score * deviation,
        high=middle + rules.score * deviation,
        samples=len(values),
        trace=_trace(sample, rules, middle, deviation),
    )


def _unjudged(sample: Sample, known: int, rules: Rules) -> Verdict:
    note = f"Mới có {known} số liệu cùng thời điểm, cần ít nhất {rules.least_samples}."
    return Verdict(
        unusual=False,
        score=None,
        middle=None,
        low=None,
        high=None,
        samples=known,
        trace=_trace(sample, rules, None, None, note),
    )


def _trace(
    sample: Sample, rules: Rules, middle: float | None, deviation: float | None, *notes: str
) -> Trace:
    return trace(
        rules,
        f"(giá trị − trung vị) ÷ độ lệch bền vững; bất thường khi vượt ±{rules.score:g}",
        Input(name_vi="Giá trị", value=sample.value),
        Input(name_vi="Trung vị cùng thời điểm", value=middle),
        Input(name_vi="Độ lệch bền vững", value=deviation),
        notes_vi=notes,
    )
