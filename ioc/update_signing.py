"""A file becomes an update: what it is, how it scores, how long it may be taken; signed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from contracts.update import Offer, Ring, UpdateManifest, What, signed_bytes
from edge_agent.trust import signature_line
from edge_agent.updates import overlay, selftest
from edge_agent.updates.admit import numbers
from edge_agent.updates.errors import UpdateRefused
from models.keys import public_half


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person says of an update."""

    what: What
    name: str
    version: int
    floor: int
    ring: Ring
    life: timedelta
    tolerance: float


def manifest_of(file: Path, wish: Wish, now: datetime) -> UpdateManifest:
    """Runs a detector on the reference picture, reads settings as a box would.  Raises ModelError,
    UpdateRefused, OSError."""
    content = file.read_bytes()
    scores = {}
    if wish.what is What.MODEL:
        scores = selftest.scores_of(file)
    else:
        overlay.parse(content)
    ours = ".".join(str(part) for part in numbers(version("dong-giang-ioc")))
    try:
        return UpdateManifest(
            what=wish.what, name=wish.name, version=wish.version, floor=wish.floor, ring=wish.ring,
            made_at=now, not_after=now + wish.life, bytes=len(content),
            sha256=sha256(content).hexdigest(), minimum_agent=ours, scores=scores,
            tolerance=wish.tolerance,
        )  # fmt: skip
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "manifest"
        raise UpdateRefused(f"{key}: {first['msg']}") from None


def sign(manifest: UpdateManifest, key: Ed25519PrivateKey, signer: str) -> Offer:
    text = manifest.model_dump_json()
    line = signature_line(public_half(key, signer), key.sign(signed_bytes(text)))
    return Offer(manifest=text, signature=line.decode().rstrip("\n"))
