"""Where boxes stand with their updates, by their own word."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from contracts.rollout import UpdateState
from hub.database import Work, upsert
from hub.feed import Topic
from hub.rollouts.records import states


def write(work: Work, said: UpdateState, received_at: datetime) -> None:
    """Takes a box's word; the hub's clock counts, since a box's may be set back."""
    rows = [
        {
            "device": said.device, "what": line.what.value, "ring": said.ring.value,
            "running": line.running, "name": line.name, "version": line.version,
            "floor": line.floor, "phase": line.phase.value, "wanted": line.wanted,
            "reason": line.reason, "at": received_at,
        }
        for line in said.lines
    ]  # fmt: skip
    upsert(work.connection, states, rows)
    work.changed(Topic.DEVICE, said.device)


def of(connection: Connection, device: str) -> Sequence[Row[Any]]:
    query = select(states).where(states.c.device == device).order_by(states.c.what.desc())
    return connection.execute(query).all()
