"""Receipts out of a batch: for each stream the spans that are durable and what was refused."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from contracts.receipt import Receipt, Refusal, Span
from hub.ledger import Stream
from hub.spans import SpanSet

SPANS = 1000
REFUSALS = 100
REASON = 300
"""Bounds of contracts.receipt."""

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Answers:
    """What to tell each stream; a repetition is answered like the first."""

    accepted: dict[Stream, SpanSet] = field(default_factory=dict)
    refused: dict[Stream, dict[int, str]] = field(default_factory=dict)

    def accept(self, stream: Stream, seq: int) -> None:
        self.accepted.setdefault(stream, SpanSet()).add(seq)

    def refuse(self, stream: Stream, seq: int, reason: str) -> None:
        self.refused.setdefault(stream, {})[seq] = reason[:REASON]

    def merge(self, other: "Answers") -> None:
        for stream, spans in other.accepted.items():
            for first, last in spans.spans:
                for seq in range(first, last + 1):
                    self.accept(stream, seq)
        for stream, refused in other.refused.items():
            self.refused.setdefault(stream, {}).update(refused)


def compose(answers: Answers, at: datetime) -> Iterator[Receipt]:
    """One receipt a stream, more when it would be longer than the contract allows."""
    for stream, accepted in answers.accepted.items():
        spans = [Span(first=first, last=last) for first, last in accepted.spans]
        for part in _parts(spans, SPANS):
            yield _head(stream, at).model_copy(update={"spans": tuple(part)})
    for stream, refused in answers.refused.items():
        refusals = [Refusal(seq=seq, reason=reason) for seq, reason in refused.items()]
        for rest in _parts(refusals, REFUSALS):
            yield _head(stream, at).model_copy(update={"refused": tuple(rest)})


def _parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _head(stream: Stream, at: datetime) -> Receipt:
    return Receipt(device=stream.device, lane=stream.lane, epoch=stream.epoch, at=at)
