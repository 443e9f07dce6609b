"""Schools by the day: attendance, sudden falls, reports that did not come, classes too large.

Only school days count; the calendar is the caller's (`is_school_day`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from pydantic import Field

from hub.engines.profile import Sourced, shipped
from hub.engines.trace import Input, Trace, trace
from hub.wording import LOCAL

SchoolDay = Callable[[date], bool]
LOOK_BACK_DAYS = 200
"""A calendar without a school day in so many days has none that matter."""


class FallRule(Sourced):
    points: float = Field(gt=0)
    days: int = Field(ge=1, le=5)
    baseline_days: int = Field(ge=1)
    baseline_needed: int = Field(ge=1)


class ClassSizeRule(Sourced):
    most_by_level: Mapping[str, int]


class Rules(Sourced):
    """`data/attendance.yaml`."""

    report_by: time
    fall: FallRule
    class_size: ClassSizeRule


class ImpossibleAttendance(ValueError):
    """Figures of a school that cannot be true."""

    def __init__(self, *, present: int, enrolled: int) -> None:
        self.present = present
        self.enrolled = enrolled
        super().__init__(f"{present} present of {enrolled} enrolled: correct the report")


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A school's pupils on one day."""

    day: date
    present: int
    enrolled: int

    def __post_init__(self) -> None:
        if not 0 <= self.present <= self.enrolled:
            raise ImpossibleAttendance(present=self.present, enrolled=self.enrolled)

    @property
    def percent(self) -> float | None:
        """None for a school without pupils."""
        return 100 * self.present / self.enrolled if self.enrolled else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """Whether a school's attendance fell; `baseline` None with a reason when nobody can tell."""

    fallen: bool
    baseline: float | None
    recent: tuple[float | None, ...]
    reason_vi: str
    trace: Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """Of one morning.  `missing` is empty before the hour and on days without school."""

    due_at: datetime | None
    missing: tuple[str, ...]
    late: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolClass:
    school: str
    name: str
    level: str
    pupils: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLarge:
    one: SchoolClass
    most: int
    trace: Trace


def rules() -> Rules:
    return shipped("attendance", Rules)


def percent(schools: Iterable[Presence]) -> float | None:
    """Of many schools together: present of enrolled."""
    known = list(schools)
    enrolled = sum(one.enrolled for one in known)
    return 100 * sum(one.present for one in known) / enrolled if enrolled else None


def sudden_fall(
    days: Iterable[Presence], today: date, rule: FallRule, is_school_day: SchoolDay
) -> Fall:
    """Whether each of the last `rule.days` school days up to `today` lies `rule.points` or more
    under the median of the school days before them."""
    by_day = {one.day: one.percent for one in days}
    back = _school_days(today, is_school_day)
    recent = tuple(by_day.get(day) for _, day in zip(range(rule.days), back, strict=False))
    earlier = (by_day.get(day) for _, day in zip(range(rule.baseline_days), back, strict=False))
    known = [one for one in earlier if one is not None]
    baseline = median(known) if len(known) >= rule.baseline_needed else None
    reason = _why_not(recent, len(known), rule)
    deep = baseline is not None and all(
        one is not None and one <= baseline - rule.points for one in recent
    )
    return Fall(
        fallen=deep and not reason,
        baseline=baseline,
        recent=recent,
        reason_vi=reason,
        trace=trace(
            rule,
            f"{rule.days} ngày học liền thấp hơn trung vị {rule.baseline_days} ngày học trước đó "
            f"từ {rule.points:g} điểm phần trăm",
            Input(name_vi="Trung vị trước đó", value=baseline, unit="%"),
            *(Input(name_vi="Chuyên cần ngày gần đây", value=one, unit="%") for one in recent),
        ),
    )


def reports(
    schools: Iterable[str],
    reported_at: Mapping[str, datetime],
    now: datetime,
    rules: Rules,
    is_school_day: SchoolDay,
) -> Reports:
    """Who did not report today by the hour, and who reported after it."""
    today = now.astimezone(LOCAL).date()
    if not is_school_day(today):
        return Reports(due_at=None, missing=(), late=())
    due_at = datetime.combine(today, rules.report_by, LOCAL)
    wanted = sorted(schools)
    late = tuple(one for one in wanted if one in reported_at and reported_at[one] > due_at)
    missing = tuple(one for one in wanted if one not in reported_at) if now > due_at else ()
    return Reports(due_at=due_at, missing=missing, late=late)


def too_large(classes: Iterable[SchoolClass], rule: ClassSizeRule) -> tuple[TooLarge, ...]:
    """Classes over the ceiling of their level; a level without one has no ceiling."""
    return tuple(
        TooLarge(
            one=one,
            most=most,
            trace=trace(
                rule,
                "Sĩ số lớp so với sĩ số tối đa của cấp học",
                Input(name_vi="Sĩ số", value=one.pupils, unit="học sinh"),
                Input(name_vi="Tối đa", value=most, unit="học sinh"),
            ),
        )
        for one in classes
        if (most := rule.most_by_level.get(one.level)) is not None and one.pupils > most
    )


def _school_days(today: date, is_school_day: SchoolDay) -> Iterator[date]:
    """Backwards from `today`."""
    days = (today - timedelta(back) for back in range(LOOK_BACK_DAYS))
    return (day for day in days if is_school_day(day))


def _why_not(recent: tuple[float | None, ...], known: int, rule: FallRule) -> str:
    if len(recent) < rule.days or any(one is None for one in recent):
        return f"Chưa đủ báo cáo của {rule.days} ngày học gần nhất."
    if known < rule.baseline_needed:
        return f"Mới có {known} ngày để so sánh, cần ít nhất {rule.baseline_needed}."
    return ""
