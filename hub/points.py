"""The points that the hub itself writes: what was seen, what was raised, how the links are."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from contracts.measurement import Measurement
from contracts.sighting import Sighting, State
from hub.arrival import nanoseconds
from hub.counters import Counter
from hub.devices import LinkFigure
from hub.health import Health
from hub.timeseries.lineprotocol import encode
from hub.timeseries.point import Point


def sighting_line(seen: Sighting, captured_at: datetime) -> str:
    return encode(
        Point(
            measurement=Measurement.SIGHTING,
            tags=(("device", seen.device), ("camera", seen.camera), ("label", seen.label.value)),
            fields=(
                ("score", seen.score),
                ("frames", seen.frames),
                ("opened", float(seen.state is State.OPENED)),
                ("sighting", seen.sighting),
            ),
            at_ns=nanoseconds(captured_at) + seen.seq % 1000,
        )
    )


def incident_line(incident: Row[Any], *, at: datetime, opened: bool) -> str:
    """1 when it opens, at the time of its cause; 0 when it is closed."""
    return encode(
        Point(
            measurement=Measurement.INCIDENT,
            tags=(("subsystem", incident.subsystem), ("commune", incident.commune_code or "")),
            fields=(("opened", float(opened)), ("incident", incident.id)),
            at_ns=nanoseconds(at) + sum(incident.id.encode()) % 1000,
        )
    )


def link_line(figure: LinkFigure, at: datetime) -> str:
    fields: list[tuple[str, float]] = [
        ("delay_s", figure.delay_s),
        ("messages", figure.messages),
    ]
    if figure.skew_s is not None:
        fields.append(("skew_s", figure.skew_s))
    return encode(
        Point(
            measurement=Measurement.LINK,
            tags=(("device", figure.device),),
            fields=tuple(fields),
            at_ns=nanoseconds(at),
        )
    )


def hub_line(hub: str, health: Health, *, received: int) -> str:
    """The hub's own state; `received`, late and duplicates count from its first start."""
    return encode(
        Point(
            measurement=Measurement.HUB,
            tags=(("hub", hub),),
            fields=(
                ("inbox_undone", float(health.inbox_undone)),
                ("series_backlog", float(health.series_backlog)),
                ("notifications_pending", float(health.notifications_pending)),
                ("quarantined", float(health.quarantined)),
                ("received", float(received)),
                ("late", float(health.counters[Counter.LATE])),
                ("duplicates", float(health.counters[Counter.DUPLICATES])),
            ),
            at_ns=nanoseconds(health.at),
        )
    )
