"""What a run of the demo measured; each figure says how many values it comes from."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ioc.calls import Call
from ioc.observer import CameraFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Of `count` values; the percentiles of few values are near their largest."""

    count: int
    p50: float
    p99: float
    largest: float


def spread(values: Iterable[float]) -> Spread | None:
    """None of no values."""
    known = sorted(values)
    if not known:
        return None
    cuts = statistics.quantiles(known, n=100, method="inclusive") if len(known) > 1 else known * 99
    rounded = (round(value, 1) for value in (cuts[49], cuts[98], known[-1]))
    return Spread(count=len(known), **dict(zip(("p50", "p99", "largest"), rounded, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An incident as the phone learnt of it; `picture_bytes` is 0 until its picture was fetched.

    `opened_after_s` is since the demo began to start.
    """

    incident: str
    type: str
    title_vi: str
    camera: str | None
    commune: str | None
    drill: bool
    late: bool
    opened_after_s: float
    picture_after_s: float | None
    picture_bytes: int

    @property
    def proven(self) -> bool:
        """Its webhook was verified and its picture seen."""
        return self.picture_bytes > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The answer of `ioc demo --headless --json`."""

    ok: bool
    seconds: float
    broker: str
    source: str
    devices_online: tuple[str, ...]
    sightings: int
    first_sighting_s: float | None
    first_incident_s: float | None
    first_proven_s: float | None
    incidents: tuple[Opened, ...]
    webhooks: Mapping[str, object]
    publish_to_webhook_ms: Spread | None
    cameras: Mapping[str, Mapping[str, object]]
    peak_rss_mb: Mapping[str, float]
    unreadable_messages: int

    def json(self) -> dict[str, Any]:
        return asdict(self)


def webhook_delays(calls: Sequence[Call]) -> Spread | None:
    """From the device's attempt to send to the phone, of incidents that a sighting opened now.

    A call that tells of a person's act or of something old carries an old `sent_at`.
    """
    return spread(
        call.latency_ms
        for call in calls
        if call.latency_ms is not None
        and call.body["event"] == "incident.opened"
        and not call.body.get("late")
    )


def of_cameras(cameras: Mapping[str, CameraFigures]) -> dict[str, dict[str, object]]:
    return {
        name: {
            "frames_scored": figures.frames_scored,
            "frames_failed": figures.frames_failed,
            "inference_ms": _plain(spread(figures.inference_ms)),
            "overhead_ms": _plain(spread(figures.overhead_ms)),
        }
        for name, figures in sorted(cameras.items())
    }


def _plain(found: Spread | None) -> dict[str, float] | None:
    return None if found is None else asdict(found)
