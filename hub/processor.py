"""The processor: each stored message has its effects exactly once, alarms first.

All effects of a message and the mark "done" are one transaction.  A message that fails is set
aside with its reason and tried a few times, then quarantined; it never blocks the others.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, or_, select, update
from sqlalchemy.exc import DBAPIError

from contracts import codec
from contracts.clock import utc_now
from contracts.evidence import Evidence
from contracts.identity import Lane
from contracts.indicator import Case, Mention, Observation
from contracts.sighting import Sighting
from contracts.topics import Kind
from hub import pictures, quarantine
from hub.admission import Admission
from hub.bridges import Bridges
from hub.config import Keep
from hub.database import Database, Work
from hub.fires import Arrived, Fires
from hub.pictures import CorruptPicture
from hub.points import sighting_line
from hub.provenance import Entrance, NotAdmitted, Provenance
from hub.quarantine import Refused
from hub.records import inbox, spool

log = logging.getLogger(__name__)

ATTEMPTS = 3
RETRY_S = 2.0
"""A message that fails three times over six seconds fails because of what it is."""

NOT_ADMITTED = "not-admitted"
"""The quarantine's reason for what the catalogue, a life cycle or the calendar refuses."""

BATCH = 10
"""Messages between two looks whether an alarm came in."""

LOOK_S = 5.0
"""Another process (`ioc quarantine replay`) may write rows too; nothing wakes us for those."""


class Processor:
    """One named thread; `wake` is called after each commit of the inbox."""

    def __init__(
        self,
        *,
        database: Database,
        fires: Fires,
        admission: Admission,
        bridges: Bridges,
        keep: Keep,
    ) -> None:
        self.last_processed_at: datetime | None = None
        self._database = database
        self._keep = keep
        self._work: dict[str, Callable[[Work, Row[Any], codec.Decoded], None]] = {
            Kind.SIGHTING.value: self._sighting,
            Kind.EVIDENCE.value: self._evidence,
            Kind.OBSERVATION.value: self._body,
            Kind.CASE.value: self._body,
            Kind.MENTION.value: self._body,
        }
        self._admission = admission
        self._bridges = bridges
        self._fires = fires
        self._awake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="processor", daemon=True)

    @property
    def threads(self) -> tuple[threading.Thread, ...]:
        return (self._thread,)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends after the message in hand; the rest is there at the next start."""
        self._stopping = True
        self._awake.set()
        self._thread.join()

    def wake(self) -> None:
        self._awake.set()

    def _run(self) -> None:
        while not self._stopping:
            self._awake.wait(LOOK_S)
            self._awake.clear()
            try:
                while not self._stopping and self.process():
                    pass
            except DBAPIError as broken:
                log.error("processor cannot use the database, tries again: %s", broken.orig)
                self._awake.wait(RETRY_S)
                self._awake.set()

    def process(self) -> int:
        """Works on what is due, alarms first; returns how many messages it touched."""
        now = utc_now()
        query = (
            select(inbox)
            .where(inbox.c.state == "new", or_(inbox.c.retry_at.is_(None), inbox.c.retry_at <= now))
            .order_by(case((inbox.c.lane == Lane.ALARM.value, 0), else_=1), inbox.c.id)
            .limit(BATCH)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        for row in rows:
            self._process_one(row)
        return len(rows)

    def _process_one(self, row: Row[Any]) -> None:
        try:
            with self._database.work() as work:
                self._apply(work, row)
        except DBAPIError:
            raise
        except CorruptPicture as corrupt:
            self._give_up(row, corrupt.reason, str(corrupt))
        except NotAdmitted as refused:
            self._give_up(row, NOT_ADMITTED, str(refused), keep=not refused.secret)
        except Exception as wrong:
            log.exception("message %d (%s of %s) failed", row.id, row.kind, row.device)
            self._failed(row, f"{type(wrong).__name__}: {wrong}")
        self.last_processed_at = utc_now()

    def _apply(self, work: Work, row: Row[Any]) -> None:
        handle = self._work.get(row.kind)
        if handle is None:
            _mark(work, row, state="held")
            return
        handle(work, row, codec.decode(_topic(row), row.body))
        _mark(work, row, state="done", body=None)

    def _sighting(self, work: Work, row: Row[Any], decoded: codec.Decoded) -> None:
        message = decoded.message
        assert isinstance(message, Sighting)
        arrived = Arrived(
            sighting=message,
            captured_at=row.captured_at,
            received_at=row.received_at,
            late=row.late,
            clock_suspect=row.clock_suspect,
        )
        self._fires.take(work, arrived)
        line = sighting_line(message, row.captured_at)
        work.connection.execute(spool.insert().values(line=line))

    @staticmethod
    def _evidence(work: Work, row: Row[Any], decoded: codec.Decoded) -> None:
        assert isinstance(decoded.message, Evidence)
        filed = {"captured_at": row.captured_at, "received_at": row.received_at}
        pictures.store(work, decoded.message, decoded.jpeg, filed)

    def _body(self, work: Work, row: Row[Any], decoded: codec.Decoded) -> None:
        message = decoded.message
        assert isinstance(message, Observation | Case | Mention)
        provenance = Provenance(
            source=row.device, actor=row.device, entrance=Entrance.MQTT,
            recorded_at=row.received_at, demo=message.drill,
        )  # fmt: skip
        self._admission.admit(work, [message.body], provenance)  # finds secrets, so it comes first
        self._bridges.check(row.device, Kind(row.kind), self._admission.about(message.body))

    def _failed(self, row: Row[Any], why: str) -> None:
        attempts = row.attempts + 1
        if attempts >= ATTEMPTS:
            self._give_up(row, "failed", why)
            return
        retry_at = utc_now() + timedelta(seconds=RETRY_S * attempts)
        with self._database.work() as work:
            _mark(work, row, attempts=attempts, error=why, retry_at=retry_at)

    def _give_up(self, row: Row[Any], reason: str, why: str, *, keep: bool = True) -> None:
        log.error("message %d (%s of %s) goes to quarantine: %s", row.id, row.kind, row.device, why)
        refused = Refused(
            topic=_topic(row),
            body=row.body if keep else b"",
            reason=reason,
            detail=why,
            received_at=row.received_at,
            device=row.device,
            place=codec.Place(lane=Lane(row.lane), epoch=row.epoch, seq=row.seq),
        )
        messages, size = self._keep.quarantine_messages, self._keep.quarantine_bytes
        with self._database.work() as work:
            quarantine.keep(work, [refused], messages=messages, size=size)
            _mark(work, row, state="done", body=None, error=why)


def _mark(work: Work, row: Row[Any], **values: Any) -> None:
    work.connection.execute(update(inbox).where(inbox.c.id == row.id).values(values))


def _topic(row: Row[Any]) -> str:
    return f"v1/up/{row.device}/{row.lane}/{row.kind}"
