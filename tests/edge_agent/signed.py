"""Signed folders of weights whose answer is known, and what is needed to spoil them."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contracts.sighting import Label
from edge_agent.manifest import MANIFEST, Manifest, WeightsFile
from edge_agent.trust import CONTEXT, SIGNATURE, PublicKey, signature_line
from tests.edge_agent.tiny_onnx import write_detector

WEIGHTS = "tiny.onnx"
KEY = Ed25519PrivateKey.from_private_bytes(b"a key for tests, known to all!!!")
STRANGER = Ed25519PrivateKey.from_private_bytes(b"somebody whom nobody trusts here")


def public(key: Ed25519PrivateKey = KEY, name: str = "tests") -> PublicKey:
    return PublicKey(name=name, raw=key.public_key().public_bytes_raw())


def write_weights(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    boxes, scores = np.array([[32, 16, 64, 48]], np.float32), np.array([[0.9, 0.1]], np.float32)
    return write_detector(folder / WEIGHTS, boxes, scores)


def manifest_for(weights: Path, **changes: Any) -> Manifest:
    content = weights.read_bytes()
    line = WeightsFile(
        path=weights.name,
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        precision="fp32",
        opset=17,
        thresholds={Label.SMOKE: 0.3, Label.FIRE: 0.4},
    )
    facts: dict[str, Any] = {
        "name": "tiny", "version": "1.0.0", "released": date(2026, 4, 1),
        "minimum_agent": "0.1.0", "input": "a picture", "output": "boxes", "default_size": 320,
        "classes": (Label.SMOKE, Label.FIRE), "training_data_sha256": "0" * 64,
        "licence": "none", "files": (line,),
    }  # fmt: skip
    return Manifest(**(facts | changes))


def write_signature(folder: Path, content: bytes, key: Ed25519PrivateKey = KEY) -> None:
    """Over `content`, which becomes the folder's manifest, whatever it is."""
    (folder / MANIFEST).write_bytes(content)
    (folder / SIGNATURE).write_bytes(signature_line(public(key), key.sign(CONTEXT + content)))


def signed(folder: Path, key: Ed25519PrivateKey = KEY, **changes: Any) -> Path:
    """A folder with one detector in it, signed by `key`; the weights' path."""
    weights = write_weights(folder)
    write_signature(folder, manifest_for(weights, **changes).encode(), key)
    return weights


def write_public(path: Path, key: Ed25519PrivateKey = KEY) -> Path:
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    path.write_bytes(pem)
    return path
