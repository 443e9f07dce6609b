"""The uplink: one MQTT connection a lane, so that a picture never stands in front of an alarm.

Rows go out in order, stamped with the time of the attempt; they are freed by receipts alone.
What is not receipted within RESEND_S, or when the connection returns, is sent again: the hub
recognises it.  The bulk lane lets the alarm lane go first.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import aiomqtt

from contracts import codec, topics
from contracts.clock import utc_now
from contracts.configuration import Broker
from contracts.errors import ContractError
from contracts.identity import Lane
from contracts.receipt import Receipt
from contracts.status import Presence, Status
from contracts.topics import Kind, Topic
from edge_agent.backoff import Backoff
from edge_agent.link import LOST, Link, cause, explain
from edge_agent.outbox import Outbox, Row

log = logging.getLogger(__name__)

RESEND_S = 30.0
"""A hub answers within a second; a 2G link may need twenty for a thumbnail's round trip."""
WINDOW_ROWS = {Lane.ALARM: 200, Lane.BULK: 500}
WINDOW_BYTES = {Lane.ALARM: 400_000, Lane.BULK: 800_000}
"""What may be on the way unreceipted: enough to fill the link, little enough to send again."""
PUBLISH_S = {Lane.ALARM: 30.0, Lane.BULK: 180.0}
"""A picture of 400 kB takes 80 s on 2G (5 kB/s)."""
YIELD_S = 30.0
"""The longest that bulk waits for an alarm lane that cannot send."""
KEEPALIVE_S = 30
FIRST_RETRY_S, LONGEST_RETRY_S = 0.5, 60.0


@dataclass(slots=True, kw_only=True)
class Flight:
    """What is on its way on one connection: rows after `cursor` were not sent on it yet."""

    cursor: int = 0
    size: int = 0
    since: float = 0.0
    rows: dict[int, int] = field(default_factory=dict)

    def sent(self, row: Row, now: float) -> None:
        if not self.rows:
            self.since = now
        self.rows[row.seq] = len(row.payload)
        self.size += len(row.payload)
        self.cursor = max(self.cursor, row.seq)

    def landed(self, receipt: Receipt, now: float) -> None:
        named = {refusal.seq for refusal in receipt.refused}
        gone = [
            seq
            for seq in self.rows
            if seq in named or any(span.first <= seq <= span.last for span in receipt.spans)
        ]
        for seq in gone:
            self.size -= self.rows.pop(seq)
        if gone:
            self.since = now

    def overdue_in(self, now: float) -> float:
        """Seconds until what is on its way counts as lost."""
        return self.since + RESEND_S - now if self.rows else RESEND_S

    def again(self) -> None:
        self.cursor, self.size = 0, 0
        self.rows.clear()


