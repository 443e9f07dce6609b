"""Which figures a change reaches: from one number of one school to the district's month."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from hub.catalogue.loader import DISTRICT
from hub.catalogue.periods import Period, between, containing
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


def reached(catalogue: Catalogue, change: Change, now: datetime) -> Iterator[Wanted]:
    """The figures that `change` may alter, in the order of their periods."""
    day = change.start.astimezone(LOCAL).date()
    chain = catalogue.above(change.unit, day)
    units = {unit.kind: unit.id for unit in chain} or {"district": DISTRICT}
    for indicator in _asking(catalogue).get(change.source, ()):
        if indicator.in_force(day):
            kinds = catalogue.kinds_from(indicator.level)
            for period in _periods(catalogue, indicator, change, now):
                for kind in kinds:
                    if kind in units:
                        yield Wanted(indicator=indicator.id, unit=units[kind], period=period)


@lru_cache(maxsize=1)
def _asking(catalogue: Catalogue) -> Mapping[str, list[Indicator]]:
    """Which indicators, of any time, ask for a source: looked up for each mark."""
    found: dict[str, list[Indicator]] = defaultdict(list)
    for indicator in catalogue.indicators:
        asked = indicator.parsed
        mentions = {MENTIONS} if asked.over_mentions else frozenset[str]()
        for source in asked.measures | asked.case_types | mentions:
            found[source].append(indicator)
    return found


def _periods(
    catalogue: Catalogue, indicator: Indicator, change: Change, now: datetime
) -> Iterator[Period]:
    """A text counts in its own period; a figure in all that its period touches; a case from its
    change until now, for it is open or overdue at each later period's end."""
    here = containing(indicator.period, change.start)
    measure = catalogue.measures.get(change.source)
    if measure is not None:
        whole = containing(measure.period, change.start)
        touched = list(between(indicator.period, whole.start, min(whole.end, now)))
        yield from touched or [here]
        if "previous(" in indicator.formula:
            yield (touched or [here])[-1].next()
    elif change.source == MENTIONS:
        yield here
    else:
        yield from between(indicator.period, max(change.start, now - LONGEST), now)
