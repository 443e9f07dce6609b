"""Counts that survive a restart: what was refused, dropped or odd, never silently."""

from enum import StrEnum

from sqlalchemy import Connection, select, update

from hub.database import Work, upsert
from hub.records import counters


class Counter(StrEnum):
    DUPLICATES = "duplicates"
    CONFLICTS = "conflicts"
    LATE = "late"
    CLOCK_SUSPECT = "clock-suspect"
    QUARANTINED = "quarantined"
    QUARANTINE_DROPPED = "quarantine-dropped"
    SERIES_DROPPED = "series-dropped"
    SERIES_REJECTED = "series-rejected"
    DISK_FULL = "disk-full"


def bump(work: Work, counter: Counter, by: int = 1) -> None:
    """Adds `by` in the transaction of what is counted."""
    if by == 0:
        return
    where = counters.c.name == counter.value
    changed = work.connection.execute(
        update(counters).where(where).values(value=counters.c.value + by)
    )
    if changed.rowcount == 0:
        upsert(work.connection, counters, [{"name": counter.value, "value": by}])


def read(connection: Connection) -> dict[str, int]:
    """All counters; those that never counted are 0."""
    known = {row.name: row.value for row in connection.execute(select(counters))}
    return {counter.value: known.get(counter.value, 0) for counter in Counter}
