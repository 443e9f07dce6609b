"""What the phone keeps: each key once, on disk before it is acknowledged."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ioc.calls import BadCall, Call, Calls, Outage, parse

NOW = datetime(2026, 4, 1, 5, 0, 0, 250_000, tzinfo=UTC)
BODY: dict[str, Any] = {
    "event": "incident.opened", "incident": "01J", "title_vi": "Nghi có khói rừng",
    "sent_at": "2026-04-01T05:00:00.166Z",
}  # fmt: skip


def call(key: str = "k1", **changes: Any) -> Call:
    return parse(key, json.dumps(BODY | changes).encode(), NOW)


def test_latency_is_from_the_devices_attempt_to_the_phone() -> None:
    assert call().latency_ms == pytest.approx(84)


def test_a_call_without_a_device_behind_it_has_no_latency() -> None:
    assert call(sent_at=None).latency_ms is None


def test_a_key_is_kept_once_and_its_repetitions_counted() -> None:
    calls = Calls()
    assert [calls.add(call("k1")), calls.add(call("k2")), calls.add(call("k1"))] == [
        True,
        True,
        False,
    ]
    assert [kept.key for kept in calls.all()] == ["k1", "k2"]
    assert calls.repeats == 1


def test_calls_of_before_a_restart_are_known(tmp_path: Path) -> None:
    journal = tmp_path / "calls.jsonl"
    first = Calls(journal)
    first.add(call("k1"))
    again = Calls(journal)
    assert not again.add(call("k1"))
    assert again.all() == first.all()


def test_a_line_cut_short_by_a_kill_is_not_a_call(tmp_path: Path) -> None:
    journal = tmp_path / "calls.jsonl"
    Calls(journal).add(call("k1"))
    with journal.open("a", encoding="utf-8") as file:
        file.write('{"key": "k2", "rece')
    calls = Calls(journal)
    assert [kept.key for kept in calls.all()] == ["k1"]
    assert calls.add(call("k2"))
    assert [kept.key for kept in Calls(journal).all()] == ["k1", "k2"]


@pytest.mark.parametrize(
    ("key", "body", "field"),
    [
        (None, json.dumps(BODY), "Idempotency-Key"),
        ("k", "{", "body"),
        ("k", "[1]", "body"),
        ("k", json.dumps(BODY | {"incident": 5}), "incident"),
        ("k", json.dumps({"event": "incident.opened", "incident": "01J"}), "title_vi"),
        ("k", json.dumps(BODY | {"sent_at": "noon"}), "sent_at"),
        ("k", json.dumps(BODY | {"sent_at": "2026-04-01T05:00:00"}), "sent_at"),
    ],
)
def test_a_bad_call_names_the_field(key: str | None, body: str, field: str) -> None:
    with pytest.raises(BadCall) as refused:
        parse(key, body.encode(), NOW)
    assert refused.value.field == field


def test_an_outage_of_some_requests_is_used_up() -> None:
    outage = Outage(requests=2)
    assert [outage.strikes() for _ in range(3)] == [True, True, False]


def test_an_outage_of_some_time_ends() -> None:
    now = datetime.now(UTC)
    assert Outage(until=now + timedelta(hours=1)).strikes()
    assert not Outage(until=now - timedelta(seconds=1)).strikes()
