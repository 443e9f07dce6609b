"""The facts that formulas ask for, out of the records.

One query answers a term for all units at once, so that a district with two hundred units costs
no more than one; the answers are kept for one run.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    String,
    and_,
    bindparam,
    false,
    func,
    not_,
    or_,
    select,
)

from hub.catalogue.condition import And, Attribute, Condition, Not, Or, Predicate, Relation
from hub.catalogue.formula import Scope
from hub.catalogue.loader import DISTRICT
from hub.catalogue.periods import Period
from hub.columns import Instant
from hub.records import cases, mentions, observations

By = Mapping[str, float]

LONGEST = timedelta(days=366)
"""A year is the longest period: what touches a moment began no earlier."""

_MEASURE, _START, _END, _SINCE = (
    bindparam("of", type_=String()), bindparam("start", type_=Instant()),
    bindparam("end", type_=Instant()), bindparam("since", type_=Instant()),
)  # fmt: skip
_CURRENT = observations.c.superseded_at.is_(None), observations.c.measure == _MEASURE
_TOLD = {
    how: select(observations.c.unit, getattr(func, how)(observations.c.value))
    .where(
        *_CURRENT,
        observations.c.period_start >= _START,
        observations.c.period_start < _END,
        observations.c.period_end <= _END,
    )
    .group_by(observations.c.unit)
    for how in ("sum", "count", "max", "min")
}
"""The bounds of `period_start` are what the index finds; those of `period_end` are the question."""

_LAST = (
    select(observations.c.unit, observations.c.value)
    .where(
        *_CURRENT,
        observations.c.period_start < _END,
        observations.c.period_start >= _SINCE,
        observations.c.period_end > _START,
    )
    .order_by(observations.c.period_start)
)


class SqlFacts:
    """`Facts` (hub.catalogue.formula) as of `now`; lives as long as one read transaction."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._known: dict[tuple[object, ...], By] = {}
        self._texts: dict[Period, list[_Text]] = {}

    def total(self, measure: str, scope: Scope) -> float | None:
        """The sum of the figures whose periods lie in the period."""
        return _sum(self._told(measure, scope.period, "sum"), scope)

    def mean(self, measure: str, scope: Scope) -> float | None:
        """The mean over units and periods, each figure alike."""
        sums = self._told(measure, scope.period, "sum")
        counts = self._told(measure, scope.period, "count")
        total, count = _sum(sums, scope), _sum(counts, scope)
        return None if total is None or not count else total / count

    def last(self, measure: str, scope: Scope) -> float | None:
        """Each unit's newest figure whose period touches the period, summed over units."""
        return _sum(self._answer(("last", measure, scope.period), self._last), scope)

    def largest(self, measure: str, scope: Scope) -> float | None:
        """The largest figure of any unit."""
        return max(_within(self._told(measure, scope.period, "max"), scope), default=None)

    def smallest(self, measure: str, scope: Scope) -> float | None:
        """The smallest figure of any unit."""
        return min(_within(self._told(measure, scope.period, "min"), scope), default=None)

    def count(self, case_type: str, where: Condition, scope: Scope) -> int:
        """Cases; what nobody reported is 0, for a case that is not there is not there."""
        found = self._answer(("count", case_type, scope.period, where), self._count)
        return int(_sum(found, scope) or 0)

    def mentions(self, topic: str, tone: str, scope: Scope) -> int:
        """Online texts of the period; the district's are all, a commune's those that name it."""
        return sum(text.matches(topic, tone, scope) for text in self._published(scope.period))

    def _answer(self, key: tuple[object, ...], ask: Callable[..., By]) -> By:
        if key not in self._known:
            self._known[key] = ask(*key[1:])
        return self._known[key]

    def _told(self, measure: str, period: Period, how: str) -> By:
        def ask(*_: object) -> By:
            asked = {"of": measure, "start": period.start, "end": period.end}
            return _pairs(self._connection.execute(_TOLD[how], asked))

        return self._answer((how, measure, period), ask)

    def _last(self, measure: str, period: Period) -> By:
        asked = {"of": measure, "start": period.start, "end": period.end}
        asked |= {"since": period.start - LONGEST}
        return _pairs(self._connection.execute(_LAST, asked))

    def _count(self, case_type: str, period: Period, where: Condition) -> By:
        query = (
            select(cases.c.unit, func.count())
            .where(cases.c.type == case_type, clause(where, period, self._now))
            .group_by(cases.c.unit)
        )
        return _pairs(self._connection.execute(query))

    def _published(self, period: Period) -> list["_Text"]:
        if period not in self._texts:
            query = select(mentions.c.topics, mentions.c.tone, mentions.c.communes).where(
                mentions.c.published_at >= period.start, mentions.c.published_at < period.end
            )
            self._texts[period] = [
                _Text(row.topics, row.tone, row.communes) for row in self._connection.execute(query)
            ]
        return self._texts[period]


