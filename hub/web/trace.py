"""What a figure is made of: each term of its formula, and the rows behind a term."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, func, select

from hub.catalogue.condition import And, Condition, Predicate
from hub.catalogue.formula import Counted, Leaf, Measured, Mentioned
from hub.catalogue.periods import Period
from hub.catalogue.records import Catalogue, Indicator
from hub.figures.facts import clause
from hub.records import case_events, cases, figures, mentions, observations
from hub.web import texts
from hub.web.docket import Cabinet, Entry
from hub.web.texts import Story
from hub.web.told import within

PAGE = 100
MOST_CORRECTIONS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TermView:
    """A part of the formula: whose `value` it had when the figure was computed."""

    leaf: Leaf
    period: Period
    value: float | None
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who tells what a part of the formula counts: `source` as the catalogue names it, or the
    feed of the newest word, which came `at`."""

    name_vi: str
    source: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A figure was `before` until somebody told `after`."""

    before: float
    after: float
    at: datetime
    actor: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A figure as it counts now, and how it was corrected, newest first."""

    unit: str
    period_start: datetime
    period_end: datetime
    value: float
    recorded_at: datetime
    source: str
    actor: str
    demo: bool
    corrections: tuple[Correction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A page of the rows behind a term; exactly one of the three kinds."""

    told: tuple[Told, ...] = ()
    entries: tuple[Entry, ...] = ()
    stories: tuple[Story, ...] = ()
    more: bool = False


class Tracer:
    def __init__(self, catalogue: Catalogue, cabinet: Cabinet) -> None:
        self._catalogue = catalogue
        self._cabinet = cabinet

    def terms(
        self, connection: Connection, indicator: Indicator, unit: str, period: Period
    ) -> tuple[TermView, ...]:
        """With the values of the last computation; of a figure never computed, without."""
        kept = connection.scalar(
            select(figures.c.terms).where(
                figures.c.indicator == indicator.id,
                figures.c.unit == unit,
                figures.c.period_start == period.start,
            )
        )
        values = [one["value"] for one in kept or ()]
        asked = [(one.leaf, one.of(period)) for one in indicator.parsed.asked]
        return tuple(
            TermView(
                leaf=leaf, period=when, known=at < len(values),
                value=values[at] if at < len(values) else None,
            )
            for at, (leaf, when) in enumerate(asked)
        )  # fmt: skip

    def origins(
        self, connection: Connection, terms: Sequence[TermView], unit: str
    ) -> tuple[Origin, ...]:
        """Each once, in the order of the formula."""
        found = {term.leaf.asked: self._origin(connection, term, unit) for term in terms}
        return tuple({one.name_vi: one for one in found.values()}.values())

    def _origin(self, connection: Connection, term: TermView, unit: str) -> Origin:
        asked = term.leaf.asked
        match asked:
            case Measured():
                units = self._catalogue.below(unit, term.period.day)
                rows = _observations(asked, term.period, units).order_by(None).subquery()
                at = connection.scalar(select(func.max(rows.c.recorded_at)))
                measure = self._catalogue.measures[asked.measure]
                return Origin(name_vi=measure.name_vi, source=measure.source, at=at)
            case Counted():
                name_vi = self._cabinet.name_of(asked.case_type)
                ids = select(func.max(case_events.c.id)).where(
                    case_events.c.type == asked.case_type
                )
                return _newest(connection, name_vi, case_events, ids)
            case Mentioned():
                ids = select(mentions.c.id).order_by(mentions.c.published_at.desc()).limit(1)
                return _newest(connection, "Tin trên mạng", mentions, ids)

    def rows(
        self,
        connection: Connection,
        term: TermView,
        unit: str,
        now: datetime,
        page: int = 0,
        length: int = PAGE,
    ) -> Rows:
        """`now` is when the figure was computed: what was open then is what was counted."""
        units = self._catalogue.below(unit, term.period.day)
        match term.leaf.asked:
            case Measured():
                query = _observations(term.leaf.asked, term.period, units)
                rows = connection.execute(query.offset(page * length).limit(length + 1)).all()
                told = _with_corrections(connection, rows[:length])
                return Rows(told=told, more=len(rows) > length)
            case Counted():
                query = _cases(term.leaf.asked, term.period, units, now)
                rows = connection.execute(query.offset(page * length).limit(length + 1)).all()
                entries = tuple(self._cabinet.entry(row, now) for row in rows[:length])
                return Rows(entries=entries, more=len(rows) > length)
            case Mentioned():
                found = texts.behind(
                    connection, term.leaf.asked, term.period, units, page * length, length + 1
                )
                return Rows(stories=found[:length], more=len(found) > length)


def _newest(connection: Connection, name_vi: str, table: Table, ids: Select[Any]) -> Origin:
    query = select(table.c.source, table.c.recorded_at).where(table.c.id.in_(ids))
    row = connection.execute(query).one_or_none()
    if row is None:
        return Origin(name_vi=name_vi, source="chưa có nguồn nào gửi", at=None)
    return Origin(name_vi=name_vi, source=row.source, at=row.recorded_at)


def _observations(asked: Measured, period: Period, units: frozenset[str]) -> Select[Any]:
    return (
        select(observations)
        .where(
            observations.c.superseded_at.is_(None),
            observations.c.measure == asked.measure,
            _touches(asked, period),
            within(observations, units),
        )
        .order_by(observations.c.period_start.desc(), observations.c.unit)
    )


def _touches(asked: Measured, period: Period) -> ColumnElement[bool]:
    """As `hub.figures.facts` takes them: `last` what touches the period, the others what lies
    in it."""
    start, end = observations.c.period_start, observations.c.period_end
    if asked.how == "last":
        return and_(start < period.end, end > period.start)
    return and_(start >= period.start, end <= period.end)


def _cases(asked: Counted, period: Period, units: frozenset[str], now: datetime) -> Select[Any]:
    return (
        select(cases)
        .where(
            cases.c.type == asked.case_type,
            clause(asked.where, period, now),
            within(cases, units),
        )
        .order_by(_order(asked.where))
    )


def _order(where: Condition) -> ColumnElement[Any]:
    """By the moment that the condition is about: the index that finds the rows also sorts them."""
    parts = set(where.parts) if isinstance(where, And) else {where}
    if parts & {Predicate.RESOLVED, Predicate.WITHDRAWN, Predicate.REFUSED}:
        return cases.c.finished_at.desc()
    if parts & {Predicate.OPEN, Predicate.OVERDUE}:
        return cases.c.due_at.asc()
    return cases.c.received_at.desc()


def _with_corrections(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[Told, ...]:
    """A superseded row names the value before; the row after it says who corrected."""
    if not rows:
        return ()
    query = (
        select(observations)
        .where(
            observations.c.measure == rows[0].measure,
            observations.c.superseded_at.is_not(None),
            observations.c.period_start >= min(row.period_start for row in rows),
            observations.c.period_start <= max(row.period_start for row in rows),
            observations.c.unit.in_({row.unit for row in rows}),
        )
        .order_by(observations.c.id)
        .limit(MOST_CORRECTIONS)
    )
    before: dict[tuple[str, datetime, datetime], list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        before[row.unit, row.period_start, row.period_end].append(row)
    return tuple(_told(row, before[row.unit, row.period_start, row.period_end]) for row in rows)


def _told(row: Row[Any], before: list[Row[Any]]) -> Told:
    chain = [*before, row]
    corrections = [
        Correction(
            before=old.value, after=new.value, at=old.superseded_at, actor=new.actor,
            source=new.source,
        )
        for old, new in pairwise(chain)
    ]  # fmt: skip
    return Told(
        unit=row.unit, period_start=row.period_start, period_end=row.period_end, value=row.value,
        recorded_at=row.recorded_at, source=row.source, actor=row.actor, demo=row.demo,
        corrections=tuple(reversed(corrections)),
    )  # fmt: skip
