"""Receipt: the hub has it on disk; only now may the outbox forget it."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from contracts.clock import Moment
from contracts.identity import DeviceName, Lane
from contracts.message import Message
from contracts.topics import Kind, Topic


class Span(Message):
    """A closed range of sequence numbers."""

    first: Annotated[int, Field(ge=1)]
    last: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _in_order(self) -> "Span":
        if self.last < self.first:
            raise ValueError(f"span ends at {self.last}, before it begins at {self.first}")
        return self


class Refusal(Message):
    """A numbered message that the hub could not read; it is in quarantine there, with `reason`."""

    seq: Annotated[int, Field(ge=1)]
    reason: Annotated[str, Field(max_length=300)]


class Receipt(Message):
    """What of one lane and epoch is durable: stored, known before, or quarantined."""

    kind: ClassVar[Kind] = Kind.RECEIPT
    max_bytes: ClassVar[int] = 65_536

    v: Literal[1] = 1
    device: DeviceName
    lane: Lane
    epoch: Annotated[int, Field(ge=0)]
    at: Moment
    spans: Annotated[tuple[Span, ...], Field(max_length=1000)] = ()
    refused: Annotated[tuple[Refusal, ...], Field(max_length=100)] = ()

    @property
    def topic(self) -> Topic:
        return Topic(device=self.device, kind=self.kind)
