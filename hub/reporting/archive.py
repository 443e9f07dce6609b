"""Reports made and kept: once for each slot of the schedule, as often as wanted by hand.

1. read: the report, from one consistent state,
2. one transaction: the report under its slot, its letters, its calls to endpoints.
Dying before 2 makes it again; the slot is unique, so after 2 it is never made again.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from contracts.identity import new_ulid
from hub.catalogue.loader import DISTRICT
from hub.catalogue.periods import Period, Span
from hub.config import HubConfig, Webhook
from hub.database import Database, Work
from hub.feed import Topic
from hub.knowledge import Knowledge
from hub.records import letters, notifications, reports
from hub.reporting.compose import compose
from hub.reporting.content import Report
from hub.reporting.reading import reaches_back
from hub.reporting.schedule import Slot
from hub.reporting.settings import Subscriber

EVENT = "report.ready"
HUB = "hub"
DIGEST = 400
"""Characters of an endpoint's digest: a text message or two."""


class Archive:
    """Stateless but for the wiring; safe in any thread."""

    def __init__(self, config: HubConfig, database: Database, knowledge: Knowledge) -> None:
        self._config = config
        self._database = database
        self._knowledge = knowledge
        self._endpoints = {one.name: one for one in config.webhook}

    def compose(self, period: Period, now: datetime, unit: str = DISTRICT) -> Report:
        """A report that nobody keeps."""
        with self._database.read() as connection:
            return compose(connection, self._knowledge, period, unit, now)

    def make(self, period: Period, now: datetime, actor: str) -> int:
        """By hand: kept, and sent to nobody; its number."""
        made = self.compose(period, now)
        with self._database.work() as work:
            return self._write(work, made, actor, slot=None)

    def make_slot(self, slot: Slot, now: datetime) -> int | None:
        """Of the schedule: kept and sent once; None when it was there already, and of a time
        of which nothing is known."""
        with self._database.read() as connection:
            if not reaches_back(connection, slot.period):
                return None
        made = self.compose(slot.period, now)
        with self._database.work() as work:
            if work.connection.scalar(select(reports.c.id).where(reports.c.slot == slot.key)):
                return None
            number = self._write(work, made, HUB, slot=slot.key)
            if slot.newest:
                self._send(work, number, made, now)
        return number

    def done(self) -> Mapping[Span, datetime]:
        """The start of the newest period that the schedule made, by span."""
        query = (
            select(reports.c.span, func.max(reports.c.period_start))
            .where(reports.c.slot.is_not(None))
            .group_by(reports.c.span)
        )
        with self._database.read() as connection:
            return {Span(row[0]): row[1] for row in connection.execute(query)}

    def _write(self, work: Work, made: Report, actor: str, slot: str | None) -> int:
        written = work.connection.execute(insert(reports).values(
            slot=slot, span=made.span.value, period_start=made.start, made_at=made.made_at,
            actor=actor, title_vi=made.title_vi, body=made.model_dump(mode="json"),
        ))  # fmt: skip
        assert written.inserted_primary_key is not None
        return int(written.inserted_primary_key[0])

    def _send(self, work: Work, number: int, made: Report, now: datetime) -> None:
        wanted = [one for one in self._config.subscriber if made.span.value in one.periods]
        expires = now + timedelta(seconds=self._config.smtp.expire_after_s)
        if by_mail := [one for one in wanted if one.email]:
            work.connection.execute(insert(letters), [
                {"report": number, "subscriber": one.name, "state": "pending", "attempts": 0,
                 "next_try_at": now, "expires_at": expires, "answer": ""}
                for one in by_mail
            ])  # fmt: skip
        for one in wanted:
            if one.webhook:
                self._call(work, number, made, one, now)

    def _call(self, work: Work, number: int, made: Report, whom: Subscriber, now: datetime) -> None:
        endpoint = self._endpoints[whom.webhook]
        body = json.dumps(self._body(number, made), ensure_ascii=False)
        work.connection.execute(insert(notifications).values(_row(endpoint, body, now)))
        work.changed(Topic.NOTIFICATION, endpoint.name)

    def _body(self, number: int, made: Report) -> dict[str, object]:
        page = f"{self._config.console.public_url.rstrip('/')}/reports-archive/{number}"
        return {
            "v": 1, "event": EVENT, "report": number, "period": made.span.value,
            "period_start": _text(made.start), "period_end": _text(made.end),
            "title_vi": made.title_vi, "text_vi": made.headline_vi[:DIGEST], "demo": made.demo,
            "created_at": _text(made.made_at), "url": page,
        }  # fmt: skip


def listed(connection: Connection, before: int | None, limit: int) -> Sequence[Row[Any]]:
    """Newest first, without their bodies."""
    query = select(
        reports.c.id, reports.c.slot, reports.c.span, reports.c.period_start, reports.c.made_at,
        reports.c.actor, reports.c.title_vi,
    ).order_by(reports.c.id.desc()).limit(limit)  # fmt: skip
    if before is not None:
        query = query.where(reports.c.id < before)
    return list(connection.execute(query))


def kept(connection: Connection, number: int) -> Report | None:
    body = connection.scalar(select(reports.c.body).where(reports.c.id == number))
    return None if body is None else Report.model_validate(body)


def sent(connection: Connection, number: int) -> Sequence[Row[Any]]:
    """The letters of a report, by subscriber."""
    query = select(letters).where(letters.c.report == number).order_by(letters.c.subscriber)
    return connection.execute(query).all()


def _row(endpoint: Webhook, body: str, now: datetime) -> dict[str, Any]:
    """A row of the phones' outbox: signed, repeated and given up as every other."""
    return {
        "key": f"{endpoint.name}-{new_ulid()}", "endpoint": endpoint.name, "incident": "",
        "event": EVENT, "body": body, "urgent": False, "state": "pending", "attempts": 0,
        "created_at": now, "next_try_at": now,
        "expires_at": now + timedelta(seconds=endpoint.expire_after_s), "answer": "",
    }  # fmt: skip


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
