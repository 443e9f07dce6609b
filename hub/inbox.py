"""The inbox: what the broker brings becomes durable here, and only then is acknowledged.

For each batch, in this order:
1. take what waits (a lone alarm waits for nobody; under load the batch is what came meanwhile),
2. decode and judge it, outside of any transaction,
3. one transaction: ledger, inbox rows, lines of figures, statuses, quarantine, counters; fsync,
4. PUBACK to the broker,
5. receipts to the devices, refusals included (alarms at once; under load those of figures are
   gathered for a moment, or receipts would be as many as messages),
6. wake whoever works on it.
Dying between any two steps loses nothing: before 4 the broker delivers again, before 5 the device
sends again, and the ledger knows both.  When 3 fails (disk full, database locked) the batch is
kept and tried again for ever; meanwhile the intake fills and the broker is told to wait.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from contracts import codec, topics
from contracts.clock import utc_now
from contracts.errors import ContractError, TopicError
from contracts.identity import Lane
from contracts.message import Numbered
from contracts.rollout import UpdateState
from contracts.status import Status
from contracts.telemetry import Telemetry
from contracts.topics import Topic
from contracts.trust import TrustReport
from hub import quarantine, receipts
from hub.arrival import Arrival, FutureDated, judge, line_of, row_of
from hub.broker import Delivery, Link
from hub.config import HubConfig
from hub.counters import Counter, bump
from hub.database import Database, Work, is_disk_full
from hub.devices import Devices, write_status
from hub.intake import Intake
from hub.ledger import Ledger, Stream
from hub.quarantine import Refused
from hub.receipts import Answers
from hub.records import inbox, spool
from hub.rollouts import states
from hub.shed import shed_spool

log = logging.getLogger(__name__)

BATCH = 500
"""Messages of one transaction: a few milliseconds, so an alarm behind it does not wait long."""

RECEIPT_S = 0.2
"""Longest wait for a receipt under load: below what a 4G round trip takes on a bad day."""

RETRY_S = (0.1, 5.0)
"""Waits after a failed transaction; a full disk or a locked file takes a person minutes."""


@dataclass(slots=True, kw_only=True)
class Batch:
    """What one transaction will hold."""

    rows: list[dict[str, object]] = field(default_factory=list)
    lines: list[dict[str, str]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    answers: Answers = field(default_factory=Answers)
    counts: dict[Counter, int] = field(default_factory=dict)

    def count(self, counter: Counter) -> None:
        self.counts[counter] = self.counts.get(counter, 0) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A delivery, decoded: a status, report or state, a numbered message, or what is wrong."""

    delivery: Delivery
    decoded: codec.Decoded | None = None
    arrival: Arrival | None = None
    refused: Refused | None = None


