"""A folder of ONNX files becomes a release: what they say of themselves in a manifest, signed.

Needs onnx, which boxes do not carry; `edge_agent.trust` is what reads the outcome.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import onnx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from edge_agent.detector import ModelError
from edge_agent.manifest import MANIFEST, Manifest
from edge_agent.trust import CONTEXT, SIGNATURE, Vouched, signature_line, vouch
from models.keys import public_half

STANDARD_DOMAIN = ""
IN_BYTES = "-int8"
"""What the version of a quantised file ends with."""
SHARED = (
    "version",
    "classes",
    "input",
    "output",
    "default_size",
    "training_data_sha256",
    "licence",
)
"""What all files of one release say alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One ONNX file: what it shares with its siblings, and its own line of the manifest."""

    name: str
    shared: Mapping[str, str]
    line: Mapping[str, object]


def sign(folder: Path, key: Ed25519PrivateKey, signer: str, released: date) -> Vouched:
    """Writes manifest and signature over all `*.onnx` of `folder`; raises ModelError."""
    content = manifest_of(folder, released).encode()
    public = public_half(key, signer)
    (folder / MANIFEST).write_bytes(content)
    (folder / SIGNATURE).write_bytes(signature_line(public, key.sign(CONTEXT + content)))
    return vouch(folder, [public])


def manifest_of(folder: Path, released: date) -> Manifest:
    """From the files' own metadata; raises ModelError where they contradict each other."""
    described = [describe(path) for path in sorted(folder.glob("*.onnx"))]
    if not described:
        raise ModelError(
            path=folder, reason="no .onnx file in it", remedy="name the folder of the weights"
        )
    _agree(folder, described)
    shared = dict(described[0].shared)
    facts = shared | {
        "name": described[0].name,
        "released": released,
        "minimum_agent": version("dong-giang-ioc"),
        "classes": shared["classes"].split(","),
        "files": [one.line for one in described],
    }
    try:
        return Manifest.model_validate(facts)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ModelError(
            path=folder, reason=f"{key}: {first['msg']}", remedy="export the weights anew"
        ) from None


def describe(path: Path) -> Described:
    """What `path` says of itself; raises ModelError when it is not a detector of ours."""
    content = path.read_bytes()
    try:
        model = onnx.load_from_string(content)
        told = {prop.key.removeprefix("ioc."): prop.value for prop in model.metadata_props}
        told["version"] = told["version"].removesuffix(IN_BYTES)
        shared = {key: told[key] for key in SHARED}
        thresholds = json.loads(told["thresholds"])
        opset = next(one.version for one in model.opset_import if one.domain == STANDARD_DOMAIN)
    except Exception as wrong:  # protobuf's own errors have no common root but this
        reason = f"not a detector of ours ({type(wrong).__name__}: {str(wrong)[:100]})"
        raise ModelError(path=path, reason=reason, remedy="export it with models.export") from wrong
    in_bytes = any(node.op_type == "QuantizeLinear" for node in model.graph.node)
    line = {
        "path": path.name,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "precision": "int8" if in_bytes else "fp32",
        "opset": opset,
        "thresholds": thresholds,
    }
    return Described(name=model.graph.name, shared=shared, line=line)


def _agree(folder: Path, described: Sequence[Described]) -> None:
    first = described[0]
    for other in described[1:]:
        for key in SHARED:
            if other.shared[key] != first.shared[key]:
                raise ModelError(
                    path=folder / str(other.line["path"]),
                    reason=f"its {key} is {other.shared[key]!r}, that of "
                    f"{first.line['path']} is {first.shared[key]!r}",
                    remedy="release both from one checkpoint, or keep them in two folders",
                )
