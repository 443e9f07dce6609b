"""The questions that a report asks of the records."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, or_, select

from hub.catalogue.due import expected
from hub.catalogue.grade import Grade
from hub.catalogue.loader import DISTRICT
from hub.catalogue.periods import Period, Span
from hub.catalogue.records import Catalogue, Measure
from hub.prospect import Prospect
from hub.records import cases, figures, incidents, observations, outlooks
from hub.web.told import counts_for

RANKS = ("critical", "major", "warning", "info")
VERDICTS = {
    "confirmed": "đã xác nhận",
    "false-alarm": "báo động giả",
    "controlled-burn": "đốt có kiểm soát",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The newest figure of an indicator in a report's time; of `periods` ones `red` were red."""

    start: datetime
    end: datetime
    value: float | None
    missing: str
    grade: Grade
    computed_at: datetime
    periods: int
    red: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """`absent`: of `of` units those that did not tell `measure` for `period`; `ever`: whether
    anybody ever told it."""

    measure: Measure
    period: Period
    of: int
    absent: tuple[str, ...]
    ever: bool


def reaches_back(connection: Connection, period: Period) -> bool:
    """Whether anything is known that is as old as `period`: of a time before its first word a
    hub has nothing to report, not even silence."""
    figure = exists().where(figures.c.period_start < period.end)
    incident = exists().where(incidents.c.opened_at < period.end)
    return bool(connection.scalar(select(or_(figure, incident))))


def figures_of(connection: Connection, period: Period, unit: str) -> Mapping[str, Kept]:
    """By indicator: figures whose period touches the report's; the newest with a value counts."""
    query = (
        select(figures)
        .where(
            figures.c.unit == unit,
            figures.c.period_start < period.end,
            figures.c.period_end > period.start,
        )
        .order_by(figures.c.period_start)
    )
    rows: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        rows[row.indicator].append(row)
    return {name: _kept(some) for name, some in rows.items()}


def _kept(rows: Sequence[Row[Any]]) -> Kept:
    told = [row for row in rows if row.value is not None]
    newest = (told or rows)[-1]
    return Kept(
        start=newest.period_start, end=newest.period_end, value=newest.value,
        missing=newest.missing, grade=Grade(newest.grade), computed_at=newest.computed_at,
        periods=len(told), red=sum(row.grade == Grade.RED for row in told),
    )  # fmt: skip


def figures_before(
    connection: Connection, period: Period, unit: str, known: Mapping[str, Kept]
) -> Mapping[str, float]:
    """The comparable value of the report period before: of a week's Friday the Friday before; of
    a figure as long as the report or longer, its own period before."""
    wanted = {name: _comparable(kept, period) for name, kept in known.items()}
    query = select(figures.c.indicator, figures.c.period_end, figures.c.value).where(
        figures.c.unit == unit,
        figures.c.value.is_not(None),
        figures.c.period_end.in_(sorted(set(wanted.values()))),
    )
    return {
        row.indicator: row.value
        for row in connection.execute(query)
        if wanted.get(row.indicator) == row.period_end
    }


def _comparable(kept: Kept, period: Period) -> datetime:
    """Where the period of the comparable figure ends."""
    length = kept.end - kept.start
    if length >= period.end - period.start:
        return kept.start
    if period.span is Span.WEEK:
        return kept.end - (period.end - period.start)
    return period.start


def incidents_of(
    connection: Connection, period: Period, units: frozenset[str], unit: str
) -> Sequence[Row[Any]]:
    """Opened in the period, closed in it, or open all through; the gravest first."""
    where = [
        incidents.c.opened_at < period.end,
        or_(incidents.c.closed_at.is_(None), incidents.c.closed_at >= period.start),
    ]
    if unit != DISTRICT:
        where.append(incidents.c.commune_code.in_(units))
    rows = connection.execute(select(incidents).where(*where)).all()
    return sorted(rows, key=lambda row: (RANKS.index(row.severity), row.opened_at))


def state_vi(row: Row[Any]) -> str:
    """`đã đóng: báo động giả`, `đang xử lý`, `chờ người trực`."""
    said = VERDICTS.get(row.verdict or "", "")
    if row.closed_at is not None:
        return f"đã đóng: {said}" if said else "đã đóng"
    if row.acknowledged_at is not None:
        return f"đang xử lý: {said}" if said else "đang xử lý"
    return "chờ người trực"


def overdue_cases(
    connection: Connection, at: datetime, units: frozenset[str]
) -> Sequence[Row[Any]]:
    """Per type and unit, most first: cases unfinished and past due at `at`."""
    query = (
        select(
            cases.c.subsystem, cases.c.type, cases.c.unit, func.count().label("late"),
            func.min(cases.c.due_at).label("oldest"),
        )
        .where(
            cases.c.due_at < at,
            or_(
                and_(cases.c.finished_at.is_(None), cases.c.phase != "paused"),
                cases.c.finished_at >= at,
            ),
        )
        .group_by(cases.c.subsystem, cases.c.type, cases.c.unit)
        .order_by(func.count().desc(), cases.c.type, cases.c.unit)
    )  # fmt: skip
    return [row for row in connection.execute(query) if row.unit in units]


def prospects(connection: Connection, unit: str, since: datetime) -> Iterator[Prospect]:
    """Forecasts of `unit` made at `since` or later, by indicator."""
    query = (
        select(outlooks.c.body)
        .where(outlooks.c.unit == unit, outlooks.c.made_at >= since)
        .order_by(outlooks.c.indicator)
    )
    for body in connection.scalars(query):
        yield Prospect.model_validate(body)


def reporting(
    connection: Connection,
    catalogue: Catalogue,
    period: Period,
    units: frozenset[str],
    at: datetime,
) -> Iterator[Reporting]:
    """Each measure that was due within the period, by `at` (`hub.web.told.counts_for`)."""
    wanted = {
        measure.id: (measure, due)
        for measure in catalogue.measures.values()
        if counts_for(measure, period.span)
        and (due := expected(measure, at, catalogue.clock)).end > period.start
    }  # fmt: skip
    ever = set(connection.scalars(select(observations.c.measure).distinct()))
    told = _told(connection, wanted)
    for measure, due in wanted.values():
        of = {one.id for one in catalogue.of_kind(measure.level, due.day)} & units
        if of:
            absent = tuple(sorted(of - told.get((measure.id, due.start), set())))
            yield Reporting(
                measure=measure, period=due, of=len(of), absent=absent, ever=measure.id in ever
            )


def _told(
    connection: Connection, wanted: Mapping[str, tuple[Measure, Period]]
) -> Mapping[tuple[str, datetime], set[str]]:
    starts = {due.start for _, due in wanted.values()}
    query = select(observations.c.measure, observations.c.period_start, observations.c.unit).where(
        observations.c.superseded_at.is_(None),
        observations.c.measure.in_(sorted(wanted)),
        observations.c.period_start.in_(sorted(starts)),
    )
    found: dict[tuple[str, datetime], set[str]] = defaultdict(set)
    for row in connection.execute(query):
        found[row.measure, row.period_start].add(row.unit)
    return found
