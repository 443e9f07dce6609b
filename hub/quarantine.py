"""Quarantine: messages that could not be read or used, kept raw with their reason.

Bounded in count and bytes; the oldest go first and are counted.  hub.replay puts one to use after
what was wrong is mended.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from contracts.codec import Place
from hub.counters import Counter, bump
from hub.database import Work
from hub.records import quarantine

BODY_BYTES = 512_000
"""More than any message may have; of a larger one the beginning is kept."""

BLANK: dict[str, object] = {"lane": None, "epoch": None, "seq": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A message with the stable word `reason` and, for people, what exactly is wrong."""

    topic: str
    body: bytes
    reason: str
    detail: str
    received_at: datetime
    device: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A message in quarantine, without its bytes."""

    id: int
    received_at: datetime
    topic: str
    reason: str
    detail: str
    bytes: int


class NotHeld(LookupError):
    def __init__(self, held: int) -> None:
        self.held = held
        super().__init__(f"quarantine holds no message {held}; list shows what it holds")


def keep(work: Work, refused: list[Refused], *, messages: int, size: int) -> None:
    """Stores `refused` and lets the oldest go beyond `messages` or `size` bytes."""
    if not refused:
        return
    work.connection.execute(insert(quarantine), [_row(each) for each in refused])
    bump(work, Counter.QUARANTINED, len(refused))
    bump(work, Counter.QUARANTINE_DROPPED, _trim(work.connection, messages, size))


def _row(refused: Refused) -> dict[str, object]:
    place = refused.place
    where = {"lane": place.lane.value, "epoch": place.epoch, "seq": place.seq} if place else BLANK
    cut = len(refused.body) > BODY_BYTES
    return {
        "received_at": refused.received_at,
        "topic": refused.topic[:1000],
        "device": refused.device,
        "reason": refused.reason,
        "detail": refused.detail + (" [beginning kept]" if cut else ""),
        "body": refused.body[:BODY_BYTES],
        "bytes": min(len(refused.body), BODY_BYTES),
        **where,
    }


def _trim(connection: Connection, messages: int, size: int) -> int:
    """Deletes the oldest beyond the bounds; returns how many."""
    held, kept = connection.execute(
        select(func.count(), func.coalesce(func.sum(quarantine.c.bytes), 0))
    ).one()
    dropped = 0
    oldest = iter(
        connection.execute(select(quarantine.c.id, quarantine.c.bytes).order_by(quarantine.c.id))
        if held > messages or kept > size
        else ()
    )
    last = 0
    while held - dropped > messages or kept > size:
        last, length = next(oldest)
        kept -= length
        dropped += 1
    connection.execute(delete(quarantine).where(quarantine.c.id <= last))
    return dropped


def held(connection: Connection, limit: int = 100) -> list[Held]:
    """The newest `limit` messages in quarantine."""
    columns = (quarantine.c[name] for name in Held.__slots__)
    rows = connection.execute(select(*columns).order_by(quarantine.c.id.desc()).limit(limit))
    return [Held(**row) for row in rows.mappings()]


def body(connection: Connection, number: int) -> bytes:
    """The raw bytes of one message; raises NotHeld."""
    found = connection.scalar(select(quarantine.c.body).where(quarantine.c.id == number))
    if found is None:
        raise NotHeld(number)
    return bytes(found)


def release(work: Work, number: int) -> None:
    """Forgets one message, after it was put to use (see hub.replay) or given up."""
    work.connection.execute(delete(quarantine).where(quarantine.c.id == number))
