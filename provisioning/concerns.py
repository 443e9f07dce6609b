"""What the hub should know of the audit's last day: who was refused, copied, called back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select

from contracts.trust import MOST_FINDINGS, Concern, Finding, TrustReport
from provisioning.records import ENROLMENT, Store, audit

DAY = timedelta(days=1)
"""A concern is over when nothing of it happened for so long."""
ANEW = timedelta(minutes=10)
"""Without news the report is made again, so that what is a day old leaves it."""
MOST_ADDRESSES = 8


class Reporter:
    """Makes a report when there is something new to say."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.forget()

    def forget(self) -> None:
        """The next report is news whatever it says: the connection is a new one."""
        self._read_to: int | None = None
        self._made_at: datetime | None = None

    def news(self, now: datetime) -> TrustReport | None:
        with self._store.read() as connection:
            newest = connection.scalar(select(func.max(audit.c.id))) or 0
            old = self._made_at is None or now - self._made_at >= ANEW
            if newest == self._read_to and not old:
                return None
            found = findings(connection, now)
        self._read_to, self._made_at = newest, now
        return TrustReport(at=now, findings=tuple(found))


def findings(connection: Connection, now: datetime) -> Sequence[Finding]:
    """One for each concern about a name, newest first."""
    query = select(audit).where(
        audit.c.at > (now - DAY).isoformat(), audit.c.action.in_([each.value for each in Concern])
    )
    groups: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in connection.execute(query.order_by(audit.c.id)):
        groups.setdefault((row.action, row.subject), []).append(row)
    made = [_finding(rows) for rows in groups.values()]
    return sorted(made, key=lambda each: each.last_at, reverse=True)[:MOST_FINDINGS]


def _finding(rows: Sequence[Row[Any]]) -> Finding:
    newest = rows[-1]
    return Finding(
        concern=Concern(newest.action),
        subject=newest.subject[:48],
        first_at=datetime.fromisoformat(rows[0].at),
        last_at=datetime.fromisoformat(newest.at),
        times=len(rows),
        addresses=tuple(_addresses(rows))[-MOST_ADDRESSES:],
        detail=_said(newest.detail)[:400],
    )


def _addresses(rows: Iterable[Row[Any]]) -> list[str]:
    """Each once, in the order of their first appearance."""
    seen: dict[str, None] = {}
    for row in rows:
        told = row.detail.get("addresses", ())
        if row.actor.startswith(ENROLMENT):
            told = (row.actor.removeprefix(ENROLMENT),)
        seen |= dict.fromkeys(each[:64] for each in told if each)
    return list(seen)


def _said(detail: Mapping[str, Any]) -> str:
    return str(detail.get("detail") or detail.get("why") or detail.get("reason") or "")
