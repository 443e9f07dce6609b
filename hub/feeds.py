"""Sources of data: when each last spoke.  "Sống" is a property of a source, not of a screen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from hub.database import Work, upsert
from hub.provenance import Provenance
from hub.records import feeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """`last_item_at`: when something new came; `error`: what was wrong with the last try."""

    name: str
    entrance: str
    subsystem: str
    last_try_at: datetime | None
    last_ok_at: datetime | None
    last_item_at: datetime | None
    items: int
    refused: int
    error: str


def spoke(work: Work, provenance: Provenance, subsystem: str, items: int) -> None:
    """Something was admitted; in the transaction that keeps it."""
    now = provenance.recorded_at
    row = _row(work, provenance, subsystem)
    row |= {"last_try_at": now, "last_ok_at": now, "error": ""}
    if items:
        row |= {"last_item_at": now, "items": row["items"] + items}
    upsert(work.connection, feeds, [row])


def failed(work: Work, provenance: Provenance, subsystem: str, why: str, refused: int) -> None:
    """Nothing was admitted; says why."""
    row = _row(work, provenance, subsystem)
    row |= {
        "last_try_at": provenance.recorded_at,
        "error": why,
        "refused": row["refused"] + refused,
    }
    upsert(work.connection, feeds, [row])


def known(connection: Connection) -> list[Feed]:
    """By name."""
    return [
        Feed(
            name=row.name, entrance=row.entrance, subsystem=row.subsystem,
            last_try_at=row.last_try_at, last_ok_at=row.last_ok_at,
            last_item_at=row.last_item_at, items=row.items, refused=row.refused, error=row.error,
        )
        for row in connection.execute(select(feeds).order_by(feeds.c.name))
    ]  # fmt: skip


def _row(work: Work, provenance: Provenance, subsystem: str) -> dict[str, Any]:
    query = select(feeds).where(feeds.c.name == provenance.source)
    found = work.connection.execute(query).one_or_none()
    if found is not None:
        return dict(found._mapping)  # noqa: SLF001
    return {
        "name": provenance.source, "entrance": provenance.entrance.value,
        "subsystem": subsystem, "last_try_at": None, "last_ok_at": None, "last_item_at": None,
        "items": 0, "refused": 0, "error": "", "state": {},
    }  # fmt: skip
