"""A box that takes updates, and updates whose answer is known."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.sighting import Label
from contracts.update import Offer, UpdateManifest, What, signed_bytes
from edge_agent.config import load
from edge_agent.trust import signature_line
from edge_agent.updates.box import Looks, Updates
from tests.edge_agent.making import NOON
from tests.edge_agent.signed import KEY, public, write_public
from tests.edge_agent.tiny_onnx import METADATA, write_detector

SCORES = {Label.SMOKE: 0.9, Label.FIRE: 0.1}
AGENT = """
telemetry_s = 30
[device]
name = "thap-prao"
[update]
trusted_keys = ["updates.pub"]
probation_s = 600
[[camera]]
name = "bac"
interval_s = 0.1
url = "synthetic:tower?width=320&height=180&ignite_after=-1"
[[camera]]
name = "cong"
scene = "street"
url = "synthetic:street?width=320&height=180&ignite_after=-1"
"""
WELL = Looks(scored=100, failed=0)


def detector(name: str) -> bytes:
    """An ONNX file that always answers SCORES and calls itself `name`."""
    boxes = np.array([[32, 16, 64, 48]], np.float32)
    scores = np.array([[0.9, 0.1]], np.float32)
    with TemporaryDirectory() as folder:
        facts = {**METADATA, "ioc.version": name}
        return write_detector(Path(folder) / "one.onnx", boxes, scores, facts).read_bytes()


def manifest(content: bytes, **changes: Any) -> UpdateManifest:
    what = changes.get("what", What.MODEL)
    facts: dict[str, Any] = {
        "what": what, "name": "tiny", "version": 2, "floor": 1, "made_at": NOON,
        "not_after": NOON + timedelta(days=30), "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(), "minimum_agent": "0.1.0",
        "scores": SCORES if what is What.MODEL else {},
    }  # fmt: skip
    return UpdateManifest(**(facts | changes))


def offer_of(made: UpdateManifest, key: Ed25519PrivateKey = KEY) -> Offer:
    text = made.model_dump_json()
    line = signature_line(public(key), key.sign(signed_bytes(text)))
    return Offer(manifest=text, signature=line.decode().strip())


class Box:
    """An agent's updates with a clock to turn; `measured` is what the self-test sees."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "agent.toml"
        self.config.write_text(AGENT)
        write_public(folder / "updates.pub")
        self.now: datetime = NOON + timedelta(days=1)
        self.seconds = 0.0
        self.measured = dict(SCORES)
        self.tested = 0
        self.updates = self.start()

    def start(self) -> Updates:
        """As after a power cut: all that is known is on disk."""
        base = load(self.config)
        self.updates = Updates(
            path=self.config, base=base, tester=self._test,
            clock=lambda: self.now, monotonic=lambda: self.seconds, look_s=0.01,
        )  # fmt: skip
        self.updates.begin()
        return self.updates

    def _test(self, _path: Path) -> dict[Label, float]:
        self.tested += 1
        return self.measured

    def bring(self, content: bytes, **changes: Any) -> Offer:
        """Signs it, lays the file into the store and adopts it."""
        made = manifest(content, **changes)
        offer = offer_of(made)
        store = self.updates.store
        self.updates.admit(offer)
        store.part_of(made).write_bytes(content)
        store.take_in(made)
        self.updates.adopt(offer, made)
        return offer

    def prove(self) -> None:
        """Runs the probation to its end."""
        self.start()
        self.seconds += 601
        assert not self.updates.judge(WELL)

    @property
    def model(self) -> str:
        """What a start looks with."""
        return self.updates.choose(self.updates.base.detector).model

    def files(self) -> set[str]:
        return {path.name for path in self.updates.store.folder.iterdir()}
