"""How figures stood before they are computed anew: a grade gets better only past a margin."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import Connection, select

from hub.catalogue.grade import Grade
from hub.figures.reach import Wanted
from hub.records import figures

Key = tuple[str, str, datetime]


class Grades:
    """Of the figures of one run, which is worked off in the order of their periods."""

    def __init__(self, connection: Connection, wanted: Iterable[Wanted]) -> None:
        self._kept = dict(_kept(connection, wanted))
        self._new: dict[Key, Grade] = {}

    def before(self, one: Wanted) -> Grade:
        """That of the period before if this run computed it; else how the same figure stood, else
        the kept one of the period before."""
        earlier = one.indicator, one.unit, one.period.previous().start
        if (found := self._new.get(earlier)) is not None:
            return found
        same = self._kept.get((one.indicator, one.unit, one.period.start))
        return same or self._kept.get(earlier) or Grade.UNKNOWN

    def now(self, one: Wanted, grade: Grade) -> None:
        self._new[one.indicator, one.unit, one.period.start] = grade


def _kept(connection: Connection, wanted: Iterable[Wanted]) -> Iterator[tuple[Key, Grade]]:
    """One query an indicator, by the primary key."""
    units: dict[str, set[str]] = defaultdict(set)
    starts: dict[str, set[datetime]] = defaultdict(set)
    for one in wanted:
        units[one.indicator].add(one.unit)
        starts[one.indicator] |= {one.period.start, one.period.previous().start}
    for indicator, some in units.items():
        query = select(figures.c.unit, figures.c.period_start, figures.c.grade).where(
            figures.c.indicator == indicator,
            figures.c.unit.in_(some),
            figures.c.period_start.in_(starts[indicator]),
        )
        for unit, start, grade in connection.execute(query):
            yield (indicator, unit, start), Grade(grade)
