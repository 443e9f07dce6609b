"""Infectious diseases: clusters in place and time, weeks over their past, clocks of reports."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean, stdev
from typing import Self

from pydantic import Field, model_validator

from contracts.configuration import Section
from hub.engines.profile import Sourced, shipped
from hub.engines.trace import Input, Trace, trace
from hub.geometry import Spot, distance_m

LAST_COMMON_WEEK = 52


class DengueRule(Sourced):
    cases: int = Field(ge=2, le=2, description="The algorithm pairs cases; other counts need it.")
    days: int = Field(ge=1)
    radius_m: float = Field(gt=0)
    ends_after_days: int = Field(ge=1)


class ExcessRule(Sourced):
    years: int = Field(ge=2)
    least_years: int = Field(ge=2)
    look_back_years: int = Field(ge=2)
    deviations: float = Field(gt=0)


class Disease(Section):
    id: str
    name_vi: str


class ClockGroup(Section):
    id: str
    name_vi: str
    hours: int = Field(gt=0)
    diseases: tuple[Disease, ...]


class ClockRule(Sourced):
    groups: tuple[ClockGroup, ...]

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        ids = [disease.id for group in self.groups for disease in group.diseases]
        for one in ids:
            if ids.count(one) > 1:
                raise ValueError(f"groups: {one} has two clocks; leave one")
        return self


class Rules(Section):
    """`data/epidemic.yaml`."""

    dengue: DengueRule
    excess: ExcessRule
    clocks: ClockRule


class UnknownDisease(ValueError):
    """A disease without a clock in the rules."""

    def __init__(self, disease: str, known: Iterable[str]) -> None:
        self.disease = disease
        self.known = tuple(known)
        super().__init__(f"no clock for {disease!r}; there are {', '.join(self.known)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DengueCase:
    """`day` of onset; `larvae`: larvae or mosquitoes were found at the place."""

    case: str
    day: date
    spot: Spot
    lab_confirmed: bool = False
    larvae: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbreak:
    """Cases by day.  `over_after` is the last day on which a new case would belong to it."""

    cases: tuple[DengueCase, ...]
    over_after: date
    trace: Trace

    @property
    def first(self) -> date:
        return self.cases[0].day

    @property
    def last(self) -> date:
        return self.cases[-1].day

    def active(self, today: date) -> bool:
        return self.first <= today <= self.over_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """An ISO week."""

    year: int
    week: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """`threshold` and `over` None when too few years are known to say."""

    cases: int
    threshold: float | None
    over: bool | None
    years: tuple[int, ...]
    trace: Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """By when a case must be reported."""

    disease: Disease
    hours: int
    due_at: datetime
    trace: Trace

    def overdue(self, now: datetime, reported_at: datetime | None = None) -> bool:
        """Whether it was reported, or is still not, after its time."""
        return (reported_at or now) > self.due_at


def rules() -> Rules:
    return shipped("epidemic", Rules)


def dengue_outbreaks(cases: Iterable[DengueCase], rule: DengueRule) -> tuple[Outbreak, ...]:
    """Places with two cases near in place and time, or one confirmed with larvae; oldest first.

    A case near an outbreak that is not over belongs to it, and joins those it touches.
    """
    groups: list[list[DengueCase]] = []
    for case in sorted(cases, key=lambda one: (one.day, one.case)):
        near = [group for group in groups if _belongs(case, group, rule)]
        groups = [group for group in groups if group not in near]
        groups.append(sorted((one for group in (*near, [case]) for one in group), key=_by_day))
    found = (_outbreak(group, rule) for group in groups if _is_outbreak(group, rule))
    return tuple(sorted(found, key=lambda one: (one.first, one.cases[0].case)))


def excess(
    counts: Mapping[Week, int], week: Week, rule: ExcessRule, epidemic_years: Collection[int] = ()
) -> Excess:
    """Whether `week` is over mean + deviations of the same week in the past years that had no
    epidemic; a year without a figure is passed over, never taken as zero."""
    past = _past(counts, week, rule, epidemic_years)
    values = list(past.values())
    enough = len(values) >= rule.least_years
    threshold = fmean(values) + rule.deviations * stdev(values) if enough else None
    cases = counts.get(week, 0)
    return Excess(
        cases=cases,
        threshold=threshold,
        over=None if threshold is None else cases > threshold,
        years=tuple(past),
        trace=trace(
            rule,
            f"Số ca tuần này so với trung bình + {rule.deviations:g} độ lệch chuẩn của cùng tuần",
            Input(name_vi=f"Tuần {week.week}/{week.year}", value=cases, unit="ca"),
            *(
                Input(name_vi=f"Tuần {week.week}/{year}", value=count, unit="ca")
                for year, count in past.items()
            ),
            notes_vi=(_years_vi(len(values), rule),),
        ),
    )


def clock(disease: str, diagnosed_at: datetime, rule: ClockRule) -> Clock:
    """Raises UnknownDisease."""
    for group in rule.groups:
        for one in group.diseases:
            if one.id == disease:
                return Clock(
                    disease=one,
                    hours=group.hours,
                    due_at=diagnosed_at + timedelta(hours=group.hours),
                    trace=trace(
                        rule,
                        f"Báo cáo trong {group.hours} giờ kể từ khi chẩn đoán",
                        Input(name_vi="Nhóm", value=group.name_vi),
                        Input(name_vi="Chẩn đoán lúc", value=diagnosed_at.isoformat()),
                    ),
                )
    raise UnknownDisease(disease, (one.id for group in rule.groups for one in group.diseases))


def _by_day(case: DengueCase) -> tuple[date, str]:
    return case.day, case.case


def _is_outbreak(group: list[DengueCase], rule: DengueRule) -> bool:
    return len(group) >= rule.cases or any(one.lab_confirmed and one.larvae for one in group)


def _belongs(case: DengueCase, group: list[DengueCase], rule: DengueRule) -> bool:
    """`group` is a lone case, which pairs within days, or an outbreak, which lives longer."""
    window = rule.ends_after_days if _is_outbreak(group, rule) else rule.days
    if (case.day - group[-1].day).days > window:
        return False
    return any(distance_m(case.spot, one.spot) <= rule.radius_m for one in group)


def _outbreak(group: list[DengueCase], rule: DengueRule) -> Outbreak:
    return Outbreak(
        cases=tuple(group),
        over_after=group[-1].day + timedelta(rule.ends_after_days),
        trace=trace(
            rule,
            f"Từ {rule.cases} ca trong {rule.days} ngày, cách nhau không quá {rule.radius_m:g} m, "
            f"hoặc 1 ca xét nghiệm dương tính có lăng quăng/muỗi; hết sau {rule.ends_after_days} "
            "ngày không có ca mới",
            *(Input(name_vi=f"Ca {one.case}", value=one.day.strftime("%d/%m/%Y")) for one in group),
        ),
    )


def _past(
    counts: Mapping[Week, int], week: Week, rule: ExcessRule, epidemic_years: Collection[int]
) -> dict[int, int]:
    """The newest years first; week 53, which few years have, falls back on week 52."""
    past: dict[int, int] = {}
    for year in range(week.year - 1, week.year - 1 - rule.look_back_years, -1):
        count = counts.get(Week(year=year, week=week.week))
        if count is None and week.week > LAST_COMMON_WEEK:
            count = counts.get(Week(year=year, week=LAST_COMMON_WEEK))
        if count is not None and year not in epidemic_years and len(past) < rule.years:
            past[year] = count
    return past


def _years_vi(known: int, rule: ExcessRule) -> str:
    if known < rule.least_years:
        return f"Chỉ có {known} năm để so sánh, cần ít nhất {rule.least_years}: không kết luận."
    return f"Dựa trên {known} năm không có dịch (cần {rule.years})."
