"""Roll-outs: ring after ring, each only when the one before is well; halted and undone when not.

Everything is in the records: a hub that is killed goes on where it was.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, select, update

from contracts.rollout import Phase
from contracts.status import Presence
from contracts.update import Offer, Ring, What
from hub.config import HubConfig
from hub.database import Work
from hub.incident import Alarm, IncidentType, Severity, Subsystem
from hub.incidents import Incidents
from hub.records import devices
from hub.rollouts import alarms, store, wishes
from hub.rollouts.errors import AlreadyRunning, NoSuchRollout, NotNow
from hub.rollouts.plan import Stage, plan
from hub.rollouts.records import boxes, offers, rollouts, states
from hub.rollouts.records import wishes as wished
from hub.rollouts.wording import KINDS_VI
from hub.wording import number

log = logging.getLogger(__name__)


class State(StrEnum):
    RUNNING = "running"
    HALTED = "halted"
    ROLLED_BACK = "rolled-back"
    DONE = "done"


STATES_VI = {
    State.RUNNING: "đang chạy",
    State.HALTED: "đã dừng",
    State.ROLLED_BACK: "đã hoàn tác",
    State.DONE: "đã xong",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Who says what, and when."""

    actor: str
    at: datetime
    why: str = ""


class Rollouts:
    """Stateless but for the wiring; each call inside of the caller's `Work`."""

    def __init__(self, incidents: Incidents, config: HubConfig) -> None:
        self._incidents = incidents
        self._rules = config.updates
        self._offline = timedelta(seconds=config.rules.offline_after_s)

    def start(self, work: Work, offer: Offer, rings: Sequence[str], word: Word) -> int:
        """Begins with the first ring; its number.  Raises RolloutError."""
        manifest = store.add(work, offer, word.at)
        running = work.connection.execute(
            select(rollouts).where(
                rollouts.c.what == manifest.what.value, rollouts.c.state == State.RUNNING.value
            )
        ).first()
        if running is not None:
            raise AlreadyRunning(rollout=running.id, what=running.what)
        known = takers(work.connection, manifest.what, manifest.ring)
        stages = plan(rings, known, manifest.ring)
        made = work.connection.execute(
            insert(rollouts).values(
                digest=offer.digest, what=manifest.what.value, state=State.RUNNING.value,
                rings=[stage.plain() for stage in stages], ring=0, ring_since=word.at,
                started_at=word.at, started_by=word.actor, reason="",
            )
        )  # fmt: skip
        self._clear(work, manifest.what, word.at)
        key = made.inserted_primary_key
        assert key is not None
        row = find(work.connection, int(key[0]))
        self._enter(work, row, 0, word.at)
        return int(row.id)

    def look(self, work: Work, now: datetime) -> None:
        """One step of each roll-out that is running."""
        query = select(rollouts).where(rollouts.c.state == State.RUNNING.value)
        for row in work.connection.execute(query.order_by(rollouts.c.id)).all():
            self._step(work, row, now)

    def halt(self, work: Work, rollout: int, word: Word) -> None:
        """Goes no further; boxes keep what they run.  Raises NoSuchRollout, NotNow."""
        row = find(work.connection, rollout)
        if row.state != State.RUNNING.value:
            raise NotNow(rollout=rollout, state=row.state, deed="halt")
        self._end(work, row, State.HALTED, word)

    def roll_back(self, work: Work, rollout: int, word: Word) -> None:
        """Boxes are to run what they ran before.  Raises NoSuchRollout, NotNow."""
        row = find(work.connection, rollout)
        if row.state == State.ROLLED_BACK.value:
            raise NotNow(rollout=rollout, state=row.state, deed="roll back")
        what = What(row.what)
        for box in members(work.connection, row):
            wishes.wish(work, box.device, what, box.before, word.at)
        self._end(work, row, State.ROLLED_BACK, word)

    def _step(self, work: Work, row: Row[Any], now: datetime) -> None:
        there = members(work.connection, row)
        if why := self._trouble(work.connection, there, now):
            self.roll_back(work, row.id, Word(actor="hub", at=now, why=why))
            return
        fresh = [box for box in there if box.phase == Phase.SETTLED.value and not box.settled_at]
        for box in fresh:
            same = and_(boxes.c.rollout == row.id, boxes.c.device == box.device)
            work.connection.execute(update(boxes).where(same).values(settled_at=now))
        if fresh:
            there = members(work.connection, row)
        if not self._is_well(there, row, now):
            return
        if row.ring + 1 < len(row.rings):
            self._enter(work, row, row.ring + 1, now)
        else:
            _set(work, row, state=State.DONE.value, ended_at=now)
            log.info("roll-out %d is done: %d boxes", row.id, len(there))

    def _trouble(self, connection: Connection, there: Sequence[Row[Any]], now: datetime) -> str:
        """Why it must not go on; empty if it may."""
        failed = [box for box in there if box.phase == Phase.FAILED.value]
        if failed:
            first = failed[0]
            more = f" (và {len(failed) - 1} trạm khác)" if failed[1:] else ""
            return f"Trạm {first.device}{more} không dùng được bản cập nhật: {first.reason}"
        found = alarms.compare(connection, there, self._rules, now)
        if found.rises(self._rules):
            return (
                f"Báo động nhầm tăng: {found.since.alarms} lần, "
                f"{number(found.since.over(), 2)} mỗi camera mỗi ngày; trước đó "
                f"{number(found.before.over(), 2)}."
            )
        return ""

    def _is_well(self, there: Sequence[Row[Any]], row: Row[Any], now: datetime) -> bool:
        """Every box of the rings so far runs it in health, or was never there to take it; at
        least one of the newest ring has, and the last to do so for the whole soak."""
        for box in there:
            settled = box.settled_at is not None and box.phase == Phase.SETTLED.value
            if not (settled and self._is_healthy(box, now)) and not self._is_absent(box, now):
                return False
        mine = [box for box in there if box.ring == row.ring]
        if not mine:
            return True  # nobody was left for it
        proven = [box.settled_at for box in mine if box.settled_at is not None]
        return bool(proven) and now - max(proven) >= timedelta(seconds=self._rules.soak_s)

    def _is_healthy(self, box: Row[Any], now: datetime) -> bool:
        return self._is_there(box, now) and not box.ails

    def _is_there(self, box: Row[Any], now: datetime) -> bool:
        if box.presence != Presence.ONLINE.value or box.last_seen_at is None:
            return False
        return bool(now - box.last_seen_at <= self._offline)

    def _is_absent(self, box: Row[Any], now: datetime) -> bool:
        return box.phase is None and not self._is_there(box, now)

    def _enter(self, work: Work, row: Row[Any], ring: int, now: datetime) -> None:
        """The next ring takes it; a ring that nobody is left for is passed."""
        what, stage = What(row.what), Stage.of(row.rings[ring])
        offer = store.find(work.connection, row.digest)
        assert offer is not None
        taken = {box.device: box for box in members(work.connection, row)}
        known = takers(work.connection, what, offer.read().ring)
        for device in stage.members(row.digest, known, taken.keys()):
            work.connection.execute(
                insert(boxes).values(
                    rollout=row.id, device=device, ring=ring, offered_at=now,
                    before=_before(work.connection, device, row),
                )
            )  # fmt: skip
            wishes.wish(work, device, what, row.digest, now)
        _set(work, row, ring=ring, ring_since=now)
        log.info("roll-out %d: ring %s begins", row.id, stage.ring)

    def _end(self, work: Work, row: Row[Any], state: State, word: Word) -> None:
        why = word.why or f"Do {word.actor} yêu cầu."
        _set(work, row, state=state.value, ended_at=word.at, reason=why)
        log.error("roll-out %d %s: %s", row.id, state, why)
        offer = work.connection.execute(select(offers).where(offers.c.digest == row.digest)).one()
        undone = state is State.ROLLED_BACK
        self._incidents.raise_(
            work,
            Alarm(
                originator=_originator(row.what),
                type=IncidentType.UPDATE_HALTED,
                subsystem=Subsystem.INFRASTRUCTURE,
                severity=Severity.WARNING,
                title_vi=f"Cập nhật {'đã được hoàn tác' if undone else 'đã dừng'} – "
                f"{KINDS_VI[What(row.what)]} {offer.name} {offer.version}",
                text_vi=why,
                captured_at=word.at,
                received_at=word.at,
            ),
            word.actor,
        )

    def _clear(self, work: Work, what: What, now: datetime) -> None:
        """A newer roll-out of the kind is the answer to one that was halted."""
        self._incidents.clear_of(
            work, _originator(what.value), IncidentType.UPDATE_HALTED, now, "đã có đợt cập nhật mới"
        )


