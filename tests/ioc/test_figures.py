"""Figures say how many values they come from, and which values those are."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ioc.calls import Call
from ioc.figures import Opened, of_cameras, spread, webhook_delays
from ioc.observer import CameraFigures

NOON = datetime(2026, 4, 1, 5, 0, tzinfo=UTC)


def call(delay_ms: float | None, event: str = "incident.opened", **more: Any) -> Call:
    sent = None if delay_ms is None else (NOON - timedelta(milliseconds=delay_ms)).isoformat()
    body = {"event": event, "sent_at": sent} | more
    return Call(key="k", received_at=NOON, body=body)


def test_a_spread_of_nothing_is_nothing() -> None:
    assert spread([]) is None


def test_a_spread_of_one_value_is_that_value() -> None:
    found = spread([42.0])
    assert found is not None
    assert (found.count, found.p50, found.p99, found.largest) == (1, 42, 42, 42)


def test_percentiles_lie_among_the_values() -> None:
    found = spread(range(1, 102))
    assert found is not None
    assert (found.count, found.p50, found.p99, found.largest) == (101, 51, 100, 101)


def test_delays_are_of_alarms_of_now_alone() -> None:
    calls = [
        call(80),
        call(9_999, "incident.updated"),
        call(700_000, late=True),
        call(None),
        call(120),
    ]
    found = webhook_delays(calls)
    assert found is not None
    assert (found.count, found.p50, found.largest) == (2, 100, 120)


def test_cameras_are_told_with_their_counts() -> None:
    told = of_cameras({"a/1": CameraFigures(frames_scored=7, inference_ms=[30, 40])})
    assert told["a/1"]["frames_scored"] == 7
    assert told["a/1"]["inference_ms"] == {"count": 2, "p50": 35, "p99": 39.9, "largest": 40}
    assert told["a/1"]["overhead_ms"] is None


@pytest.mark.parametrize(("size", "proven"), [(0, False), (8_000, True)])
def test_an_incident_is_proven_by_its_picture(size: int, proven: bool) -> None:
    opened = Opened(
        incident="01J", type="forest-fire", title_vi="", camera=None, commune=None, drill=False,
        late=False, opened_after_s=1, picture_after_s=None, picture_bytes=size,
    )  # fmt: skip
    assert opened.proven is proven
