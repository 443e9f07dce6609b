"""Plan against actual against the same period of last year; traffic safety against it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pydantic import Field

from hub.engines.profile import Sourced, shipped
from hub.engines.trace import Input, Trace, trace


class Rules(Sourced):
    """`data/same_period.yaml`."""

    flat_percent: float = Field(ge=0)


class Trend(StrEnum):
    """Against the same period of last year."""

    UP = "tăng"
    DOWN = "giảm"
    FLAT = "không đổi"
    UNKNOWN = "chưa có số cùng kỳ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Local days, half open."""

    start: date
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one target; None is not known.  `plan` is of the whole year, `elapsed` its share gone."""

    actual: float
    plan: float | None = None
    last_year: float | None = None
    elapsed: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`plan_percent` of the plan done; `pace_percent` of what the time gone asks for;
    `change_percent` against last year, None when that was nothing."""

    figures: Figures
    plan_percent: float | None
    pace_percent: float | None
    change: float | None
    change_percent: float | None
    trend: Trend
    trace: Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Accidents of a period."""

    accidents: int
    deaths: int
    injured: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficComparison:
    accidents: Comparison
    deaths: Comparison
    injured: Comparison
    sentence_vi: str


def rules() -> Rules:
    return shipped("same_period", Rules)


def year_before(period: Period) -> Period:
    """The same days of last year; what ends or begins on 29 February does so on 1 March."""
    return Period(start=_year_before(period.start), end=_year_before(period.end))


def compare(figures: Figures, rules: Rules) -> Comparison:
    change = None if figures.last_year is None else figures.actual - figures.last_year
    percent = _percent(change, figures.last_year)
    due = None if figures.plan is None else figures.plan * (figures.elapsed or 0)
    return Comparison(
        figures=figures,
        plan_percent=_percent(figures.actual, figures.plan),
        pace_percent=_percent(figures.actual, due),
        change=change,
        change_percent=percent,
        trend=_trend(change, percent, rules),
        trace=trace(
            rules,
            "Thực hiện ÷ kế hoạch; (thực hiện − cùng kỳ năm trước) ÷ cùng kỳ năm trước",
            Input(name_vi="Thực hiện", value=figures.actual),
            Input(name_vi="Kế hoạch năm", value=figures.plan),
            Input(name_vi="Cùng kỳ năm trước", value=figures.last_year),
        ),
    )


def traffic(now: Traffic, last_year: Traffic | None, rules: Rules) -> TrafficComparison:
    """Each count and a sentence for the report."""

    def one(name: str) -> Comparison:
        before = None if last_year is None else float(getattr(last_year, name))
        return compare(Figures(actual=float(getattr(now, name)), last_year=before), rules)

    accidents, deaths, injured = one("accidents"), one("deaths"), one("injured")
    parts = (_words("vụ", accidents), _words("người chết", deaths), _words("bị thương", injured))
    return TrafficComparison(
        accidents=accidents, deaths=deaths, injured=injured, sentence_vi="; ".join(parts) + "."
    )


def _year_before(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 3, 1)
    return day.replace(year=day.year - 1)


def _percent(part: float | None, whole: float | None) -> float | None:
    return 100 * part / abs(whole) if part is not None and whole else None


def _trend(change: float | None, percent: float | None, rules: Rules) -> Trend:
    if change is None:
        return Trend.UNKNOWN
    if change == 0 or (percent is not None and abs(percent) < rules.flat_percent):
        return Trend.FLAT
    return Trend.UP if change > 0 else Trend.DOWN


def _words(noun: str, one: Comparison) -> str:
    """`12 vụ, giảm 3 (20 %) so với cùng kỳ`."""
    text = f"{one.figures.actual:.0f} {noun}"
    if one.change is None:
        return f"{text} ({one.trend})"
    if one.trend is Trend.FLAT:
        return f"{text}, không đổi so với cùng kỳ"
    share = "" if one.change_percent is None else f" ({abs(one.change_percent):.0f} %)"
    return f"{text}, {one.trend} {abs(one.change):.0f}{share} so với cùng kỳ"
