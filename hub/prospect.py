"""A figure's forecast as it is kept and shown: plain data, and what it says in Vietnamese."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from hub.catalogue.grade import Direction
from hub.catalogue.records import Indicator
from hub.wording import LOCAL, number, percent

LIKELY, UNLIKELY = 2 / 3, 1 / 3
"""Between them "chưa rõ": a chance near one half is no news."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Point(Part):
    """A figure that is known; None where the period has none."""

    start: datetime
    value: float | None


class Ahead(Part):
    """A period to come.  `miss` is the probability to end on the wrong side of the target."""

    start: datetime
    value: float
    low: float
    high: float
    miss: float | None


class Past(Part):
    """How the method did when it was tried on the past (hub.engines.forecast.Accuracy)."""

    folds: int
    mean_error: float
    mase: float
    naive_mase: float
    coverage: float | None
    level: float


class Unusual(Part):
    """The newest figure beside what is ordinary for its weekday; robust deviations `score`."""

    start: datetime
    value: float
    low: float
    high: float
    score: float


class Prospect(Part):
    """`ahead` is empty when no forecast may be shown, and `reason_vi` says why."""

    indicator: str
    unit: str
    made_at: datetime
    history: tuple[Point, ...]
    ahead: tuple[Ahead, ...] = ()
    past: Past | None = None
    reason_vi: str = ""
    unusual: Unusual | None = None

    @property
    def made_on(self) -> date:
        return self.made_at.astimezone(LOCAL).date()

    @property
    def worst(self) -> Ahead | None:
        """The period to come that most probably misses the target."""
        judged = [one for one in self.ahead if one.miss is not None]
        return max(judged, key=lambda one: one.miss or 0.0, default=None)

    @property
    def will_miss(self) -> bool:
        worst = self.worst
        return worst is not None and (worst.miss or 0.0) >= LIKELY


def chance(miss: float) -> str:
    """`nhiều khả năng không đạt (86 %)`."""
    if miss >= LIKELY:
        return f"nhiều khả năng không đạt ({percent(miss)})"
    if miss <= UNLIKELY:
        return f"nhiều khả năng đạt ({percent(1 - miss)})"
    return f"chưa rõ đạt hay không (khả năng không đạt {percent(miss)})"


def verdict(indicator: Indicator, prospect: Prospect) -> str:
    """Whether the target will be missed; empty where nothing can be said."""
    worst = prospect.worst
    if worst is None or worst.miss is None or indicator.target is None:
        return ""
    sign = "≥" if indicator.direction is Direction.UP else "≤"
    target = number(indicator.target, indicator.decimals)
    return f"Chỉ tiêu {sign} {target}: {chance(worst.miss)}, kỳ đáng lo nhất {day(worst.start)}."


def accuracy(indicator: Indicator, past: Past) -> str:
    """Past accuracy in words that an officer can use."""
    wrong = number(past.mean_error, max(indicator.decimals, 1))
    unit = f" {indicator.unit_vi}" if indicator.unit_vi not in ("", "%") else (
        " điểm phần trăm" if indicator.unit_vi == "%" else ""
    )  # fmt: skip
    said = f"Thử lại {past.folds} lần trên quá khứ: sai trung bình {wrong}{unit}"
    if past.naive_mase > 0:
        better = 1 - past.mase / past.naive_mase
        word = "ít hơn" if better >= 0 else "nhiều hơn"
        said += f", {word} {percent(abs(better))} so với lấy giá trị cùng kỳ mùa trước"
    if past.coverage is not None:
        inside = percent(past.coverage)
        said += f"; {inside} số thật nằm trong khoảng (khoảng hứa {percent(past.level)})"
    return said + "."


def oddity(indicator: Indicator, unusual: Unusual) -> str:
    """`62,0 ngày 01/04/2026 thấp bất thường: thường từ 90,0 đến 99,0`."""
    side = "cao" if unusual.value > unusual.high else "thấp"
    low, value, high = (
        number(each, indicator.decimals) for each in (unusual.low, unusual.value, unusual.high)
    )
    return f"{value} ({day(unusual.start)}) {side} bất thường: thường từ {low} đến {high}."


def advice(indicator: Indicator, prospect: Prospect) -> str:
    """The catalogue's action for what is likely to come; empty when all is likely well."""
    if not prospect.will_miss:
        return ""
    return indicator.advice.red or indicator.advice.yellow


def day(moment: datetime) -> str:
    return moment.astimezone(LOCAL).strftime("%d/%m/%Y")
