"""The measurements that become time series: their tags are frozen, their fields have units.

A tag and a field never share a name and ids of high cardinality are fields, so InfluxDB 1.8,
2.x and 3 all take the same lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Measurement(StrEnum):
    BOX = "box"
    CAMERA = "camera"
    WEATHER = "weather"
    SIGHTING = "sighting"
    INCIDENT = "incident"
    LINK = "link"
    FIGURE = "figure"
    HUB = "hub"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """`tags` in the order they are written; `fields` with their units."""

    tags: tuple[str, ...]
    fields: Mapping[str, str]


def _shape(*tags: str, **fields: str) -> Shape:
    return Shape(tags=tags, fields=MappingProxyType(fields))


SHAPES: Mapping[Measurement, Shape] = MappingProxyType(
    {
        Measurement.BOX: _shape(
            "device",
            cpu_percent="%",
            cpu_temperature_c="°C",
            memory_percent="%",
            rss_mb="MB",
            disk_free_percent="%",
            uptime_s="s",
            outbox_alarm="messages",
            outbox_bulk="messages",
            outbox_shed="messages",
            uplink_reconnects="times",
            detector_ok="0/1",
        ),
        Measurement.CAMERA: _shape(
            "device",
            "camera",
            frames_per_second="1/s",
            frame_age_s="s",
            frames_scored="frames",
            frames_failed="frames",
            inference_ms="ms",
            overhead_ms="ms",
            changing="0/1",
            luma="0-255",
            noisy_percent="%",
        ),
        Measurement.WEATHER: _shape(
            "device",
            temperature_c="°C",
            humidity_percent="%",
            wind_kmh="km/h",
            wind_from_deg="°",
            rain_mm="mm",
        ),
        Measurement.SIGHTING: _shape(
            "device", "camera", "label", score="0-1", frames="frames", opened="0/1", sighting="ulid"
        ),
        Measurement.INCIDENT: _shape("subsystem", "commune", opened="0/1", incident="ulid"),
        Measurement.LINK: _shape("device", skew_s="s", delay_s="s", messages="messages"),
        Measurement.FIGURE: _shape(
            "subsystem", "indicator", "unit", value="its own", grade="0-3", target="its own"
        ),
        Measurement.HUB: _shape(
            "hub",
            inbox_undone="messages",
            series_backlog="points",
            notifications_pending="calls",
            quarantined="messages",
            received="messages",
            late="messages",
            duplicates="messages",
        ),
    }
)


FROM_DEVICES = (Measurement.BOX, Measurement.CAMERA, Measurement.WEATHER)
"""What telemetry may carry; the hub writes the others from what it knows."""
