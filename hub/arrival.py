"""What a message says against when it came: its true time, whether it is late, what it becomes.

The alarm lane is corrected and marked, never refused for its clock; figures from the future are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.codec import Decoded
from contracts.identity import Lane
from contracts.message import Numbered
from contracts.telemetry import Telemetry
from hub.config import Rules
from hub.timeseries.lineprotocol import encode
from hub.timeseries.point import Point

LARGEST_AGE = timedelta(days=3650)
"""A box without battery-backed clock says 1970; ten years old is no age, it is no clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """The time of a message as the hub files it."""

    captured_at: datetime
    received_at: datetime
    late: bool
    clock_suspect: bool


class FutureDated(ValueError):
    """A figure whose time has not come; names both clocks."""

    reason = "future-dated"

    def __init__(self, *, captured_at: datetime, received_at: datetime) -> None:
        self.captured_at = captured_at
        self.received_at = received_at
        ahead = (captured_at - received_at).total_seconds()
        super().__init__(
            f"field 'captured_at' has value {captured_at.isoformat()}, {ahead:.0f} s after it came:"
            " set the device's clock"
        )


def judge(message: Numbered, received_at: datetime, rules: Rules, skew_s: float | None) -> Arrival:
    """Files `message`; `skew_s` is the device's settled skew if known.  Raises FutureDated."""
    captured_at, suspect = message.captured_at, False
    limit = timedelta(seconds=rules.future_after_s)
    ahead = captured_at - received_at > limit
    if message.lane is Lane.BULK and isinstance(message, Telemetry) and ahead:
        raise FutureDated(captured_at=captured_at, received_at=received_at)
    behind = skew_s is not None and skew_s < -rules.future_after_s
    if ahead or (behind and message.lane is Lane.ALARM) or received_at - captured_at > LARGEST_AGE:
        captured_at, suspect = _by_its_own_age(message, received_at), True
    late = (received_at - captured_at).total_seconds() > rules.late_after_s
    return Arrival(
        captured_at=captured_at, received_at=received_at, late=late, clock_suspect=suspect
    )


def _by_its_own_age(message: Numbered, received_at: datetime) -> datetime:
    """One clock, however wrong, still knows how old the news was when it was sent."""
    if message.sent_at is None:
        return received_at
    age = message.sent_at - message.captured_at
    return received_at - age if timedelta(0) <= age <= LARGEST_AGE else received_at


def row_of(decoded: Decoded, message: Numbered, arrival: Arrival, body: bytes) -> dict[str, object]:
    """The inbox row; the body is kept as it came."""
    return {
        "device": message.device,
        "lane": message.lane.value,
        "epoch": message.epoch,
        "seq": message.seq,
        "ulid": message.id,
        "kind": decoded.topic.kind.value,
        "received_at": arrival.received_at,
        "captured_at": arrival.captured_at,
        "body": body,
        "late": arrival.late,
        "clock_suspect": arrival.clock_suspect,
        "conflict": False,
        "state": "new",
    }


def line_of(telemetry: Telemetry) -> str:
    """The line of a figure.  Time is the device's, to the microsecond; the sequence number fills
    the nanoseconds, so that two figures of one microsecond do not overwrite each other."""
    tags = [("device", telemetry.device)]
    if telemetry.camera is not None:
        tags.append(("camera", telemetry.camera))
    return encode(
        Point(
            measurement=telemetry.measurement,
            tags=tuple(tags),
            fields=tuple(telemetry.values.items()),
            at_ns=nanoseconds(telemetry.captured_at) + telemetry.seq % 1000,
        )
    )


def nanoseconds(moment: datetime) -> int:
    whole = int(moment.replace(microsecond=0).timestamp())
    return (whole * 1_000_000 + moment.microsecond) * 1000
