"""How the hub came to its own figures, kept for whoever asks; or why there is none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from hub.database import Work, upsert
from hub.reckoning.desk import Reckoned
from hub.records import workings


def changed(connection: Connection, found: Iterable[Reckoned]) -> list[Mapping[str, Any]]:
    """The rows of `found` that are explained and not yet kept just so."""
    rows = [_row(one) for one in found if one.trace is not None or one.why_vi]
    known = _known(connection, rows)
    return [row for row in rows if known.get(_key(row)) != row]


def keep(work: Work, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    upsert(work.connection, workings, [{**row, "at": now} for row in rows])


def _row(one: Reckoned) -> Mapping[str, Any]:
    return {
        "measure": one.measure, "unit": one.unit, "period_start": one.period_start,
        "value": one.value, "why_vi": one.why_vi,
        "trace": None if one.trace is None else _plain(asdict(one.trace)),
    }  # fmt: skip


def _plain(trace: Mapping[str, Any]) -> Mapping[str, Any]:
    """As JSON brings it back."""
    return {
        **trace,
        "inputs": list(trace["inputs"]),
        "notes_vi": list(trace["notes_vi"]),
        "confidence": str(trace["confidence"]),
        "effective_from": trace["effective_from"].isoformat(),
    }


def _known(
    connection: Connection, rows: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, str, datetime], Mapping[str, Any]]:
    if not rows:
        return {}
    names = [column for column in workings.c if column.name != "at"]
    query = select(*names).where(
        workings.c.measure.in_({row["measure"] for row in rows}),
        workings.c.period_start >= min(row["period_start"] for row in rows),
    )
    kept = (dict(row._mapping) for row in connection.execute(query))  # noqa: SLF001
    return {_key(row): row for row in kept}


def _key(row: Mapping[str, Any]) -> tuple[str, str, datetime]:
    return row["measure"], row["unit"], row["period_start"]
