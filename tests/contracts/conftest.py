"""A good message of each kind, to be spoiled by the tests."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.codec import MODELS, AnyMessage
from contracts.identity import new_ulid
from contracts.topics import DOWN, UP, Kind

NOON = datetime(2026, 4, 1, 5, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 31, 17, 0, tzinfo=UTC)
"""Of Đông Giang."""
JPEG = b"\xff\xd8 pretend \xff\xd9"


def example(kind: Kind, **changes: Any) -> AnyMessage:
    """A valid message of `kind` with `changes` to its fields."""
    fields: dict[str, Any] = {"device": "thap-prao"}
    if kind not in UP + DOWN:
        fields |= {"id": new_ulid(), "epoch": 1, "seq": 7, "captured_at": NOON, "lane": "bulk"}
    fields |= _OWN[kind]() | changes
    return MODELS[kind].model_validate(fields)


def _sighting() -> dict[str, Any]:
    finding = {"label": "smoke", "score": 0.8, "box": {"x": 0.1, "y": 0.2, "w": 0.1, "h": 0.1}}
    return {
        "lane": "alarm", "sighting": new_ulid(), "state": "opened", "camera": "bac",
        "label": "smoke", "score": 0.7, "first_seen_at": NOON, "frames": 4, "findings": [finding],
        "bearing": {"azimuth_deg": 12.5, "sigma_deg": 0.8, "width_deg": 2.0},
        "position": {"lat": 15.93, "lon": 107.64},
    }  # fmt: skip


def _evidence() -> dict[str, Any]:
    return {
        "lane": "alarm", "sighting": new_ulid(), "camera": "bac", "label": "smoke",
        "size": "thumbnail", "length": len(JPEG), "sha256": hashlib.sha256(JPEG).hexdigest(),
    }  # fmt: skip


_OWN: dict[Kind, Callable[[], dict[str, Any]]] = {
    Kind.SIGHTING: _sighting,
    Kind.EVIDENCE: _evidence,
    Kind.TELEMETRY: lambda: {"measurement": "box", "values": {"cpu_percent": 12.0}},
    Kind.OBSERVATION: lambda: {
        "body": {
            "measure": "forest-fire.danger-index", "unit": "20467", "value": 5108.7,
            "period_start": MIDNIGHT, "period_end": MIDNIGHT + timedelta(days=1),
        },
    },
    Kind.CASE: lambda: {
        "body": {"type": "dossier", "case": "h-1", "state": "4", "unit": "20467", "at": NOON}
    },
    Kind.MENTION: lambda: {
        "body": {"source": "bao", "title": "Cháy rừng ở xã Tư", "published_at": NOON}
    },
    Kind.STATUS: lambda: {"state": "online", "at": NOON},
    Kind.RECEIPT: lambda: {
        "lane": "alarm", "epoch": 1, "at": NOON,
        "spans": [{"first": 1, "last": 9}],
    },
    Kind.CERTIFICATE_REQUEST: lambda: {
        "at": NOON, "csr": "-----BEGIN CERTIFICATE REQUEST-----", "serial": "0a1f",
        "signature": "30" * 70,
    },
    Kind.TRUST: lambda: {
        "device": "issuer", "at": NOON,
        "findings": [{"concern": "clone-suspected", "subject": "thap-a", "first_at": NOON,
                      "last_at": NOON, "times": 2, "addresses": ["10.20.0.5"]}],
    },
    Kind.CERTIFICATE: lambda: {"at": NOON, "chain": "-----BEGIN CERTIFICATE-----"},
    Kind.UPDATE: lambda: {
        "at": NOON,
        "wanted": [
            {
                "what": "model", "path": "/updates/thap-prao/0a/1b",
                "offer": {"manifest": "{}", "signature": f"ed25519 {'0a' * 8} {'A' * 86}=="},
            },
            {"what": "configuration"},
        ],
    },
    Kind.UPDATE_STATE: lambda: {
        "at": NOON, "ring": "all",
        "lines": [{"what": "model", "phase": "fetching", "wanted": "0a" * 32}],
    },
}  # fmt: skip


@pytest.fixture(params=list(Kind))
def kind(request: pytest.FixtureRequest) -> Kind:
    """Every kind in turn."""
    chosen: Kind = request.param
    return chosen
