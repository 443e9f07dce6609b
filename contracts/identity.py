"""Who said it, in what order: device, lane, epoch, sequence number and ULID.

A message is known by its place `(device, lane, epoch, seq)`.  `epoch` marks the birth of the
device's outbox (Unix seconds × 256 + a random byte, for boxes that wake without a clock): a box
whose disk was replaced counts from 1 again under a new epoch, so its fresh alarms are never
mistaken for duplicates of old ones.  The ULID tells apart two devices that wrongly share a name.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints
from ulid import ULID

DeviceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$")]
"""Lower-case letters, digits, hyphens; 1 to 48; safe in a topic, a file name and a certificate."""

CameraName = DeviceName

Ulid = Annotated[str, StringConstraints(pattern=r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$")]
"""Crockford base32, 26 characters (github.com/ulid/spec)."""


class Lane(StrEnum):
    """Two queues that never wait for each other, at the edge, on the wire and in the hub."""

    ALARM = "alarm"
    BULK = "bulk"


def new_ulid() -> str:
    return str(ULID())
