"""What devices of a large district send: statuses, figures, sightings with their thumbnails."""

import hashlib
from collections.abc import Iterator
from functools import cache

import cv2
import numpy as np

from contracts.clock import utc_now
from contracts.codec import encode
from contracts.evidence import THUMBNAIL_BYTES, Evidence, Size
from contracts.identity import Lane, new_ulid
from contracts.measurement import Measurement
from contracts.sighting import Label, Position, Sighting, State
from contracts.status import CameraCard, Pose, Presence, Status
from contracts.telemetry import Telemetry

Packet = tuple[str, bytes]
"""Topic and payload."""

CAMERA = "cam-1"
BOX = {"cpu_percent": 12.5, "cpu_temperature_c": 51.0, "outbox_bulk": 3.0}
FRAMES = {"frames_per_second": 1.0, "frame_age_s": 0.4, "frames_scored": 30.0,
          "frames_failed": 0.0, "changing": 1.0, "inference_ms": 60.0, "overhead_ms": 5.0,
          "luma": 96.0}  # fmt: skip


def name_of(number: int) -> str:
    return f"thap-{number}"


def introduction(number: int) -> Packet:
    """A box with one camera, on a grid of towers over the district."""
    at = Position(lat=15.8 + number // 40 * 0.012, lon=107.5 + number % 40 * 0.012)
    pose = Pose(azimuth_deg=number * 37 % 360, fov_deg=60)
    card = CameraCard(name=CAMERA, title="hướng đông", position=at, pose=pose)
    status = Status(
        device=name_of(number), state=Presence.ONLINE, at=utc_now(), title=f"Tháp số {number}",
        software="ioc", model="detector", cameras=(card,),
    )  # fmt: skip
    return str(status.topic), encode(status)


def box_figures(number: int, seq: int, epoch: int = 1) -> Packet:
    """Of the box, as message `seq` of device `number`."""
    return _telemetry(number, seq, epoch, Measurement.BOX, None)


def camera_figures(number: int, seq: int, epoch: int = 1) -> Packet:
    """Of its camera."""
    return _telemetry(number, seq, epoch, Measurement.CAMERA, CAMERA)


def _telemetry(
    number: int, seq: int, epoch: int, measurement: Measurement, camera: str | None
) -> Packet:
    now = utc_now()
    message = Telemetry(
        id=new_ulid(), device=name_of(number), lane=Lane.BULK, epoch=epoch, seq=seq,
        captured_at=now, sent_at=now, measurement=measurement, camera=camera,
        values=BOX if camera is None else FRAMES,
    )  # fmt: skip
    return str(message.topic), encode(message)


def smoke(number: int, seq: int = 1, camera: str = CAMERA, sighting: str | None = None) -> Packet:
    """A sighting that opens; of a camera that saw nothing before it opens an incident."""
    now = utc_now()
    message = Sighting(
        id=new_ulid(), device=name_of(number), lane=Lane.ALARM, epoch=1, seq=seq, captured_at=now,
        sent_at=now, sighting=sighting or new_ulid(), state=State.OPENED, camera=camera,
        label=Label.SMOKE, score=0.8, first_seen_at=now, frames=4,
    )  # fmt: skip
    return str(message.topic), encode(message)


def smoke_with_thumbnail(number: int) -> Iterator[Packet]:
    """A sighting and its evidence, as messages 1 and 2 of the alarm lane."""
    sighting = new_ulid()
    yield smoke(number, sighting=sighting)
    jpeg = thumbnail()
    message = Evidence(
        id=new_ulid(), device=name_of(number), lane=Lane.ALARM, epoch=1, seq=2,
        captured_at=utc_now(), sighting=sighting, camera=CAMERA, label=Label.SMOKE,
        size=Size.THUMBNAIL, length=len(jpeg), sha256=hashlib.sha256(jpeg).hexdigest(),
    )  # fmt: skip
    yield str(message.topic), encode(message, jpeg)


@cache
def thumbnail() -> bytes:
    """A JPEG of noise near the bound of a thumbnail."""
    noise = np.random.default_rng(7).integers(0, 255, (120, 160, 3), np.uint8)
    for quality in range(90, 0, -5):
        done, jpeg = cv2.imencode(".jpg", noise, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if done and jpeg.size <= THUMBNAIL_BYTES:
            return jpeg.tobytes()
    raise ValueError(f"no JPEG of noise within {THUMBNAIL_BYTES} bytes")
