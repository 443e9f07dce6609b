"""An update: one file that boxes run from a moment on, and the signed manifest that vouches for it.

A manifest is a few hundred bytes of JSON; its exact bytes are signed (Ed25519, over `CONTEXT` and
the bytes), so nothing is parsed that nobody signed.  Manifest and signature travel together as an
`Offer`; the file itself comes by another way and is believed for its size and sha256 alone.

`version` counts up; `floor` is the oldest version that a box takes after this one has proven
itself, so that an old manifest, signed in good faith years ago, cannot be played back.
"""

import hashlib
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from contracts.clock import Moment
from contracts.message import Message
from contracts.sighting import Label

CONTEXT = b"dong-giang-ioc update manifest 1\n"
"""Stands before the signed bytes: a signature for another purpose is none here."""
MOST_BYTES = 200_000_000
"""Of a file; the detectors of this project have 4 and 13 MB."""

Score = Annotated[float, Field(ge=0, le=1)]
Version = Annotated[int, Field(ge=1, lt=2**31)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A sha256, hexadecimal."""


class What(StrEnum):
    """What is replaced: the detector's weights, or settings laid over the box's own."""

    MODEL = "model"
    CONFIGURATION = "configuration"


class Ring(StrEnum):
    """How far an update may go, from the few boxes that try it to all."""

    CANARY = "canary"
    FIRST = "first"
    ALL = "all"

    def takes(self, meant_for: "Ring") -> bool:
        """Whether a box of this ring takes what is meant for `meant_for`."""
        order = list(Ring)
        return order.index(self) <= order.index(meant_for)


class UpdateManifest(Message):
    """What is signed.  `scores`: the best score of each class on the reference picture of the
    self-test, within `tolerance`, since processors round differently; of models only."""

    format: Literal[1] = 1
    what: What
    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{0,40}$")]
    version: Version
    floor: Annotated[int, Field(ge=0)] = 0
    ring: Ring = Ring.ALL
    made_at: Moment
    not_after: Moment
    bytes: Annotated[int, Field(gt=0, le=MOST_BYTES)]
    sha256: Digest
    minimum_agent: Annotated[str, StringConstraints(pattern=r"^\d{1,6}\.\d{1,6}\.\d{1,6}$")]
    scores: Annotated[dict[Label, Score], Field(default_factory=dict)]
    tolerance: Score = 0.1

    @model_validator(mode="after")
    def _holds_together(self) -> "UpdateManifest":
        if self.floor > self.version:
            raise ValueError("floor: at most the version itself")
        if self.not_after <= self.made_at:
            raise ValueError("not_after: later than made_at")
        if (self.what is What.MODEL) != bool(self.scores):
            raise ValueError("scores: a model says them, a configuration has none")
        return self

    def __str__(self) -> str:
        return f"{self.what} {self.name} {self.version}"


class Offer(Message):
    """A manifest and who stands for it: `ed25519 <key id> <base64 of the signature>`."""

    manifest: Annotated[str, StringConstraints(min_length=2, max_length=4_096)]
    signature: Annotated[
        str, StringConstraints(pattern=r"^ed25519 [0-9a-f]{16} [A-Za-z0-9+/]{86}==$")
    ]

    @property
    def digest(self) -> str:
        """Names the offer: the sha256 of the manifest's bytes."""
        return hashlib.sha256(self.manifest.encode()).hexdigest()

    @property
    def signed(self) -> bytes:
        """What the signature is over."""
        return signed_bytes(self.manifest)

    def read(self) -> UpdateManifest:
        """Raises ValidationError.  Says nothing of who signed it."""
        return UpdateManifest.model_validate_json(self.manifest)


def signed_bytes(manifest: str) -> bytes:
    return CONTEXT + manifest.encode()
