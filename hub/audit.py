"""Who changed what, with the value before: written in the transaction of the change."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from hub.database import Work
from hub.provenance import Provenance
from hub.records import audit

NEWEST = 200


def note(
    work: Work, provenance: Provenance, action: str, subject: str, detail: Mapping[str, Any]
) -> None:
    note_all(work, provenance, action, [(subject, detail)])


def note_all(
    work: Work,
    provenance: Provenance,
    action: str,
    changes: Sequence[tuple[str, Mapping[str, Any]]],
) -> None:
    """One entry for each (subject, detail)."""
    if not changes:
        return
    common = {
        "at": provenance.recorded_at, "actor": provenance.actor,
        "entrance": provenance.entrance.value, "action": action,
    }  # fmt: skip
    rows = [common | {"subject": subject, "detail": dict(detail)} for subject, detail in changes]
    work.connection.execute(insert(audit), rows)


def of(connection: Connection, subject: str) -> Sequence[Row[Any]]:
    """Newest first."""
    query = select(audit).where(audit.c.subject == subject).order_by(audit.c.id.desc())
    return connection.execute(query.limit(NEWEST)).all()
