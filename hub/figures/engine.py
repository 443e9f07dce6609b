"""Computes what is stale: reads in one state of the records, writes with the marks it worked off.

1. take the oldest marks,
2. read: the figures that they reach, computed from one consistent state,
3. one transaction: figures, their points of the time series, what they raise or clear, and the
   marks taken away - but not a mark that was made anew meanwhile.
Dying between any two steps computes again and loses nothing.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select

from contracts.clock import utc_now
from contracts.measurement import Measurement
from hub.arrival import nanoseconds
from hub.catalogue.formula import Outcome, Scope
from hub.catalogue.grade import Grade, grade
from hub.catalogue.periods import Period, containing
from hub.catalogue.records import Catalogue, Indicator
from hub.clerk import Clerk, Employer
from hub.database import Database, Work, upsert
from hub.figures.facts import SqlFacts
from hub.figures.grades import Grades
from hub.figures.reach import Change, Wanted, reached
from hub.records import figures, spool, stale
from hub.timeseries.lineprotocol import encode
from hub.timeseries.point import Point

log = logging.getLogger(__name__)

MARKS = 2_000
"""Marks of one round: a day of a district's schools; some seconds of reading at most."""

ROWS = 500
"""Figures of one transaction: an alarm waits for milliseconds."""

LOOK_S = 2.0
"""How old a board's figure may be beyond what was told."""

SPACING_S = 0.02
"""Between transactions, so that an alarm's turn comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """An indicator of a unit for a period, as it is now."""

    indicator: Indicator
    unit: str
    period: Period
    outcome: Outcome
    before: Grade
    grade: Grade
    computed_at: datetime


Judge = Callable[[Work, Figure], None]
"""Told of each new figure inside the transaction."""


class Figures(Employer):
    """One named thread."""

    def __init__(self, *, database: Database, catalogue: Catalogue, judge: Judge) -> None:
        self._database = database
        self._catalogue = catalogue
        self._judge = judge
        self._clerk = Clerk("figures", self._work_off, every_s=LOOK_S, first_s=LOOK_S)

    def _work_off(self) -> None:
        """What was stale stays marked if this fails."""
        while not self._clerk.stopping.is_set() and self.compute(utc_now()):
            self._clerk.stopping.wait(SPACING_S)

    def compute(self, now: datetime) -> int:
        """Works off the oldest marks; returns how many.

        The mark of a plan that was told ahead waits until its period begins: before that there
        is nothing to compare it with.
        """
        with self._database.read() as connection:
            begun = select(stale).where(stale.c.period_start <= now)
            marks = connection.execute(begun.order_by(stale.c.since).limit(MARKS)).all()
            if not marks:
                return 0
            fresh = list(self._evaluate(connection, self._wanted(marks, now), now))
        for at in range(0, len(fresh), ROWS):
            with self._database.work() as work:
                self._write(work, fresh[at : at + ROWS])
            self._clerk.stopping.wait(SPACING_S)
        with self._database.work() as work:
            _take_away(work, marks)
        return len(marks)

    def _wanted(self, marks: Iterable[Row[Any]], now: datetime) -> list[Wanted]:
        wanted = {
            one: None
            for mark in marks
            for one in reached(
                self._catalogue,
                Change(source=mark.source, unit=mark.unit, start=mark.period_start),
                now,
            )
        }
        return sorted(wanted, key=lambda one: (one.period.start, one.indicator, one.unit))

    def _evaluate(
        self, connection: Connection, wanted: list[Wanted], now: datetime
    ) -> Iterable[Figure]:
        facts = SqlFacts(connection, now)
        grades = Grades(connection, wanted)
        for one in wanted:
            indicator = self._catalogue.at(one.period.day)[one.indicator]
            units = self._catalogue.below(one.unit, one.period.day)
            outcome = indicator.parsed.evaluate(facts, Scope(units=units, period=one.period))
            before = grades.before(one)
            now_grade = grade(outcome.value, indicator.bands, indicator.direction, before)
            grades.now(one, now_grade)
            yield Figure(
                indicator=indicator, unit=one.unit, period=one.period, outcome=outcome,
                before=before, grade=now_grade, computed_at=now,
            )  # fmt: skip

    def _write(self, work: Work, fresh: list[Figure]) -> None:
        upsert(work.connection, figures, [_row(figure) for figure in fresh])
        lines = [_line(figure) for figure in fresh if figure.outcome.value is not None]
        if lines:
            work.connection.execute(spool.insert(), [{"line": line} for line in lines])
        for figure in fresh:
            self._judge(work, figure)


def is_current(figure: Figure) -> bool:
    """Of the period that runs now or has just ended: what may still raise an alarm."""
    last = containing(figure.period.span, figure.computed_at)
    return figure.period.start >= last.start - timedelta(microseconds=1)


def _row(figure: Figure) -> dict[str, Any]:
    return {
        "indicator": figure.indicator.id,
        "unit": figure.unit,
        "period_start": figure.period.start,
        "period_end": figure.period.end,
        "value": figure.outcome.value,
        "grade": figure.grade.value,
        "missing": figure.outcome.missing,
        "terms": [
            {"text": term.text, "value": term.value, "start": term.period.start.isoformat(),
             "end": term.period.end.isoformat()}
            for term in figure.outcome.terms
        ],
        "computed_at": figure.computed_at,
    }  # fmt: skip


def _line(figure: Figure) -> str:
    subsystem = figure.indicator.id.partition(".")[0]
    fields: list[tuple[str, float]] = [
        ("value", float(figure.outcome.value or 0.0)),
        ("grade", float(figure.grade.number)),
    ]
    if figure.indicator.target is not None:
        fields.append(("target", figure.indicator.target))
    return encode(
        Point(
            measurement=Measurement.FIGURE,
            tags=(
                ("subsystem", subsystem),
                ("indicator", figure.indicator.id),
                ("unit", figure.unit),
            ),
            fields=tuple(fields),
            at_ns=nanoseconds(figure.period.start),
        )
    )


def _take_away(work: Work, marks: Iterable[Row[Any]]) -> None:
    """Not what was marked anew since: its `since` is another."""
    work.connection.execute(
        delete(stale).where(
            stale.c.source == bindparam("of_source"),
            stale.c.unit == bindparam("of_unit"),
            stale.c.period_start == bindparam("of_period"),
            stale.c.since == bindparam("of_since"),
        ),
        [
            {
                "of_source": mark.source, "of_unit": mark.unit,
                "of_period": mark.period_start, "of_since": mark.since,
            }
            for mark in marks
        ],
    )  # fmt: skip
