"""Cases in the records: events as they were told, and each case as they make it."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from contracts.indicator import CaseBody
from hub import audit, stale
from hub.cases.fold import CaseEvent, CaseNow, fold
from hub.cases.lifecycle import Lifecycle
from hub.catalogue.periods import Span, containing
from hub.database import Work, upsert
from hub.provenance import Admitted, Provenance
from hub.records import case_events, cases
from hub.working_time import WorkingTime

LOOK_UP = 500
"""Cases looked up by one query, below the databases' limits of parameters."""

Key = tuple[str, str]
_Whose = Row[str, str, str, datetime]


class CaseBook:
    """Files what was told of cases; each call inside of the caller's `Work`."""

    def __init__(self, lifecycles: Mapping[str, Lifecycle], clock: WorkingTime) -> None:
        self._lifecycles = lifecycles
        self._clock = clock

    def store(self, work: Work, bodies: Sequence[CaseBody], provenance: Provenance) -> Admitted:
        """`bodies` are of known types and states."""
        keys = list(dict.fromkeys((body.type, body.case) for body in bodies))
        known = _events(work.connection, keys)
        fresh: dict[Key, list[dict[str, Any]]] = defaultdict(list)
        corrected: list[tuple[str, Mapping[str, Any]]] = []
        seen = {key: {row["digest"] for row in rows} for key, rows in known.items()}
        for body in bodies:
            row = self._row(body, provenance)
            key = body.type, body.case
            if row["digest"] in seen.setdefault(key, set()):
                continue
            seen[key].add(row["digest"])
            if (before := _same_step(row, [*known[key], *fresh[key]])) is not None:
                corrected.append((f"{body.type} {body.case}", _difference(before, row)))
            fresh[key].append(row)
        self._write(work, known, fresh, provenance)
        audit.note_all(work, provenance, "corrected", corrected)
        new = sum(len(rows) for rows in fresh.values())
        return Admitted(
            stored=new - len(corrected), corrected=len(corrected), repeated=len(bodies) - new
        )

    def _row(self, body: CaseBody, provenance: Provenance) -> dict[str, Any]:
        state = self._lifecycles[body.type].state(body.state)
        assert state is not None, body.state
        told = {
            "type": body.type, "case": body.case, "unit": body.unit, "state": state.code,
            "at": body.at, "due_at": body.due_at, "attributes": dict(body.attributes),
        }  # fmt: skip
        said = json.dumps(told, default=str, sort_keys=True).encode()
        return told | {
            "digest": hashlib.blake2b(said, digest_size=16).digest(),
            "recorded_at": provenance.recorded_at, "source": provenance.source,
            "actor": provenance.actor,
        }  # fmt: skip

    def _write(
        self,
        work: Work,
        known: Mapping[Key, Sequence[dict[str, Any]]],
        fresh: Mapping[Key, Sequence[dict[str, Any]]],
        provenance: Provenance,
    ) -> None:
        rows = [row for some in fresh.values() for row in some]
        if not rows:
            return
        work.connection.execute(insert(case_events), rows)
        before = _whose(work.connection, list(fresh))
        folded, changes = [], []
        for key, new in fresh.items():
            if not new:
                continue
            told = [*known[key], *new]
            lifecycle = self._lifecycles[key[0]]
            now = fold(lifecycle, [_event(row) for row in told], self._clock)
            folded.append(_columns(key, lifecycle, now, provenance))
            changes += _changes(key[0], new, now, before.get(key))
        upsert(work.connection, cases, folded)
        stale.mark(work, changes)


def history(connection: Connection, case_type: str, case: str) -> Sequence[Row[Any]]:
    """What was told of a case, in the order of coming."""
    query = select(case_events).where(case_events.c.type == case_type, case_events.c.case == case)
    return connection.execute(query.order_by(case_events.c.id)).all()


def _events(connection: Connection, keys: list[Key]) -> dict[Key, list[dict[str, Any]]]:
    found: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    for case_type, names in _in_parts(keys):
        query = select(case_events).where(
            case_events.c.type == case_type, case_events.c.case.in_(names)
        )
        for row in connection.execute(query.order_by(case_events.c.id)):
            found[row.type, row.case].append(row._asdict())
    return found


def _whose(connection: Connection, keys: list[Key]) -> dict[Key, _Whose]:
    """Unit and reception of each case that is known."""
    return {
        (row.type, row.case): row
        for case_type, names in _in_parts(keys)
        for row in connection.execute(
            select(cases.c.type, cases.c.case, cases.c.unit, cases.c.received_at).where(
                cases.c.type == case_type, cases.c.case.in_(names)
            )
        )
    }


def _in_parts(keys: Iterable[Key]) -> Iterator[tuple[str, list[str]]]:
    """By type, for which the index is used: for a list of tuples SQLite reads every row."""
    by_type: dict[str, list[str]] = defaultdict(list)
    for case_type, case in keys:
        by_type[case_type].append(case)
    for case_type, names in by_type.items():
        for at in range(0, len(names), LOOK_UP):
            yield case_type, names[at : at + LOOK_UP]


def _same_step(
    row: Mapping[str, Any], others: Iterable[Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    """The word before about the same state at the same time."""
    step = row["state"], row["at"]
    return next((each for each in others if (each["state"], each["at"]) == step), None)


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    names = [name for name in ("unit", "due_at", "attributes") if before[name] != after[name]]
    return {
        "before": {name: _plain(before[name]) for name in names},
        "after": {name: _plain(after[name]) for name in names},
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _event(row: Mapping[str, Any]) -> CaseEvent:
    return CaseEvent(
        state=row["state"], at=row["at"], recorded_at=row["recorded_at"], unit=row["unit"],
        due_at=row["due_at"], attributes=row["attributes"],
    )  # fmt: skip


def _columns(
    key: Key, lifecycle: Lifecycle, now: CaseNow, provenance: Provenance
) -> dict[str, Any]:
    return {
        "type": key[0], "case": key[1], "subsystem": lifecycle.subsystem, "unit": now.unit,
        "state": now.state.code, "phase": now.phase.value,
        "outcome": now.outcome.value if now.outcome else None,
        "received_at": now.received_at, "changed_at": now.changed_at, "due_at": now.due_at,
        "finished_at": now.finished_at, "first_handled_at": now.first_handled_at,
        "reopened": now.reopened, "attributes": dict(now.attributes),
        "irregular": now.irregular, "demo": provenance.demo,
    }  # fmt: skip


def _changes(
    case_type: str, new: Sequence[Mapping[str, Any]], now: CaseNow, before: _Whose | None
) -> list[tuple[str, str, datetime]]:
    """From the day of the first new event on; if the case was moved, for the old unit too.  By
    day, so that the thousand events of a day are one mark."""
    since = min(row["at"] for row in new)
    changes = [(case_type, now.unit, _day(since))]
    if before is not None and before.unit != now.unit:
        changes.append((case_type, before.unit, _day(min(since, before.received_at))))
    return changes


def _day(moment: datetime) -> datetime:
    return containing(Span.DAY, moment).start
