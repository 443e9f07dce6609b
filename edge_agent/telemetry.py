"""How the box and its cameras are: figures for the hub's measurements `box` and `camera`."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import psutil

from contracts.clock import utc_now
from contracts.identity import Lane
from contracts.measurement import Measurement
from contracts.telemetry import Telemetry
from edge_agent.capture import Capture
from edge_agent.outbox import Draft, Outbox, Place

MEGABYTE = 1_000_000


@dataclass(slots=True, kw_only=True)
class Work:
    """What the detector did for one camera since it was last asked."""

    began: float = field(default_factory=time.monotonic)
    scored: int = 0
    failed: int = 0
    inference_s: float = 0.0
    overhead_s: float = 0.0
    luma: float = 0.0


class Gauge:
    """Reads the box; one for the agent's life, for what needs a past."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = psutil.Process()
        self._born = time.monotonic()
        psutil.cpu_percent()

    def box(self, outbox: Outbox, reconnects: int, *, detector_ok: bool) -> dict[str, float]:
        temperature = _cpu_temperature()
        return {
            "cpu_percent": psutil.cpu_percent(),
            "memory_percent": psutil.virtual_memory().percent,
            "rss_mb": round(self._process.memory_info().rss / MEGABYTE, 1),
            "disk_free_percent": round(100 - psutil.disk_usage(str(self._folder)).percent, 1),
            "uptime_s": round(time.monotonic() - self._born, 1),
            "outbox_alarm": outbox.waiting(Lane.ALARM),
            "outbox_bulk": outbox.waiting(Lane.BULK),
            "outbox_shed": outbox.shed_count(),
            "uplink_reconnects": reconnects,
            "detector_ok": float(detector_ok),
        } | ({} if temperature is None else {"cpu_temperature_c": temperature})


def camera(capture: Capture, work: Work) -> dict[str, float]:
    """`frame_age_s` only when a frame ever came: an age of nothing is no figure."""
    seconds = max(time.monotonic() - work.began, 1e-3)
    state = capture.snapshot()
    figures = {
        "frames_per_second": round(work.scored / seconds, 3),
        "frames_scored": work.scored,
        "frames_failed": work.failed,
        "changing": float(state.changing),
    }
    if state.last_frame_at is not None:
        figures["frame_age_s"] = round((utc_now() - state.last_frame_at).total_seconds(), 3)
    if work.scored:
        figures["inference_ms"] = round(1000 * work.inference_s / work.scored, 2)
        figures["overhead_ms"] = round(1000 * work.overhead_s / work.scored, 2)
        figures["luma"] = round(work.luma, 1)
    return figures


def draft(
    measurement: Measurement,
    values: Mapping[str, float],
    at: datetime,
    *,
    camera_name: str | None = None,
    drill: bool = False,
) -> Draft:
    def build(place: Place) -> Telemetry:
        return Telemetry(
            **place.fields(),
            captured_at=at,
            drill=drill,
            measurement=measurement,
            camera=camera_name,
            values=dict(values),
        )

    return Draft(lane=Lane.BULK, build=build)


def _cpu_temperature() -> float | None:
    """Degrees Celsius of the hottest core; None where the system does not say."""
    if not hasattr(psutil, "sensors_temperatures"):
        return None
    sensors = psutil.sensors_temperatures()
    for name in ("cpu_thermal", "coretemp", "k10temp", "soc_thermal"):
        if readings := sensors.get(name):
            return float(max(reading.current for reading in readings))
    return None
