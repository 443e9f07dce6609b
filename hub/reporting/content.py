"""What a report says: plain frozen data, kept as JSON, drawn by every renderer alike."""

from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from hub.catalogue.grade import Grade
from hub.catalogue.periods import Period, Span
from hub.wording import LOCAL, number

SPANS = (Span.DAY, Span.WEEK, Span.MONTH)
NAMES = {Span.DAY: "Báo cáo ngày", Span.WEEK: "Báo cáo tuần", Span.MONTH: "Báo cáo tháng"}
BETTER, WORSE = "tốt hơn", "kém hơn"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KeyFigure(Part):
    """The newest figure of the period beside the comparable one of the period before.

    `period_vi` says what it is a figure of; `red` of `periods` figures in the report's time were
    red; `better` is None where the indicator has no better way or nothing changed.
    """

    indicator: str
    name_vi: str
    unit_vi: str
    decimals: int
    period_vi: str
    value: float | None
    missing: str
    target_vi: str
    grade: Grade
    before: float | None
    better: bool | None
    periods: int
    red: int
    computed_at: datetime

    @property
    def value_vi(self) -> str:
        """`94,7 %`; what is missing is never a number."""
        if self.value is None:
            return f"chưa có số liệu ({self.missing})" if self.missing else "chưa có số liệu"
        return f"{number(self.value, self.decimals)} {self.unit_vi}".strip()

    @property
    def change_vi(self) -> str:
        """`+1,2 (tốt hơn)`."""
        if self.value is None or self.before is None:
            return "chưa so được"
        change = self.value - self.before
        if abs(change) < 0.5 * 10**-self.decimals:
            return "không đổi"
        said = f"{'+' if change > 0 else '−'}{number(abs(change), self.decimals)}"
        return said if self.better is None else f"{said} ({BETTER if self.better else WORSE})"

    @property
    def grade_vi(self) -> str:
        if self.grade is Grade.UNKNOWN:
            return "không xếp màu" if self.value is not None else self.grade.words_vi
        if self.periods > 1 and self.red:
            return f"{self.grade.words_vi}; {self.red}/{self.periods} kỳ không đạt"
        return self.grade.words_vi


class Incident(Part):
    """`state_vi`: how it stood when the report was made."""

    id: str
    title_vi: str
    opened_at: datetime
    closed_at: datetime | None
    state_vi: str


class Overdue(Part):
    """Cases of a type at a unit that were past due when the period ended."""

    type_vi: str
    unit_vi: str
    count: int
    oldest_due_at: datetime


class Remark(Part):
    """Something out of the ordinary, or likely to come; `advice_vi` may be empty."""

    name_vi: str
    text_vi: str
    advice_vi: str


class Silence(Part):
    """A figure that was due and did not come from `of - told` units; some of them by name."""

    measure_vi: str
    source_vi: str
    period_vi: str
    told: int
    of: int
    names: tuple[str, ...]

    @property
    def who_vi(self) -> str:
        more = self.of - self.told - len(self.names)
        return ", ".join(self.names) + (f" và {more} đơn vị khác" if more > 0 else "")


class Section(Part):
    """A subsystem.  `opened`, `closed` count all incidents; `incidents` are the gravest."""

    subsystem: str
    name_vi: str
    figures: tuple[KeyFigure, ...] = ()
    opened: int = 0
    closed: int = 0
    incidents: tuple[Incident, ...] = ()
    overdue: tuple[Overdue, ...] = ()
    remarks: tuple[Remark, ...] = ()
    silent: tuple[Silence, ...] = ()
    never: int = 0
    """Measures that nobody ever told: a source that is not connected."""

    @property
    def red(self) -> int:
        return sum(one.grade is Grade.RED for one in self.figures)

    @property
    def late(self) -> int:
        return sum(one.count for one in self.overdue)


class Report(Part):
    span: Span
    unit: str
    unit_vi: str
    start: datetime
    end: datetime
    made_at: datetime
    demo: bool
    sections: tuple[Section, ...]

    @property
    def period(self) -> Period:
        return Period(span=self.span, start=self.start, end=self.end)

    @property
    def first(self) -> date:
        return self.start.astimezone(LOCAL).date()

    @property
    def last(self) -> date:
        return (self.end - timedelta(microseconds=1)).astimezone(LOCAL).date()

    @property
    def period_vi(self) -> str:
        return of_period(self.period)

    @property
    def title_vi(self) -> str:
        return f"{NAMES[self.span]} – {self.unit_vi} – {self.period_vi}"

    @property
    def file_name(self) -> str:
        """Without ending; safe everywhere."""
        kind = {Span.DAY: "ngay", Span.WEEK: "tuan", Span.MONTH: "thang"}[self.span]
        return f"bao-cao-{kind}-{self.first.isoformat()}"

    @property
    def headline_vi(self) -> str:
        """One sentence for somebody who reads nothing else."""
        opened = sum(one.opened for one in self.sections)
        red = sum(one.red for one in self.sections)
        late = sum(one.late for one in self.sections)
        silent = sum(len(one.silent) for one in self.sections)
        return (
            f"{opened} sự việc mới; {red} chỉ số không đạt; {late} hồ sơ, văn bản quá hạn; "
            f"{silent} loại số liệu còn đơn vị chưa báo."
        )

    @property
    def is_early(self) -> bool:
        """Made before its period was over."""
        return self.made_at < self.end


def of_period(period: Period) -> str:
    """`ngày 01/04/2026`, `tuần 30/03–05/04/2026`, `tháng 03/2026`."""
    first = period.start.astimezone(LOCAL)
    last = (period.end - timedelta(microseconds=1)).astimezone(LOCAL)
    match period.span:
        case Span.HOUR:
            return f"{first:%H} giờ ngày {first:%d/%m/%Y}"
        case Span.DAY:
            return f"ngày {first:%d/%m/%Y}"
        case Span.WEEK:
            return f"tuần {first:%d/%m}–{last:%d/%m/%Y}"
        case Span.MONTH:
            return f"tháng {first:%m/%Y}"
        case Span.QUARTER:
            return f"quý {(first.month + 2) // 3}/{first.year}"
        case _:
            return f"năm {first.year}"


def moment(at: datetime) -> str:
    """`08:30 01/04/2026`."""
    return at.astimezone(LOCAL).strftime("%H:%M %d/%m/%Y")
