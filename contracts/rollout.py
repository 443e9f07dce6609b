"""What the hub wants a box to run, and where the box stands with it; both retained.

The wish goes down whole each time: what it does not name stays as it is.  The answer goes up
whole, too, whenever it changes.  The file itself is fetched over HTTPS from `path` at the hub that
the box's own configuration names.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from contracts.clock import Moment
from contracts.identity import DeviceName
from contracts.message import Message
from contracts.topics import Kind, Topic
from contracts.update import Digest, Offer, Ring, What


class Wanted(Message):
    """Of one kind: an offer and where its file is; no offer means the box's own settings."""

    what: What
    offer: Offer | None = None
    path: Annotated[str, StringConstraints(pattern=r"^(/updates/[0-9A-Za-z/_-]{1,200})?$")] = ""

    @model_validator(mode="after")
    def _has_a_file(self) -> "Wanted":
        if (self.offer is None) != (not self.path):
            raise ValueError("path: where the file of the offer is, and nothing without an offer")
        return self

    @property
    def digest(self) -> str | None:
        return self.offer.digest if self.offer else None


class Update(Message):
    """What a box is to run, by the hub's word; at most one wish of each kind."""

    kind: ClassVar[Kind] = Kind.UPDATE
    max_bytes: ClassVar[int] = 16_384

    v: Literal[1] = 1
    device: DeviceName
    at: Moment
    wanted: Annotated[tuple[Wanted, ...], Field(max_length=len(What))] = ()

    @model_validator(mode="after")
    def _one_of_each(self) -> "Update":
        if len({each.what for each in self.wanted}) != len(self.wanted):
            raise ValueError("wanted: one wish of each kind")
        return self

    @property
    def topic(self) -> Topic:
        return Topic(device=self.device, kind=self.kind)


class Phase(StrEnum):
    """How far a box is with what is wanted."""

    IDLE = "idle"
    WAITING = "waiting"
    FETCHING = "fetching"
    TESTING = "testing"
    TRIAL = "trial"
    SETTLED = "settled"
    FAILED = "failed"


class Standing(Message):
    """Of one kind: `version` 0 and no `running` are the box's own settings; `wanted` is the offer
    that `phase` and `reason` are about."""

    what: What
    running: Digest | None = None
    name: Annotated[str, Field(max_length=48)] = ""
    version: Annotated[int, Field(ge=0)] = 0
    floor: Annotated[int, Field(ge=0)] = 0
    phase: Phase = Phase.IDLE
    wanted: Digest | None = None
    reason: Annotated[str, Field(max_length=300)] = ""


class UpdateState(Message):
    """Where a box stands with its updates."""

    kind: ClassVar[Kind] = Kind.UPDATE_STATE
    max_bytes: ClassVar[int] = 8_192

    v: Literal[1] = 1
    device: DeviceName
    at: Moment
    ring: Ring
    lines: Annotated[tuple[Standing, ...], Field(max_length=len(What))] = ()

    @property
    def topic(self) -> Topic:
        return Topic(device=self.device, kind=self.kind)
