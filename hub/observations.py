"""Figures of units for periods: the newest word counts, each word before it is kept."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from contracts.indicator import ObservationBody
from hub import audit, stale
from hub.database import Work
from hub.provenance import Admitted, Entrance, Provenance
from hub.records import observations

LOOK_UP = 1_000
"""Pairs of a unit and a start of a period looked up by one query: a millisecond or two."""

Key = tuple[str, str, datetime, datetime]


def store(work: Work, bodies: Sequence[ObservationBody], provenance: Provenance) -> Admitted:
    """Files `bodies`; of two for the same figure the later one counts."""
    latest = {_key(body): body for body in bodies}
    known = _current(work.connection, latest)
    new = [body for key, body in latest.items() if key not in known]
    corrected = [
        (known[key], body)
        for key, body in latest.items()
        if key in known and known[key].value != body.value
    ]
    _supersede(work, corrected, provenance)
    _insert(work, [*new, *(body for _, body in corrected)], provenance)
    return Admitted(
        stored=len(new),
        corrected=len(corrected),
        repeated=len(bodies) - len(new) - len(corrected),
    )


def history(connection: Connection, key: Key) -> Sequence[Row[Any]]:
    """Every word about one figure, newest first."""
    measure, unit, start, end = key
    query = select(observations).where(
        observations.c.measure == measure,
        observations.c.unit == unit,
        observations.c.period_start == start,
        observations.c.period_end == end,
    )
    return connection.execute(query.order_by(observations.c.id.desc())).all()


def _key(body: ObservationBody) -> Key:
    return body.measure, body.unit, body.period_start, body.period_end


def _current(connection: Connection, keys: Collection[Key]) -> dict[Key, Row[Any]]:
    """By column, for which the index is used: for a list of tuples SQLite reads every row."""
    found = {}
    for measure, units, starts in _in_parts(keys):
        query = select(observations).where(
            observations.c.superseded_at.is_(None),
            observations.c.measure == measure,
            observations.c.unit.in_(units),
            observations.c.period_start.in_(starts),
        )
        for row in connection.execute(query):
            found[row.measure, row.unit, row.period_start, row.period_end] = row
    return found


def _in_parts(keys: Collection[Key]) -> Iterator[tuple[str, set[str], set[datetime]]]:
    """A measure with units and starts of periods, which together may hold a few other figures."""
    for measure, some in groupby(sorted(keys), key=itemgetter(0)):
        units, starts = set[str](), set[datetime]()
        for _, unit, start, _ in some:
            units.add(unit)
            starts.add(start)
            if len(units) * len(starts) >= LOOK_UP:
                yield measure, units, starts
                units, starts = set(), set()
        if units:
            yield measure, units, starts


def _supersede(
    work: Work, corrected: list[tuple[Row[Any], ObservationBody]], provenance: Provenance
) -> None:
    for before, _ in corrected:
        work.connection.execute(
            update(observations)
            .where(observations.c.id == before.id)
            .values(superseded_at=provenance.recorded_at)
        )
    if provenance.entrance is Entrance.HUB:
        return  # the hub's own arithmetic: the words before are kept, nobody has to answer for it
    audit.note_all(
        work,
        provenance,
        "corrected",
        [
            (
                f"{body.measure} {body.unit} {body.period_start.isoformat()}",
                {"before": before.value, "after": body.value, "source": provenance.source},
            )
            for before, body in corrected
        ],
    )


def _insert(work: Work, bodies: list[ObservationBody], provenance: Provenance) -> None:
    if not bodies:
        return
    common = {
        "recorded_at": provenance.recorded_at, "source": provenance.source,
        "actor": provenance.actor, "demo": provenance.demo,
    }  # fmt: skip
    work.connection.execute(insert(observations), [body.model_dump() | common for body in bodies])
    changes = ((body.measure, body.unit, body.period_start) for body in bodies)
    stale.mark(work, changes)
