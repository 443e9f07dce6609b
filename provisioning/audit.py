"""Who did what, in an order that cannot be changed unseen: each entry holds the hash of all before.

The chain shows a changed, a removed or an inserted entry; whoever can write the file could forge
the whole chain, so keep the newest hash (`ioc ca audit` prints it) somewhere else now and then.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from provisioning.records import Occasion, audit

BEGINNING = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    at: str
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]

    def hash_after(self, before: str) -> str:
        said = [before, self.at, self.actor, self.action, self.subject, dict(self.detail)]
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def note(
    connection: Connection,
    occasion: Occasion,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Appends one entry in the transaction of what it tells; `detail` never holds a secret."""
    entry = Entry(
        at=occasion.at.isoformat(), actor=occasion.actor, action=action, subject=subject,
        detail=detail or {},
    )  # fmt: skip
    connection.execute(
        insert(audit).values(
            at=entry.at, actor=entry.actor, action=entry.action, subject=entry.subject,
            detail=dict(entry.detail), hash=entry.hash_after(newest_hash(connection)),
        )
    )  # fmt: skip


def newest_hash(connection: Connection) -> str:
    """Of the whole audit so far."""
    newest = select(audit.c.hash).order_by(audit.c.id.desc()).limit(1)
    return connection.scalar(newest) or BEGINNING


def entries(connection: Connection, subject: str | None = None) -> Sequence[Row[Any]]:
    """Oldest first."""
    query = select(audit).order_by(audit.c.id)
    return connection.execute(
        query if subject is None else query.where(audit.c.subject == subject)
    ).all()


def first_broken(connection: Connection) -> int | None:
    """The id of the first entry that is not what was written; None if all are."""
    before = BEGINNING
    for number, row in enumerate(entries(connection), start=1):
        entry = Entry(
            at=row.at, actor=row.actor, action=row.action, subject=row.subject, detail=row.detail
        )
        if row.id != number or row.hash != entry.hash_after(before):
            return int(row.id)
        before = row.hash
    return None
