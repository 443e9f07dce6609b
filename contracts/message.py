"""What every message is: frozen, strict about unknown fields, and what numbered ones share."""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.clock import Moment
from contracts.identity import DeviceName, Lane, Ulid
from contracts.topics import Kind, Topic


class Message(BaseModel):
    """Root of the wire models.  Numbers are finite, unknown fields are refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Numbered(Message):
    """A message that the outbox counts and the hub receipts."""

    kind: ClassVar[Kind]
    max_bytes: ClassVar[int] = 16_384

    v: Literal[1] = 1
    id: Ulid
    device: DeviceName
    lane: Lane
    epoch: Annotated[int, Field(ge=0, lt=2**40, description="birth mark of the outbox")]
    seq: Annotated[int, Field(ge=1, lt=2**53, description="1, 2, 3 … within (device, lane, epoch)")]
    captured_at: Annotated[Moment, Field(description="when the world was so; orders everything")]
    sent_at: Annotated[
        Moment | None, Field(description="the device's clock at this attempt; shows its skew")
    ] = None
    drill: Annotated[bool, Field(description="an exercise: goes the whole way, marked")] = False

    @property
    def topic(self) -> Topic:
        return Topic(device=self.device, kind=self.kind, lane=self.lane)
