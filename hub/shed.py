"""When there is no room: figures go, oldest first, counted.  Alarms never."""

import logging

from sqlalchemy import delete, func, select
from sqlalchemy.exc import DBAPIError

from hub.counters import Counter, bump
from hub.database import Database
from hub.records import spool

log = logging.getLogger(__name__)

SHED = 10_000
"""Lines shed at once, about 1.5 MB: room for a hundred alarms with their thumbnails."""


def shed_spool(database: Database, lines: int = SHED) -> int:
    """Drops the oldest `lines` figures that the time-series store has not taken; how many."""
    try:
        with database.work() as work:
            oldest = work.connection.scalar(select(func.min(spool.c.id)))
            if oldest is None:
                return 0
            dropped = work.connection.execute(
                delete(spool).where(spool.c.id < oldest + lines)
            ).rowcount
            bump(work, Counter.SERIES_DROPPED, dropped)
    except DBAPIError as broken:
        log.error("no room, and figures cannot be dropped either: %s", broken.orig)
        return 0
    log.error("no room: dropped the %d oldest figures that were not in the time series", dropped)
    return dropped


def bound_spool(database: Database, limit: int) -> int:
    """Drops what is beyond `limit` lines; returns how many lines wait."""
    waiting = backlog(database)
    return waiting - shed_spool(database, waiting - limit) if waiting > limit else waiting


def backlog(database: Database) -> int:
    """Lines that wait, by their numbers: exact while nothing was quarantined among them."""
    with database.read() as connection:
        first, last = connection.execute(select(func.min(spool.c.id), func.max(spool.c.id))).one()
    return 0 if first is None else last - first + 1
