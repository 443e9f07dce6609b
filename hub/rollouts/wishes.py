"""What each box is to run: told over MQTT, retained, and fetched by a path that nobody guesses.

A wish is published when it changes, and again while a box that is there says that it is about
something else: a broker that was killed forgets what it kept.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select, update

from contracts import codec
from contracts.rollout import Update, Wanted
from contracts.status import Presence
from contracts.update import What
from hub.database import Database, Work, upsert
from hub.once import once
from hub.records import devices
from hub.rollouts import store
from hub.rollouts.records import offers, states, wishes

AGAIN = timedelta(minutes=1)
"""Between two publications of a wish that a box has not heard."""
MOST = 200
"""Boxes told in one round."""
SECRET = "updates-secret"  # noqa: S105  (its name)

Publish = Callable[[str, bytes], bool]
"""Retained, QoS 1; False while there is no connection."""


def secret_of(database: Database) -> bytes:
    """Made once for this installation."""
    return bytes.fromhex(once(database, SECRET, partial(secrets.token_hex, 32)))


def path_of(secret: bytes, device: str, sha256: str) -> str:
    """Where `device` fetches the file."""
    return f"/updates/{device}/{sha256}/{_seal(secret, device, sha256)}"


def may_fetch(connection: Connection, secret: bytes, device: str, sha256: str, seal: str) -> bool:
    """Whether the path is one of ours, and still what the box is to run."""
    if not hmac.compare_digest(_seal(secret, device, sha256).encode(), seal.encode()):
        return False
    query = select(wishes.c.device).where(
        wishes.c.device == device, wishes.c.digest == offers.c.digest, offers.c.sha256 == sha256
    )
    return connection.execute(query.limit(1)).first() is not None


def wish(work: Work, device: str, what: What, digest: str | None, at: datetime) -> None:
    row = {"device": device, "what": what.value, "digest": digest, "at": at, "sent_at": None}
    upsert(work.connection, wishes, [row])


def publish(database: Database, secret: bytes, say: Publish, now: datetime) -> int:
    """Tells the boxes that have to be told; how many."""
    with database.read() as connection:
        due = _due(connection, now)
        letters = {device: compose(connection, secret, device, now) for device in due}
    told = [
        each for each, letter in letters.items() if say(str(letter.topic), codec.encode(letter))
    ]
    if told:
        with database.work() as work:
            work.connection.execute(
                update(wishes)
                .where(wishes.c.device.in_(told), wishes.c.at <= now)
                .values(sent_at=now)
            )
    return len(told)


def compose(connection: Connection, secret: bytes, device: str, now: datetime) -> Update:
    """Everything that is wanted of `device`."""
    rows = connection.execute(
        select(wishes).where(wishes.c.device == device).order_by(wishes.c.what)
    ).all()
    return Update(
        device=device, at=now, wanted=tuple(_wanted(connection, secret, row) for row in rows)
    )


def _wanted(connection: Connection, secret: bytes, row: Row[Any]) -> Wanted:
    what, offer = What(row.what), store.find(connection, row.digest)
    if offer is None:
        return Wanted(what=what)
    path = path_of(secret, row.device, offer.read().sha256)
    return Wanted(what=what, offer=offer, path=path)


def _due(connection: Connection, now: datetime) -> list[str]:
    """Not told yet; or there, told a while ago, and about something else."""
    about = and_(states.c.device == wishes.c.device, states.c.what == wishes.c.what)
    deaf = and_(
        devices.c.state == Presence.ONLINE.value,
        wishes.c.sent_at < now - AGAIN,
        states.c.wanted.is_distinct_from(wishes.c.digest),
    )
    query = (
        select(wishes.c.device)
        .outerjoin(states, about)
        .outerjoin(devices, devices.c.device == wishes.c.device)
        .where(or_(wishes.c.sent_at.is_(None), deaf))
        .distinct()
        .limit(MOST)
    )
    return [str(device) for device in connection.scalars(query)]


def _seal(secret: bytes, device: str, sha256: str) -> str:
    return hmac.new(secret, f"{device}/{sha256}".encode(), hashlib.sha256).hexdigest()[:40]
