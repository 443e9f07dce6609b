"""What lies behind the figures of a board: who reported, when, and whether it is simulated."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, func, or_, select, true

from hub.catalogue.due import MOMENT, due_at, expected, is_told, late_at
from hub.catalogue.loader import DISTRICT
from hub.catalogue.periods import Period, Span, containing
from hub.catalogue.records import Catalogue, Indicator, Measure
from hub.records import cases, mentions, observations

LENGTHS = tuple(Span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A measure of an indicator: of `of` units that should have reported for `period`, `told`
    did, the last of them at `at`; all should have by `due`.  `of` is 0 where none is known.  On
    a day `off` nobody tells it."""

    measure: Measure
    period: Period
    told: int
    of: int
    at: datetime | None
    due: datetime
    off: bool

    def is_late(self, now: datetime) -> bool:
        """Nobody is late where no unit is registered that should report, nor on a day off."""
        late = now > late_at(self.measure, self.period) and self.told < self.of
        return late and not self.off


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An indicator as a board shows it: for which period."""

    indicator: Indicator
    period: Period


def sources(
    connection: Connection, catalogue: Catalogue, asked: Iterable[Asked], unit: str, now: datetime
) -> Mapping[str, tuple[Source, ...]]:
    """By indicator.  What need not be told for each period (`counts_for`) is left out."""
    wanted = {
        one.indicator.id: [
            (measure, _period(catalogue, measure, one.period, now))
            for name in sorted(one.indicator.parsed.measures)
            if counts_for(measure := catalogue.measures[name], one.period.span)
        ]
        for one in asked
    }
    pairs = {(m.id, period.start) for some in wanted.values() for m, period in some}
    units = catalogue.below(unit, now.date())
    found = _reported(connection, pairs, units)
    of = _expected_units(catalogue, units, now)
    return {
        indicator: tuple(_source(catalogue, m, period, found, of) for m, period in some)
        for indicator, some in wanted.items()
    }


def counts_for(measure: Measure, span: Span) -> bool:
    """Whether it must be told for each period of `span`: plans, longer figures and what is told
    only when something happened need not."""
    seldom = measure.planned or measure.occasional
    return not seldom and LENGTHS.index(measure.period) <= LENGTHS.index(span)


def _period(catalogue: Catalogue, measure: Measure, shown: Period, now: datetime) -> Period:
    """Of one as long as the indicator's, the shown one; of a shorter one, the last that is due."""
    last = containing(measure.period, min(shown.end - MOMENT, max(now, shown.start)))
    if measure.period is shown.span:
        return last
    return min(last, expected(measure, now, catalogue.clock), key=lambda period: period.start)


def _reported(
    connection: Connection, pairs: Iterable[tuple[str, datetime]], units: frozenset[str]
) -> dict[tuple[str, datetime], tuple[int, datetime]]:
    by_start: dict[datetime, list[str]] = defaultdict(list)
    for measure, start in pairs:
        by_start[start].append(measure)
    if not by_start:
        return {}
    when: list[ColumnElement[bool]] = [
        and_(observations.c.period_start == start, observations.c.measure.in_(measures))
        for start, measures in by_start.items()
    ]
    query = (
        select(
            observations.c.measure,
            observations.c.period_start,
            func.count(),
            func.max(observations.c.recorded_at),
        )
        .where(observations.c.superseded_at.is_(None), or_(*when), within(observations, units))
        .group_by(observations.c.measure, observations.c.period_start)
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(query)}


def _expected_units(catalogue: Catalogue, units: frozenset[str], now: datetime) -> dict[str, int]:
    """How many units of each kind there are."""
    found: dict[str, int] = defaultdict(int)
    for code in units:
        if (unit := catalogue.unit(code, now.date())) is not None:
            found[unit.kind] += 1
    return found


def _source(
    catalogue: Catalogue,
    measure: Measure,
    period: Period,
    found: Mapping[tuple[str, datetime], tuple[int, datetime]],
    of: Mapping[str, int],
) -> Source:
    told, at = found.get((measure.id, period.start), (0, None))
    return Source(
        measure=measure, period=period, told=told, of=of.get(measure.level, 0), at=at,
        due=due_at(measure, period), off=not is_told(measure, period, catalogue.clock),
    )  # fmt: skip


def within(table: Table, units: frozenset[str]) -> ColumnElement[bool]:
    """Rows of these units; of the whole district all rows, without naming two hundred units."""
    return true() if DISTRICT in units else table.c.unit.in_(units)


def simulated(connection: Connection, indicators: Iterable[Indicator]) -> frozenset[str]:
    """The indicators into which any simulated figure, case or text may have gone."""
    asked = {one.id: _names(one) for one in indicators}
    names = sorted({name for some in asked.values() for name in some})
    if not names:
        return frozenset()
    row = connection.execute(select(*(_is_simulated(*name) for name in names))).one()
    hit = {name for name, found in zip(names, row, strict=True) if found}
    return frozenset(one for one, some in asked.items() if not hit.isdisjoint(some))


def _names(indicator: Indicator) -> set[tuple[str, str]]:
    asked = indicator.parsed
    found = {("measure", name) for name in asked.measures}
    found |= {("case", name) for name in asked.case_types}
    return found | ({("mention", "")} if asked.over_mentions else set())


def _is_simulated(what: str, name: str) -> ColumnElement[bool]:
    match what:
        case "measure":
            return exists().where(observations.c.demo, observations.c.measure == name)
        case "case":
            return exists().where(cases.c.demo, cases.c.type == name)
        case _:
            return exists().where(mentions.c.demo)
