"""Delivery to the endpoints: at least once, signed, each endpoint in its own thread.

An answer of 2xx is acceptance; 408, 429, 5xx and silence are tried again with growing waits until
the notification expires; any other answer is refusal (redirects are not followed: a signed alarm
goes nowhere that was not configured).  A call whose answer was lost is repeated with the same
Idempotency-Key.
"""

import logging
import random
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

import httpx
from sqlalchemy import Row, func, select, update
from sqlalchemy.exc import DBAPIError

from contracts.clock import utc_now
from contracts.configuration import secret
from hub.config import Webhook
from hub.database import Database
from hub.feed import Change, Topic
from hub.records import notifications
from hub.signature import HEADER, sign

log = logging.getLogger(__name__)

TIMEOUT = httpx.Timeout(5.0, connect=3.0)
"""A phone gateway on the same LAN answers in milliseconds; one over 4G within seconds."""

LONGEST_WAIT_S = 60.0
"""After an endpoint came back, the oldest alarm waits at most this long."""

LOOK_S = 30.0
"""Rows of before a clock change, or of another process, are found without being woken."""


class State(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one attempt; `reached` is False when nobody answered at all."""

    state: State
    answer: str
    reached: bool = True
    retry_after_s: float | None = None


class Endpoint:
    """One named thread that empties one endpoint's part of the outbox."""

    def __init__(self, settings: Webhook, database: Database) -> None:
        self.settings = settings
        self._database = database
        self._secret = secret(settings.secret_file, settings.secret_env) or ""
        self._client = httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False)
        self._awake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(
            target=self._run, name=f"webhook-{settings.name}", daemon=True
        )

    @property
    def threads(self) -> tuple[threading.Thread, ...]:
        return (self._thread,)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends after the call in hand; what is pending stays in the outbox."""
        self._stopping = True
        self._awake.set()
        self._thread.join()
        self._client.close()

    def wake(self) -> None:
        self._awake.set()

    def _run(self) -> None:
        while not self._stopping:
            self._awake.clear()
            try:
                idle_s = self.deliver_due()
            except DBAPIError as broken:
                log.error("webhook %s cannot use the database: %s", self.settings.name, broken.orig)
                idle_s = 1.0
            self._awake.wait(idle_s)

    def deliver_due(self) -> float:
        """Tries what is due, urgent first, oldest first; returns seconds until the next."""
        while not self._stopping and (row := self._next()) is not None:
            if row.expires_at <= utc_now():
                outcome = Outcome(state=State.EXPIRED, answer=row.answer or "never tried")
            else:
                outcome = self._call(row)
            self._settle(row, outcome)
        return self._idle_s()

    def _pending(self) -> list[Any]:
        return [
            notifications.c.endpoint == self.settings.name,
            notifications.c.state == State.PENDING.value,
        ]

    def _next(self) -> Row[Any] | None:
        query = (
            select(notifications)
            .where(*self._pending(), notifications.c.next_try_at <= utc_now())
            .order_by(notifications.c.urgent.desc(), notifications.c.id)
            .limit(1)
        )
        with self._database.read() as connection:
            return connection.execute(query).one_or_none()

    def _idle_s(self) -> float:
        query = select(func.min(notifications.c.next_try_at)).where(*self._pending())
        with self._database.read() as connection:
            due = connection.scalar(query)
        if due is None:
            return LOOK_S
        left: float = (due - utc_now()).total_seconds()
        return min(max(left, 0.0), LOOK_S)

    def _call(self, row: Row[Any]) -> Outcome:
        body = row.body.encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": row.key,
            HEADER: sign(self._secret, body, int(time.time())),
        }
        try:
            answer = self._client.post(self.settings.url, content=body, headers=headers)
        except httpx.HTTPError as lost:
            return Outcome(state=State.PENDING, answer=_words(lost), reached=False)
        return judge(answer)

    def _settle(self, row: Row[Any], outcome: Outcome) -> None:
        now = utc_now()
        attempts = row.attempts + (outcome.state is not State.EXPIRED)
        values: dict[str, Any] = {
            "state": outcome.state.value, "answer": outcome.answer, "attempts": attempts,
        }  # fmt: skip
        retry_at = now + timedelta(seconds=outcome.retry_after_s or wait_s(attempts))
        if outcome.state is State.PENDING:
            values["next_try_at"] = min(retry_at, row.expires_at)
        else:
            values["settled_at"] = now
        with self._database.work() as work:
            if not outcome.reached:
                # Nobody is there: the others that are due would only wait for the same silence.
                work.connection.execute(
                    update(notifications)
                    .where(*self._pending(), notifications.c.next_try_at <= now)
                    .values(next_try_at=retry_at)
                )
            work.connection.execute(
                update(notifications).where(notifications.c.id == row.id).values(values)
            )
            work.changed(Topic.INCIDENT, row.incident)
        level = logging.INFO if outcome.state is State.ACCEPTED else logging.WARNING
        log.log(
            level, "webhook %s: %s of incident %s %s (%s), attempt %d",
            self.settings.name, row.event, row.incident, outcome.state, outcome.answer, attempts,
        )  # fmt: skip


class Webhooks:
    """All endpoints; woken by the change feed the moment an incident is durable."""

    def __init__(self, settings: Sequence[Webhook], database: Database) -> None:
        self._endpoints = {each.name: Endpoint(each, database) for each in settings}
        self._feed = database.feed
        self._listening = ExitStack()

    @property
    def threads(self) -> tuple[threading.Thread, ...]:
        return tuple(thread for each in self._endpoints.values() for thread in each.threads)

    def start(self) -> None:
        self._listening.enter_context(self._feed.listening(self._hear))
        for endpoint in self._endpoints.values():
            endpoint.start()

    def stop(self) -> None:
        self._listening.close()
        for endpoint in self._endpoints.values():
            endpoint.stop()

    def _hear(self, change: Change) -> None:
        if change.topic is Topic.NOTIFICATION and change.key in self._endpoints:
            self._endpoints[change.key].wake()


def judge(answer: httpx.Response) -> Outcome:
    """What an endpoint's answer means."""
    said = f"HTTP {answer.status_code}"
    if answer.is_success:
        return Outcome(state=State.ACCEPTED, answer=said)
    if answer.status_code in (408, 429) or answer.is_server_error:
        return Outcome(state=State.PENDING, answer=said, retry_after_s=_retry_after(answer))
    return Outcome(state=State.REFUSED, answer=said)


def wait_s(attempts: int) -> float:
    """1 s, 2 s, 4 s … at most a minute, each spread by a quarter either way."""
    base: float = min(2.0 ** (attempts - 1), LONGEST_WAIT_S)
    return base * random.uniform(0.75, 1.25)  # noqa: S311


def _retry_after(answer: httpx.Response) -> float | None:
    """Seconds the server asks for, at most LONGEST_WAIT_S; its date form is not worth a clock."""
    wish = answer.headers.get("Retry-After", "")
    return min(float(wish), LONGEST_WAIT_S) if wish.isascii() and wish.isdigit() else None


def _words(lost: httpx.HTTPError) -> str:
    return f"{type(lost).__name__}: {lost}"[:200]


def pending(database: Database) -> int:
    """Notifications that wait for their endpoint."""
    query = select(func.count()).where(notifications.c.state == State.PENDING.value)
    with database.read() as connection:
        return connection.scalar(query) or 0
