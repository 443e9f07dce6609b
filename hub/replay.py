"""Puts a quarantined message to use after what was wrong is mended (a release, a clock, a rule).

Runs in any process: it writes what the inbox would have written.  The place of the message is in
the ledger already, so the device will not send it again and nothing is counted twice.
"""

from sqlalchemy import insert, select

from contracts import codec
from contracts.message import Numbered
from contracts.telemetry import Telemetry
from hub.arrival import judge, line_of, row_of
from hub.config import Rules
from hub.database import Work
from hub.quarantine import NotHeld, release
from hub.records import inbox, quarantine, spool


class NotReplayable(ValueError):
    """A message that cannot be put to use; `why` says what is still wrong."""

    def __init__(self, *, held: int, why: str) -> None:
        self.held = held
        self.why = why
        super().__init__(f"message {held} stays in quarantine: {why}")


def replay(work: Work, held: int, rules: Rules) -> None:
    """Files message `held` and releases it; raises NotHeld or NotReplayable."""
    row = work.connection.execute(select(quarantine).where(quarantine.c.id == held)).one_or_none()
    if row is None:
        raise NotHeld(held)
    try:
        decoded = codec.decode(row.topic, bytes(row.body))
        message = decoded.message
        if not isinstance(message, Numbered):
            raise NotReplayable(held=held, why="only numbered messages are replayed")
        arrival = judge(message, row.received_at, rules, None)
    except ValueError as wrong:
        raise NotReplayable(held=held, why=str(wrong)) from None
    if isinstance(message, Telemetry):
        work.connection.execute(insert(spool).values(line=line_of(message)))
    else:
        filed = row_of(decoded, message, arrival, bytes(row.body))
        known = select(inbox.c.id).where(
            inbox.c.device == message.device, inbox.c.lane == message.lane.value,
            inbox.c.epoch == message.epoch, inbox.c.seq == message.seq,
            inbox.c.ulid == message.id,
        )  # fmt: skip
        if (there := work.connection.scalar(known)) is None:
            work.connection.execute(insert(inbox).values(filed))
        else:
            work.connection.execute(
                inbox.update()
                .where(inbox.c.id == there)
                .values(filed | {"attempts": 0, "retry_at": None, "error": None})
            )
    release(work, held)
