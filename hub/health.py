"""How the hub is: figures, and whether they are good.  "Connected" is not health; work done is."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import DBAPIError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`troubles` is empty when all is well; each is a sentence in Vietnamese for the operator."""

    at: datetime
    started_at: datetime
    broker_connected: bool
    last_message_at: datetime | None
    last_processed_at: datetime | None
    waiting_alarm: int
    waiting_bulk: int
    inbox_undone: int
    series_backlog: int
    series_error: str
    notifications_pending: int
    quarantined: int
    counters: dict[str, int]
    dead: tuple[str, ...]
    """Names of threads that ended by themselves: only a restart of the hub brings them back."""
    troubles: tuple[str, ...]


def dead_of(health: Callable[[], Health]) -> tuple[str, ...]:
    """What a restart would mend: dead threads.  Records that are away are nothing of the kind."""
    try:
        return health().dead
    except DBAPIError as away:
        log.warning("the records are away: %s", away.orig)
        return ()