def takers(connection: Connection, what: What, widest: Ring) -> list[str]:
    """Boxes that take updates of the kind, signed for `widest`, by name."""
    query = select(states.c.device, states.c.ring).where(states.c.what == what.value)
    rows = connection.execute(query.order_by(states.c.device))
    return [row.device for row in rows if Ring(row.ring).takes(widest)]


def is_any_running(connection: Connection) -> bool:
    query = select(rollouts.c.id).where(rollouts.c.state == State.RUNNING.value)
    return connection.execute(query.limit(1)).first() is not None


def find(connection: Connection, rollout: int) -> Row[Any]:
    """Raises NoSuchRollout."""
    row = connection.execute(select(rollouts).where(rollouts.c.id == rollout)).one_or_none()
    if row is None:
        raise NoSuchRollout(rollout)
    return row


def members(connection: Connection, row: Row[Any]) -> Sequence[Row[Any]]:
    """The boxes of a roll-out with what they say of it (`phase`, `reason`) and how they are
    (`presence`, `last_seen_at`, `ails`); None where nothing was said."""
    about = and_(
        states.c.device == boxes.c.device, states.c.what == row.what, states.c.wanted == row.digest
    )
    query = (
        select(
            boxes, states.c.phase, states.c.reason, devices.c.state.label("presence"),
            devices.c.last_seen_at, devices.c.reason.label("ails"),
        )
        .outerjoin(states, about)
        .outerjoin(devices, devices.c.device == boxes.c.device)
        .where(boxes.c.rollout == row.id)
        .order_by(boxes.c.ring, boxes.c.device)
    )  # fmt: skip
    return connection.execute(query).all()


def _before(connection: Connection, device: str, row: Row[Any]) -> str | None:
    """What to go back to: what the box was to run, else what it runs, if that is one of ours.  A
    second roll-out of the same goes back to where the first one would."""
    own = and_(wished.c.device == device, wished.c.what == row.what)
    wish = connection.execute(select(wished).where(own)).one_or_none()
    if wish is not None and wish.digest != row.digest:
        return None if wish.digest is None else str(wish.digest)
    first = (
        select(boxes)
        .join(rollouts, rollouts.c.id == boxes.c.rollout)
        .where(boxes.c.device == device, rollouts.c.digest == row.digest)
        .order_by(boxes.c.rollout)
    )
    if (taken := connection.execute(first.limit(1)).one_or_none()) is not None:
        return None if taken.before is None else str(taken.before)
    runs = connection.scalar(
        select(states.c.running).where(states.c.device == device, states.c.what == row.what)
    )
    known = runs != row.digest and store.find(connection, runs) is not None
    return str(runs) if known else None


def _set(work: Work, row: Row[Any], **values: Any) -> None:
    work.connection.execute(update(rollouts).where(rollouts.c.id == row.id).values(values))


def _originator(what: str) -> str:
    return f"rollout {what}"
