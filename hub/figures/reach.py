"""Which figures a change reaches: from one number of one school to the district's month."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from hub.catalogue.formula import Counted, Leaf, Measured, Mentioned
from hub.catalogue.loader import DISTRICT
from hub.catalogue.periods import Period, Shift, Span, between, containing
from hub.catalogue.records import Catalogue, Indicator
from hub.stale import MENTIONS
from hub.wording import LOCAL

LONGEST = timedelta(days=400)
"""How far back a case's late word changes figures: further back they are reported and closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changed (measure, case type or `mention`), for which unit, from when on."""

    source: str
    unit: str
    start: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A figure to compute."""

    indicator: str
    unit: str
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dependent:
    """An indicator that asks for a source, of its own period or of one that it compares with."""

    indicator: Indicator
    shifts: tuple[Shift, ...]


def reached(catalogue: Catalogue, change: Change, now: datetime) -> Iterator[Wanted]:
    """The figures that `change` may alter: of its periods, and of later ones that compare with
    them."""
    then = _units(catalogue, change.unit, change.start.astimezone(LOCAL).date())
    for one in _dependents(catalogue).get(change.source, ()):
        kinds = catalogue.kinds_from(one.indicator.level)
        for period in _periods(catalogue, one, change, now):
            if catalogue.at(period.day).get(one.indicator.id) is not one.indicator:
                continue
            units = _units(catalogue, change.unit, period.day) if one.shifts else then
            for kind in kinds:
                if kind in units:
                    yield Wanted(indicator=one.indicator.id, unit=units[kind], period=period)


@lru_cache(maxsize=1)
def _dependents(catalogue: Catalogue) -> Mapping[str, list[_Dependent]]:
    """By source, of any time: looked up for each mark."""
    found: dict[str, dict[_Dependent, None]] = defaultdict(dict)
    for indicator in catalogue.indicators:
        for asked in indicator.parsed.asked:
            one = _Dependent(indicator=indicator, shifts=asked.shifts)
            found[_source(asked.leaf)][one] = None
    return {source: list(some) for source, some in found.items()}


def _source(leaf: Leaf) -> str:
    match leaf.asked:
        case Measured(measure=measure):
            return measure
        case Counted(case_type=case_type):
            return case_type
        case Mentioned():
            return MENTIONS


def _units(catalogue: Catalogue, unit: str, day: date) -> Mapping[str, str]:
    """By kind: the unit and those that it is in on `day`; the district of one that is none."""
    return {each.kind: each.id for each in catalogue.above(unit, day)} or {"district": DISTRICT}


def _periods(
    catalogue: Catalogue, one: _Dependent, change: Change, now: datetime
) -> Iterator[Period]:
    """A case changes figures from its change until now, for it is open or overdue at each later
    period's end; whatever they compare with lies before them.  Figures and texts change their own
    periods, and the begun ones that compare with those."""
    span = one.indicator.period
    if change.source != MENTIONS and change.source not in catalogue.measures:
        yield from between(span, max(change.start, now - LONGEST), now)
        return
    for period in _touched(catalogue, span, change, now):
        for later in _compared_by(period, one.shifts):
            if later.start <= now:
                yield later


def _touched(catalogue: Catalogue, span: Span, change: Change, now: datetime) -> Sequence[Period]:
    """A text counts in its own period; a figure in all that its period touches."""
    here = containing(span, change.start)
    measure = catalogue.measures.get(change.source)
    if measure is None:
        return (here,)
    whole = containing(measure.period, change.start)
    return tuple(between(span, whole.start, min(whole.end, now))) or (here,)


def _compared_by(period: Period, shifts: Sequence[Shift]) -> Sequence[Period]:
    """The periods for which a formula, shifted so, asks for `period`."""
    found: Sequence[Period] = (period,)
    for how in reversed(shifts):
        found = [later for each in found for later in each.compared_by(how)]
    return found
