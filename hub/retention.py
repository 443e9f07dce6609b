"""What is forgotten, and when.  Incidents and their history are kept for ever."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, delete, select, tuple_

from hub.citizens import keeping
from hub.config import Keep
from hub.database import Database
from hub.records import (
    answers,
    evidence,
    inbox,
    letters,
    notifications,
    probe_spans,
    reports,
    workings,
)

ANSWERS_DAYS = 7
"""How long the API's clients are told that an idempotency key is remembered."""

SPANS_DAYS = 90
"""What the prober saw is a figure of its day long before; the reckoner looks back 62 days."""
WORKINGS_DAYS = 400
"""How the hub came to a figure: a year, so that the same period of last year can be asked for."""

CHUNK = 500
"""Rows of one transaction: an alarm waits for milliseconds, not for a year of pictures."""


def forget(database: Database, keep: Keep, now: datetime) -> int:
    """Deletes what is past its time, in small transactions; returns how many rows."""
    return (
        _delete(database, evidence, evidence.c.captured_at < _before(now, keep.evidence_days))
        + _delete(
            database,
            inbox,
            (inbox.c.state == "done") & (inbox.c.received_at < _before(now, keep.places_days)),
        )
        + _delete(database, answers, answers.c.at < _before(now, ANSWERS_DAYS))
        + _delete(
            database, notifications,
            notifications.c.settled_at < _before(now, keep.notifications_days),
        )
        + _delete(
            database, letters, letters.c.settled_at < _before(now, keep.notifications_days)
        )
        + _delete(database, probe_spans, probe_spans.c.until < _before(now, SPANS_DAYS))
        + _delete(database, workings, workings.c.at < _before(now, WORKINGS_DAYS))
        + keeping.forget(database, keep, now)
        + _delete(database, reports, reports.c.made_at < _before(now, keep.reports_days))
    )  # fmt: skip


def _before(now: datetime, days: float) -> datetime:
    return now - timedelta(days=days)


def _delete(database: Database, table: Table, where: ColumnElement[bool]) -> int:
    keys = tuple_(*table.primary_key)
    total = 0
    while True:
        some = select(*table.primary_key).where(where).limit(CHUNK)
        with database.work() as work:
            deleted = work.connection.execute(delete(table).where(keys.in_(some))).rowcount
        total += deleted
        if deleted < CHUNK:
            return total
