"""Small makers that several tests of the edge share."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from contracts.identity import Lane
from contracts.measurement import Measurement
from contracts.receipt import Receipt, Span
from contracts.sighting import Box, Label, Sighting, State
from edge_agent import telemetry
from edge_agent.detector import Detection
from edge_agent.outbox import Draft, Outbox, Place

NOON = datetime(2026, 4, 1, 5, 0, tzinfo=UTC)
SMOKE_BOX = Box(x=0.4, y=0.4, w=0.05, h=0.05)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def seen(score: float = 0.8, box: Box = SMOKE_BOX, label: Label = Label.SMOKE) -> Detection:
    return Detection(label=label, score=score, box=box)


def box_at(x: float, y: float, size: float) -> Box:
    return Box(x=x, y=y, w=size, h=size)


def outbox_in(folder: Path, bulk_bytes: int = 10_000_000) -> Outbox:
    return Outbox(folder / "outbox.db", "thap-prao", bulk_bytes)


def figures(value: float = 1.0) -> Draft:
    return telemetry.draft(Measurement.BOX, {"cpu_percent": value}, NOON)


def alarm_draft(sighting: str) -> Draft:
    def build(place: Place) -> Sighting:
        return Sighting(
            **place.fields(), captured_at=NOON, sighting=sighting, state=State.OPENED,
            camera="bac", label=Label.SMOKE, score=0.5, first_seen_at=NOON, frames=4,
        )  # fmt: skip

    return Draft(lane=Lane.ALARM, build=build)


def receipt_for(outbox: Outbox, lane: Lane, *spans: tuple[int, int], **changes: Any) -> Receipt:
    fields: dict[str, Any] = {
        "device": outbox.device, "lane": lane, "epoch": outbox.epoch, "at": NOON,
        "spans": tuple(Span(first=first, last=last) for first, last in spans),
    }  # fmt: skip
    return Receipt(**(fields | changes))