class _Text:
    __slots__ = ("communes", "tone", "topics")

    def __init__(self, topics: list[str], tone: str, communes: list[str]) -> None:
        self.topics = topics
        self.tone = tone
        self.communes = communes

    def matches(self, topic: str, tone: str, scope: Scope) -> bool:
        return (
            (not topic or topic in self.topics)
            and (not tone or tone == self.tone)
            and (DISTRICT in scope.units or not scope.units.isdisjoint(self.communes))
        )


def _pairs(rows: Iterable[Row[str, Any]]) -> By:
    """Unit to value; of two for a unit the later."""
    return {row[0]: row[1] for row in rows}


def _sum(by: By, scope: Scope) -> float | None:
    """Over the scope's units; None where none of them said anything."""
    told = _within(by, scope)
    return sum(told) if told else None


def _within(by: By, scope: Scope) -> list[float]:
    """The values of the scope's units that said something."""
    if len(by) < len(scope.units):
        return [value for unit, value in by.items() if unit in scope.units]
    return [by[unit] for unit in scope.units if unit in by]


def clause(where: Condition, period: Period, now: datetime) -> ColumnElement[bool]:
    """The condition as SQL over `cases`.  A period that is not over ends now.

    A case whose clock stands still (papers are awaited) is not overdue.
    """
    match where:
        case And(parts):
            return and_(*(clause(part, period, now) for part in parts))
        case Or(parts):
            return or_(*(clause(part, period, now) for part in parts))
        case Not(part):
            return not_(func.coalesce(clause(part, period, now), false()))
        case Attribute():
            return _attribute(where)
        case _:
            return _predicates(period, min(period.end, now))[where]


def _predicates(period: Period, end: datetime) -> dict[Predicate, ColumnElement[bool]]:
    finished = and_(cases.c.finished_at >= period.start, cases.c.finished_at < period.end)
    unfinished = or_(cases.c.finished_at.is_(None), cases.c.finished_at >= end)
    is_open = and_(cases.c.received_at < end, unfinished)
    return {
        Predicate.RECEIVED: and_(
            cases.c.received_at >= period.start, cases.c.received_at < period.end
        ),
        Predicate.RESOLVED: and_(cases.c.outcome == "resolved", finished),
        Predicate.WITHDRAWN: and_(cases.c.outcome == "withdrawn", finished),
        Predicate.REFUSED: and_(cases.c.outcome == "refused", finished),
        Predicate.OPEN: is_open,
        Predicate.OVERDUE: and_(is_open, cases.c.due_at < end, cases.c.phase != "paused"),
        Predicate.ON_TIME: or_(cases.c.due_at.is_(None), cases.c.finished_at <= cases.c.due_at),
        Predicate.LATE: cases.c.finished_at > cases.c.due_at,
    }


def _attribute(asked: Attribute) -> ColumnElement[bool]:
    """What a case does not say about itself is neither equal nor unequal to anything."""
    said = cases.c.attributes[asked.name]
    match asked.value:
        case bool():
            typed: Any = said.as_boolean()
        case str():
            typed = said.as_string()
        case _:
            typed = said.as_float()
    compared: ColumnElement[bool] = _COMPARE[asked.relation](typed, asked.value)
    return compared


_COMPARE: Mapping[Relation, Callable[[Any, Any], Any]] = {
    Relation.EQUAL: lambda said, value: said == value,
    Relation.UNEQUAL: lambda said, value: said != value,
    Relation.LESS: lambda said, value: said < value,
    Relation.LESS_OR_EQUAL: lambda said, value: said <= value,
    Relation.GREATER: lambda said, value: said > value,
    Relation.GREATER_OR_EQUAL: lambda said, value: said >= value,
}