class Uplink:
    """One lane's connection, for ever; `run` ends when cancelled."""

    def __init__(
        self, lane: Lane, outbox: Outbox, broker: Broker, *, yield_to: "Uplink | None" = None
    ) -> None:
        self.lane = lane
        self.reconnects = 0
        self.connected = asyncio.Event()
        self.nothing_unsent = asyncio.Event()
        self._outbox = outbox
        self._broker = broker
        self._yield_to = yield_to
        self._wake = asyncio.Event()
        self._flight = Flight()
        self._receipts = str(Topic(device=outbox.device, kind=Kind.RECEIPT))

    def wake(self) -> None:
        """Something was put; call from the loop's thread."""
        self._wake.set()

    async def run(self, status: Callable[[Presence, str], Status] | None = None) -> None:
        """Connects, sends, frees; `status` makes the lane's will and its retained presence."""
        backoff = Backoff(FIRST_RETRY_S, LONGEST_RETRY_S)
        while True:
            try:
                await self._session(status, backoff)
            except (*LOST, ExceptionGroup) as lost:
                self.connected.clear()
                pause = backoff.next()
                why = await explain(self._broker, cause(lost))
                log.warning("uplink %s: %s; next try in %.1f s", self.lane, why, pause)
            finally:
                self.connected.clear()
            self.reconnects += 1
            await asyncio.sleep(pause)

    async def _session(
        self, status: Callable[[Presence, str], Status] | None, backoff: Backoff
    ) -> None:
        here = status(Presence.ONLINE, "") if status else None
        async with self._link(here and _lost(here)) as client:
            await client.subscribe(self._receipts, qos=topics.QOS)
            if here:
                await publish_status(client, here)
            log.info("uplink %s: connected to %s", self.lane, self._broker.host)
            self._flight.again()
            self.connected.set()
            backoff.reset()
            try:
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._receive(client), name=f"uplink-{self.lane}-receive")
                    both.create_task(self._send(client), name=f"uplink-{self.lane}-send")
            except asyncio.CancelledError:
                if status:
                    await publish_status(client, status(Presence.OFFLINE, "stopped"))
                raise

    def _link(self, will: Status | None) -> Link:
        return Link(
            self._broker,
            f"{self._outbox.device}-{self.lane}-{self._outbox.client_mark}",
            clean_session=False,
            keepalive=KEEPALIVE_S,
            most_in_flight=WINDOW_ROWS[self.lane],
            will=_last_will(will) if will else None,
        )

    async def _receive(self, client: Link) -> None:
        async for message in client.messages:
            payload = message.payload if isinstance(message.payload, bytes) else b""
            try:
                receipt = codec.decode(str(message.topic), payload).message
            except ContractError as wrong:
                log.error("uplink %s: a receipt that cannot be read: %s", self.lane, wrong)
                continue
            if isinstance(receipt, Receipt) and receipt.lane is self.lane:
                await self._free(receipt)

    async def _free(self, receipt: Receipt) -> None:
        for refusal in receipt.refused:
            log.error(
                "uplink %s: the hub refused message %d: %s", self.lane, refusal.seq, refusal.reason
            )
        await asyncio.to_thread(self._outbox.release, receipt)
        if receipt.epoch == self._outbox.epoch:
            self._flight.landed(receipt, time.monotonic())
        self._wake.set()

    async def _send(self, client: Link) -> None:
        while True:
            self._wake.clear()
            if rows := await self._next_rows():
                await self._give_way()
                await self._publish(client, rows)
                continue
            self.nothing_unsent.set()
            await self._rest()

    async def _next_rows(self) -> list[Row]:
        flight = self._flight
        room = WINDOW_ROWS[self.lane] - len(flight.rows)
        size = WINDOW_BYTES[self.lane] - flight.size
        if room <= 0 or (size <= 0 and flight.rows):
            return []
        return await asyncio.to_thread(
            self._outbox.pending, self.lane, after=flight.cursor, rows=room, size=size
        )

    async def _publish(self, client: Link, rows: list[Row]) -> None:
        """All of `rows` in order without waiting for one another; returns on the last PUBACK."""
        self.nothing_unsent.clear()
        async with asyncio.TaskGroup() as batch:
            for row in rows:
                self._flight.sent(row, time.monotonic())
                batch.create_task(self._publish_row(client, row, utc_now()))

    async def _publish_row(self, client: Link, row: Row, now: datetime) -> None:
        await client.publish(
            row.topic,
            codec.stamp(row.payload, now),
            qos=topics.QOS,
            timeout=PUBLISH_S[self.lane],
        )

    async def _give_way(self) -> None:
        """An alarm overtakes what waits in the bulk lane."""
        if self._yield_to is None or self._yield_to.nothing_unsent.is_set():
            return
        try:
            async with asyncio.timeout(YIELD_S):
                await self._yield_to.nothing_unsent.wait()
        except TimeoutError:
            log.info("uplink %s: the alarm lane cannot send; going on", self.lane)

    async def _rest(self) -> None:
        """Until something is put, a receipt makes room, or what is on its way counts as lost."""
        patience = self._flight.overdue_in(time.monotonic())
        try:
            async with asyncio.timeout(max(patience, 0.0)):
                await self._wake.wait()
        except TimeoutError:
            if self._flight.rows:
                log.warning(
                    "uplink %s: no receipt for %d messages in %.0f s (first %d): sending again",
                    self.lane, len(self._flight.rows), RESEND_S, min(self._flight.rows),
                )  # fmt: skip
            self._flight.again()


def _lost(here: Status) -> Status:
    """The will of a connection: of its very moment, or the hub would take it for an older word."""
    return here.model_copy(update={"state": Presence.OFFLINE, "reason": "connection lost"})


def _last_will(status: Status) -> aiomqtt.Will:
    return aiomqtt.Will(str(status.topic), codec.encode(status), topics.QOS, retain=True)


async def publish_status(client: Link, status: Status) -> None:
    await client.publish(str(status.topic), codec.encode(status), qos=topics.QOS, retain=True)
