"""Messages as devices send them, and a link that remembers what the hub told it."""

import hashlib
import io
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from PIL import Image

from contracts.codec import AnyMessage, encode
from contracts.evidence import Evidence, Size
from contracts.identity import new_ulid
from contracts.receipt import Receipt
from contracts.sighting import Sighting
from contracts.status import Status
from contracts.telemetry import Telemetry
from hub.broker import Delivery

PRAO = {"lat": 15.9273, "lon": 107.6393}
SONG_KON = {"lat": 15.9654, "lon": 107.7170}


def jpeg(width: int = 64, height: int = 48) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (90, 120, 90)).save(out, "JPEG")
    return out.getvalue()


def sighting(at: datetime, seq: int = 1, **changes: Any) -> Sighting:
    fields: dict[str, Any] = {
        "id": new_ulid(), "device": "thap-prao", "lane": "alarm", "epoch": 1, "seq": seq,
        "captured_at": at, "sent_at": at, "sighting": new_ulid(), "state": "opened",
        "camera": "bac", "label": "smoke", "score": 0.8, "first_seen_at": at, "frames": 4,
    }  # fmt: skip
    return Sighting.model_validate(fields | changes)


def looking(azimuth_deg: float, **at: Any) -> dict[str, Any]:
    return {"bearing": {"azimuth_deg": azimuth_deg, "sigma_deg": 0.5, "width_deg": 2}, **at}


def telemetry(at: datetime, seq: int = 1, **changes: Any) -> Telemetry:
    fields: dict[str, Any] = {
        "id": new_ulid(), "device": "thap-prao", "lane": "bulk", "epoch": 1, "seq": seq,
        "captured_at": at, "sent_at": at, "measurement": "box", "values": {"cpu_percent": 12.0},
    }  # fmt: skip
    return Telemetry.model_validate(fields | changes)


def evidence(at: datetime, picture: bytes, seq: int = 1, **changes: Any) -> Evidence:
    fields: dict[str, Any] = {
        "id": new_ulid(), "device": "thap-prao", "lane": "alarm", "epoch": 1, "seq": seq,
        "captured_at": at, "sighting": new_ulid(), "camera": "bac", "label": "smoke",
        "size": Size.THUMBNAIL, "length": len(picture),
        "sha256": hashlib.sha256(picture).hexdigest(),
    }  # fmt: skip
    return Evidence.model_validate(fields | changes)


def status(at: datetime, **changes: Any) -> Status:
    card = {
        "name": "bac", "title": "Camera Bắc", "position": PRAO,
        "pose": {"azimuth_deg": 90, "fov_deg": 60},
    }  # fmt: skip
    fields = {"device": "thap-prao", "state": "online", "at": at, "title": "Tháp Prao",
              "cameras": [card]}  # fmt: skip
    return Status.model_validate(fields | changes)


@dataclass(slots=True, eq=False)
class Wire:
    """Stands where a Link stands: collects acknowledgements and receipts."""

    acknowledged: list[str] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    has_room: bool = True

    def acknowledge(self, delivery: Delivery) -> None:
        self.acknowledged.append(delivery.topic)

    def publish(self, topic: str, payload: bytes) -> None:
        self.receipts.append(Receipt.model_validate_json(payload))

    def brings(self, topic: str, payload: bytes, at: datetime) -> Delivery:
        return Delivery(self, 1, 1, topic, payload, at)  # type: ignore[arg-type]

    def delivers(self, message: AnyMessage, at: datetime, picture: bytes = b"") -> Delivery:
        return self.brings(str(message.topic), encode(message, picture), at)
