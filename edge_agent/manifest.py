"""What a folder of weights says of itself: `manifest.json`, whose exact bytes are signed.

The bytes are canonical JSON (keys sorted, two spaces, UTF-8, one newline at the end).  Other bytes
are refused, so that the same facts are always the same bytes and no key can stand there twice.
`edge_agent.trust` says who signed them.
"""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contracts.sighting import Label
from edge_agent.detector import ModelError

MANIFEST = "manifest.json"
MOST_BYTES = 65_536
"""A manifest is two kilobytes; nothing larger is read."""
ANEW = "copy the whole folder anew"

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Version = Annotated[str, Field(pattern=r"^\d{1,6}\.\d{1,6}\.\d{1,6}(-[0-9A-Za-z.-]{1,30})?$")]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,90}\.onnx$")]
"""A name and no path: weights stand beside their manifest."""
Text = Annotated[str, Field(min_length=1, max_length=1000)]
Score = Annotated[float, Field(ge=0, le=1)]


class Part(BaseModel):
    """Root of what a manifest is made of."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class WeightsFile(Part):
    """One ONNX file; `thresholds` are its suggested single-frame scores, as in its metadata."""

    path: FileName
    bytes: Annotated[int, Field(gt=0)]
    sha256: Sha256
    precision: Literal["fp32", "int8"]
    opset: Annotated[int, Field(gt=0)]
    thresholds: dict[Label, Score]


class Manifest(Part):
    """One release of one detector in all its precisions.

    `input` and `output` say what stands before and after the network; `training_data_sha256`
    names the manifest of the pictures it was trained on; `minimum_agent` is the oldest agent
    whose code around the network fits.
    """

    format: Literal[1] = 1
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]
    version: Version
    released: date
    minimum_agent: Version
    input: Text
    output: Text
    default_size: Annotated[int, Field(ge=32, le=4096)]
    classes: Annotated[tuple[Label, ...], Field(min_length=1)]
    training_data_sha256: Sha256
    licence: Text
    files: Annotated[tuple[WeightsFile, ...], Field(min_length=1, max_length=16)]

    def encode(self) -> bytes:
        """The bytes that are signed."""
        return canonical(self.model_dump(mode="json"))

    def file(self, name: str) -> WeightsFile | None:
        return next((one for one in self.files if one.path == name), None)


def canonical(value: Any) -> bytes:
    """Raises ValueError for what JSON cannot say."""
    text = json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def parse(content: bytes, path: Path) -> Manifest:
    """The manifest in `content`, bytes of the file `path`; raises ModelError."""
    try:
        if canonical(json.loads(content)) != content:
            raise ValueError("it is not in canonical form, or a key stands in it twice")
        return Manifest.model_validate_json(content)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise _unfit(path, f"key {key!r}: {first['msg']}") from None
    except (ValueError, RecursionError) as wrong:
        raise _unfit(path, str(wrong)[:200]) from None


def read_checked(weights: Path, manifest: Manifest) -> bytes:
    """The bytes of `weights`, if they are those that the manifest names; raises ModelError."""
    named = manifest.file(weights.name)
    if named is None:
        raise ModelError(
            path=weights,
            reason=f"{MANIFEST} beside it is of {manifest.name} and does not name this file",
            remedy=f"it names {', '.join(one.path for one in manifest.files)}; {ANEW}",
        )
    try:
        size = weights.stat().st_size
        content = weights.read_bytes() if size == named.bytes else b""
    except OSError as missing:
        raise ModelError(
            path=weights, reason=missing.strerror or "cannot be read", remedy=ANEW
        ) from None
    if size != named.bytes:
        reason = f"it has {size:,} bytes, its manifest says {named.bytes:,}"
        raise ModelError(path=weights, reason=reason, remedy=ANEW)
    if (digest := hashlib.sha256(content).hexdigest()) != named.sha256:
        reason = f"its sha256 is {digest[:16]}…, its manifest says {named.sha256[:16]}…"
        raise ModelError(path=weights, reason=reason, remedy=ANEW)
    return content


def _unfit(path: Path, reason: str) -> ModelError:
    return ModelError(
        path=path, reason=f"not a manifest ({reason})", remedy="write it with `ioc model sign`"
    )
