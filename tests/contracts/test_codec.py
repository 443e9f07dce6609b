"""Bytes to messages and back, and every way in which bytes are refused."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import codec
from contracts.errors import ContractError, DecodeError, Mismatch, Oversized, UnknownVersion
from contracts.evidence import Evidence
from contracts.identity import Lane
from contracts.message import Numbered
from contracts.topics import LANES, Kind, Topic
from tests.contracts.conftest import JPEG, NOON, example


def wire(kind: Kind, **changes: object) -> tuple[str, bytes]:
    message = example(kind, **changes)
    return str(message.topic), codec.encode(message, JPEG if kind is Kind.EVIDENCE else b"")


def spoil(payload: bytes, **fields: object) -> bytes:
    head, newline, rest = payload.partition(b"\n")
    return json.dumps(json.loads(head) | fields).encode() + newline + rest


def test_a_message_survives_the_wire(kind: Kind) -> None:
    topic, payload = wire(kind)
    decoded = codec.decode(topic, payload)
    assert codec.encode(decoded.message, decoded.jpeg) == payload


@pytest.mark.parametrize("kind", list(LANES))
def test_a_stamp_adds_the_time_of_sending_and_changes_nothing_else(kind: Kind) -> None:
    message = example(kind)
    assert isinstance(message, Numbered)
    jpeg = JPEG if isinstance(message, Evidence) else b""
    later = NOON + timedelta(seconds=9)
    decoded = codec.decode(str(message.topic), codec.stamp(codec.encode(message, jpeg), later))
    assert decoded.message == message.model_copy(update={"sent_at": later})
    assert decoded.jpeg == jpeg


def test_a_wrong_value_is_named_with_its_field() -> None:
    topic, payload = wire(Kind.SIGHTING)
    with pytest.raises(DecodeError) as caught:
        codec.decode(topic, spoil(payload, score=1.5))
    assert caught.value.field == "score"
    assert caught.value.value == 1.5
    assert "1.5" in str(caught.value)


def test_a_nested_field_is_named_by_its_path() -> None:
    topic, payload = wire(Kind.SIGHTING)
    with pytest.raises(DecodeError) as caught:
        codec.decode(
            topic, spoil(payload, bearing={"azimuth_deg": 400, "sigma_deg": 1, "width_deg": 1})
        )
    assert caught.value.field == "bearing.azimuth_deg"


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_another_version_is_unknown_not_malformed(version: object) -> None:
    topic, payload = wire(Kind.TELEMETRY)
    with pytest.raises(UnknownVersion) as caught:
        codec.decode(topic, spoil(payload, v=version))
    assert caught.value.reason == "unknown-version"


def test_a_message_without_a_version_is_refused() -> None:
    topic, payload = wire(Kind.TELEMETRY)
    bare = json.loads(payload)
    del bare["v"]
    with pytest.raises(UnknownVersion):
        codec.decode(topic, json.dumps(bare).encode())


def test_an_unknown_field_is_refused_by_name() -> None:
    topic, payload = wire(Kind.STATUS)
    with pytest.raises(DecodeError) as caught:
        codec.decode(topic, spoil(payload, colour="red"))
    assert caught.value.field == "colour"


def test_a_time_without_offset_is_refused() -> None:
    topic, payload = wire(Kind.TELEMETRY)
    with pytest.raises(DecodeError, match="captured_at"):
        codec.decode(topic, spoil(payload, captured_at="2026-04-01T12:00:00"))


def test_a_local_time_is_kept_in_utc() -> None:
    local = NOON.astimezone(timezone(timedelta(hours=7)))
    message = example(Kind.TELEMETRY, captured_at=local)
    assert isinstance(message, Numbered)
    assert message.captured_at.tzinfo is UTC
    assert message.captured_at == NOON


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_number_that_is_not_finite_is_refused(bad: float) -> None:
    topic, payload = wire(Kind.TELEMETRY)
    with pytest.raises(DecodeError):
        codec.decode(topic, spoil(payload, values={"cpu_percent": bad}))


def test_more_bytes_than_the_kind_may_have_are_refused_before_parsing(kind: Kind) -> None:
    topic, _ = wire(kind)
    with pytest.raises(Oversized) as caught:
        codec.decode(topic, b"x" * (codec.MODELS[kind].max_bytes + 1))
    assert caught.value.value == codec.MODELS[kind].max_bytes + 1


@pytest.mark.parametrize("field", ["device", "lane"])
def test_a_message_under_another_topic_is_a_mismatch(field: str) -> None:
    _, payload = wire(Kind.EVIDENCE, size="picture", lane="bulk")
    other = {"device": "v1/up/thap-khac/bulk/evidence", "lane": "v1/up/thap-prao/alarm/evidence"}
    with pytest.raises(Mismatch) as caught:
        codec.decode(other[field], payload)
    assert caught.value.field == field


def test_a_truncated_jpeg_is_a_mismatch_of_length() -> None:
    topic, payload = wire(Kind.EVIDENCE)
    with pytest.raises(Mismatch) as caught:
        codec.decode(topic, payload[:-1])
    assert caught.value.field == "length"


def test_a_flipped_byte_in_the_jpeg_is_a_mismatch_of_hash() -> None:
    topic, payload = wire(Kind.EVIDENCE)
    with pytest.raises(Mismatch) as caught:
        codec.decode(topic, payload[:-1] + b"\x00")
    assert caught.value.field == "sha256"


def test_the_place_of_a_refused_message_is_read_where_it_can_be() -> None:
    topic = Topic(device="a", lane=Lane.BULK, kind=Kind.TELEMETRY)
    place = codec.place_of(topic, b'{"v":9,"epoch":5,"seq":12}')
    assert place == codec.Place(lane=Lane.BULK, epoch=5, seq=12)


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"{}", b"\xff", b'{"epoch":1,"seq":0}', b'{"epoch":true,"seq":1}', b"[" * 100_000],
)
def test_a_place_that_cannot_be_read_is_none(payload: bytes) -> None:
    assert codec.place_of(Topic(device="a", lane=Lane.BULK, kind=Kind.TELEMETRY), payload) is None


@given(payload=st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_contract_error(payload: bytes) -> None:
    for kind in Kind:
        topic, _ = wire(kind)
        with pytest.raises(ContractError):
            codec.decode(topic, payload)


@given(at=st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_every_moment_keeps_its_microseconds(at: datetime) -> None:
    message = example(Kind.TELEMETRY, captured_at=at.replace(tzinfo=UTC))
    decoded = codec.decode(str(message.topic), codec.encode(message))
    assert decoded.message == message
