"""Bytes to messages and back.  Every way in goes through `decode`; its errors name the field."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from pydantic import ValidationError

from contracts import topics
from contracts.errors import DecodeError, Mismatch, Oversized, UnknownVersion
from contracts.evidence import Evidence
from contracts.identity import Lane
from contracts.indicator import Case, Mention, Observation
from contracts.message import Message, Numbered
from contracts.receipt import Receipt
from contracts.renewal import Certificate, CertificateRequest
from contracts.rollout import Update, UpdateState
from contracts.sighting import Sighting
from contracts.status import Status
from contracts.telemetry import Telemetry
from contracts.topics import Kind, Topic
from contracts.trust import TrustReport

AnyMessage = (
    Telemetry
    | Sighting
    | Evidence
    | Observation
    | Case
    | Mention
    | Status
    | Receipt
    | CertificateRequest
    | Certificate
    | TrustReport
    | Update
    | UpdateState
)
MODELS: Mapping[Kind, type[AnyMessage]] = MappingProxyType(
    {
        Kind.TELEMETRY: Telemetry,
        Kind.SIGHTING: Sighting,
        Kind.EVIDENCE: Evidence,
        Kind.OBSERVATION: Observation,
        Kind.CASE: Case,
        Kind.MENTION: Mention,
        Kind.STATUS: Status,
        Kind.RECEIPT: Receipt,
        Kind.CERTIFICATE_REQUEST: CertificateRequest,
        Kind.CERTIFICATE: Certificate,
        Kind.TRUST: TrustReport,
        Kind.UPDATE: Update,
        Kind.UPDATE_STATE: UpdateState,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A message that keeps its contract; `jpeg` is evidence's picture, else empty."""

    topic: Topic
    message: AnyMessage
    jpeg: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a message stands in its device's count, read even from a message that is refused."""

    lane: Lane
    epoch: int
    seq: int


def encode(message: Message, jpeg: bytes = b"") -> bytes:
    """The payload for `message`; `jpeg` is evidence's picture and belongs to no other kind."""
    head = message.model_dump_json(exclude_none=True).encode()
    return head + b"\n" + jpeg if isinstance(message, Evidence) else head


def stamp(payload: bytes, sent_at: datetime) -> bytes:
    """`payload` of a numbered message with the time of this attempt; the rest untouched."""
    head, newline, jpeg = payload.partition(b"\n")
    sent = json.dumps(sent_at.isoformat()).encode()
    return head[:-1] + b',"sent_at":' + sent + b"}" + newline + jpeg


def decode(topic: str, payload: bytes) -> Decoded:
    """The message in `payload`; raises TopicError or DecodeError and nothing else."""
    parsed = topics.parse(topic)
    model = MODELS[parsed.kind]
    if len(payload) > model.max_bytes:
        raise Oversized(
            topic=topic, field="payload", value=len(payload), why=f"at most {model.max_bytes} bytes"
        )
    head, _, jpeg = (
        payload.partition(b"\n") if parsed.kind is Kind.EVIDENCE else (payload, b"", b"")
    )
    message = _validate(topic, model, head)
    if "v" not in message.model_fields_set:
        raise UnknownVersion(topic=topic, field="v", value=None, why="a message says its version")
    _agree(topic, parsed, message)
    if isinstance(message, Evidence):
        _bound(topic, message, jpeg)
    return Decoded(topic=parsed, message=message, jpeg=jpeg)


def place_of(topic: Topic, payload: bytes) -> Place | None:
    """The count of a message that does not decode, where that much of it can be read."""
    if topic.lane is None:
        return None
    try:
        head = json.loads(payload.partition(b"\n")[0])
        epoch, seq = head["epoch"], head["seq"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not (type(epoch) is int and type(seq) is int and 0 <= epoch < 2**40 and 1 <= seq < 2**53):
        return None
    return Place(lane=topic.lane, epoch=epoch, seq=seq)


def _validate(topic: str, model: type[AnyMessage], head: bytes) -> AnyMessage:
    try:
        return model.model_validate_json(head)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "payload"
        kind = UnknownVersion if field == "v" and first["type"] == "literal_error" else DecodeError
        raise kind(topic=topic, field=field, value=first["input"], why=first["msg"]) from None


def _agree(topic: str, parsed: Topic, message: AnyMessage) -> None:
    if message.device != parsed.device:
        raise Mismatch(
            topic=topic, field="device", value=message.device, why="is not the topic's device"
        )
    if isinstance(message, Numbered) and message.lane is not parsed.lane:
        raise Mismatch(topic=topic, field="lane", value=message.lane, why="is not the topic's lane")


def _bound(topic: str, evidence: Evidence, jpeg: bytes) -> None:
    if len(jpeg) != evidence.length:
        raise Mismatch(
            topic=topic, field="length", value=evidence.length, why=f"{len(jpeg)} bytes came"
        )
    if hashlib.sha256(jpeg).hexdigest() != evidence.sha256:
        raise Mismatch(
            topic=topic, field="sha256", value=evidence.sha256, why="is not the hash of the bytes"
        )