class Inbox:
    """One named thread; `on_stored(alarms, lines)` is told after each commit, `on_trust` inside."""

    def __init__(
        self,
        *,
        config: HubConfig,
        database: Database,
        devices: Devices,
        on_stored: Callable[[bool, bool], None],
        on_trust: Callable[[Work, TrustReport], None],
    ) -> None:
        self.intake: Intake[Delivery] = Intake(config.broker.queue_messages)
        self.last_message_at: datetime | None = None
        self.trouble = ""
        self._config = config
        self._database = database
        self._devices = devices
        self._on_stored = on_stored
        self._on_trust = on_trust
        self._ledger = Ledger()
        self._owed: dict[Link, Answers] = {}
        self._answered = time.monotonic()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="inbox", daemon=True)

    @property
    def threads(self) -> tuple[threading.Thread, ...]:
        return (self._thread,)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends after the batch in hand; what else waits comes again from the broker."""
        self._stopping.set()
        self.intake.close()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            if batch := self.intake.take(BATCH, RECEIPT_S if self._owed else None):
                self._store_until_stored(batch)
            elif self._owed:
                self._send_receipts()

    def _store_until_stored(self, deliveries: Sequence[Delivery]) -> None:
        wait_s = RETRY_S[0]
        while not self._stopping.is_set():
            try:
                self.store(deliveries)
                self.trouble = ""
                return
            except DBAPIError as broken:
                self._ledger.failed()
                self.trouble = str(broken.orig)
                log.error("inbox cannot store %d messages: %s", len(deliveries), broken.orig)
                if is_disk_full(broken):
                    shed_spool(self._database)
            except Exception:
                self._ledger.failed()
                self.trouble = "see the log"
                log.exception("inbox cannot store %d messages", len(deliveries))
            self._stopping.wait(wait_s)
            wait_s = min(wait_s * 2, RETRY_S[1])

    def store(self, deliveries: Sequence[Delivery]) -> None:
        """Makes `deliveries` durable, then acknowledges and answers them."""
        read = [self._read(delivery) for delivery in deliveries]
        with self._database.work() as work:
            batch = Batch()
            for each in read:
                self._file(work, batch, each)
            self._write(work, batch)
        self._ledger.committed()
        for delivery in deliveries:
            delivery.link.acknowledge(delivery)
        self._answer(deliveries[0].link, batch)
        self.last_message_at = deliveries[-1].received_at
        self._on_stored(bool(batch.rows), bool(batch.lines))

    def _read(self, delivery: Delivery) -> Read:
        topic: Topic | None = None
        try:
            topic = topics.parse(delivery.topic)
            decoded = codec.decode(delivery.topic, delivery.payload)
            message = decoded.message
            if isinstance(message, Numbered):
                skew = self._devices.skew_of(message.device)
                arrival = judge(message, delivery.received_at, self._config.rules, skew)
                self._devices.heard(message, delivery.received_at)
                return Read(delivery=delivery, decoded=decoded, arrival=arrival)
            if isinstance(message, Status | TrustReport | UpdateState):
                return Read(delivery=delivery, decoded=decoded)
            raise TopicError(delivery.topic, "is not for the hub")
        except (ContractError, FutureDated) as wrong:
            return Read(delivery=delivery, refused=_refuse(delivery, topic, wrong))

    def _file(self, work: Work, batch: Batch, read: Read) -> None:
        if read.refused is not None:
            self._file_refused(work, batch, read.refused)
        elif read.decoded is not None and isinstance(read.decoded.message, Status):
            write_status(work, read.decoded.message, read.delivery.received_at)
        elif read.decoded is not None and isinstance(read.decoded.message, TrustReport):
            self._on_trust(work, read.decoded.message)
        elif read.decoded is not None and isinstance(read.decoded.message, UpdateState):
            states.write(work, read.decoded.message, read.delivery.received_at)
        elif read.decoded is not None and read.arrival is not None:
            self._file_numbered(work, batch, read.delivery, read.decoded, read.arrival)

    def _file_refused(self, work: Work, batch: Batch, refused: Refused) -> None:
        if refused.place is None or refused.device is None:
            batch.refused.append(refused)
            return
        place = refused.place
        stream = Stream(refused.device, place.lane, place.epoch)
        if self._ledger.see(work, stream, place.seq):
            batch.refused.append(refused)
            batch.answers.refuse(stream, place.seq, f"{refused.reason}: {refused.detail}")
        else:
            batch.answers.accept(stream, place.seq)
            batch.count(Counter.DUPLICATES)

    def _file_numbered(
        self,
        work: Work,
        batch: Batch,
        delivery: Delivery,
        decoded: codec.Decoded,
        arrival: Arrival,
    ) -> None:
        message = decoded.message
        assert isinstance(message, Numbered)
        stream = Stream(message.device, message.lane, message.epoch)
        batch.answers.accept(stream, message.seq)
        new = self._ledger.see(work, stream, message.seq)
        conflict = not new and self._is_another(work, batch, message)
        if not (new or conflict):
            batch.count(Counter.DUPLICATES)
            return
        if isinstance(message, Telemetry):
            batch.lines.append({"line": line_of(message)})
            return
        batch.rows.append(row_of(decoded, message, arrival, delivery.payload))
        if conflict:
            batch.rows[-1]["conflict"] = True
            batch.count(Counter.CONFLICTS)
            log.warning(
                "two devices call themselves %s: %s seq %d came twice with different ids",
                message.device, message.lane, message.seq,
            )  # fmt: skip
        if arrival.late:
            batch.count(Counter.LATE)
        if arrival.clock_suspect:
            batch.count(Counter.CLOCK_SUSPECT)

    @staticmethod
    def _is_another(work: Work, batch: Batch, message: Numbered) -> bool:
        """A known place with an unknown ULID, while the place's ULID is still remembered."""
        place = (message.device, message.lane.value, message.epoch, message.seq)
        ulids = set(
            work.connection.scalars(
                select(inbox.c.ulid).where(
                    inbox.c.device == place[0],
                    inbox.c.lane == place[1],
                    inbox.c.epoch == place[2],
                    inbox.c.seq == place[3],
                )
            )
        )
        keys = ("device", "lane", "epoch", "seq")
        ulids |= {
            str(row["ulid"]) for row in batch.rows if tuple(row[key] for key in keys) == place
        }
        return bool(ulids) and message.id not in ulids

    def _write(self, work: Work, batch: Batch) -> None:
        self._ledger.write(work)
        if batch.rows:
            work.connection.execute(insert(inbox), batch.rows)
        if batch.lines:
            work.connection.execute(insert(spool), batch.lines)
        keep = self._config.keep
        quarantine.keep(
            work, batch.refused, messages=keep.quarantine_messages, size=keep.quarantine_bytes
        )
        for counter, by in batch.counts.items():
            bump(work, counter, by)

    def _answer(self, link: Link, batch: Batch) -> None:
        self._owed.setdefault(link, Answers()).merge(batch.answers)
        waited = time.monotonic() - self._answered >= RECEIPT_S
        if waited or batch.rows or batch.refused or not self.intake.waiting(Lane.BULK):
            self._send_receipts()
        for refused in batch.refused:
            log.warning("quarantined (%s): %s", refused.reason, refused.detail)

    def _send_receipts(self) -> None:
        """A link that is behind keeps what it owes: spans grow together instead of piling up."""
        now = utc_now()
        for link in [link for link in self._owed if link.has_room]:
            for receipt in receipts.compose(self._owed.pop(link), now):
                link.publish(str(receipt.topic), codec.encode(receipt))
        self._answered = time.monotonic()


def _refuse(delivery: Delivery, topic: Topic | None, wrong: ContractError | FutureDated) -> Refused:
    return Refused(
        topic=delivery.topic,
        body=delivery.payload,
        reason=wrong.reason,
        detail=str(wrong),
        received_at=delivery.received_at,
        device=topic.device if topic else None,
        place=codec.place_of(topic, delivery.payload) if topic else None,
    )
