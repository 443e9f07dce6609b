"""Who stands for a folder of weights: an Ed25519 signature beside its manifest.

`manifest.json.sig` is one line, `ed25519 <key id> <base64 of the signature>`, over `CONTEXT` and
the exact bytes of `manifest.json`.  Detached, because then nothing is parsed that nobody signed.
Keys are PEM, as `openssl` reads and writes them.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from edge_agent.detector import ModelError
from edge_agent.manifest import ANEW, MANIFEST, MOST_BYTES, Manifest, parse

SIGNATURE = f"{MANIFEST}.sig"
CONTEXT = b"dong-giang-ioc model manifest 1\n"
"""Stands before the signed bytes: a signature for another purpose is none here."""
MOST_KEY_BYTES = 4096
_LINE = re.compile(rb"ed25519 ([0-9a-f]{16}) ([A-Za-z0-9+/]{86}==)\n")


class CannotVerify(ModelError):
    """The verifier is missing or sick: nothing is known of the signature, good or bad."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """`name` is its file's; `raw` 32 bytes."""

    name: str
    raw: bytes

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits of its sha256."""
        return hashlib.sha256(self.raw).hexdigest()[:16]

    def __str__(self) -> str:
        return f"{self.name} (key {self.id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """A manifest whose signature is right, and whose it is."""

    manifest: Manifest
    signer: PublicKey


def built_in_key() -> PublicKey:
    """The key of the project's own releases; its private half is in no repository."""
    return read_public(Path(str(files("models") / "weights" / "release.pub")))


def read_public(path: Path) -> PublicKey:
    """A PEM file's Ed25519 public key; raises ModelError, CannotVerify."""
    try:
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
            Ed25519PublicKey,
        )
    except ImportError as missing:
        raise _sick(path, missing) from missing
    remedy = "name the .pub file that `ioc model keygen` wrote"
    pem = _read(path, MOST_KEY_BYTES, remedy)
    try:
        key = serialization.load_pem_public_key(pem)
    except ValueError:
        raise ModelError(path=path, reason="not a public key in PEM", remedy=remedy) from None
    if not isinstance(key, Ed25519PublicKey):
        raise ModelError(path=path, reason="a key, but not an Ed25519 one", remedy=remedy)
    return PublicKey(name=path.stem, raw=key.public_bytes_raw())


def vouch(folder: Path, keys: Sequence[PublicKey]) -> Vouched:
    """The manifest of `folder`, signed by one of `keys`; raises ModelError, CannotVerify."""
    path, content = folder / MANIFEST, read_unverified(folder)
    line = _read(folder / SIGNATURE, MOST_KEY_BYTES, ANEW)
    signer = signer_of(line, CONTEXT + content, keys, path)
    return Vouched(manifest=parse(content, path), signer=signer)


def signer_of(
    line: bytes,
    signed: bytes,
    keys: Sequence[PublicKey],
    path: Path,
    setting: str = "detector.trusted_keys",
) -> PublicKey:
    """Whose signature over `signed` the `line` is; `path` names what it stands beside, `setting`
    where keys are trusted.  Raises ModelError, CannotVerify."""
    shape = _LINE.fullmatch(line)
    if shape is None:
        raise ModelError(
            path=path.with_name(SIGNATURE), reason="not `ed25519 <key id> <signature>`", remedy=ANEW
        )
    key_id = shape[1].decode()
    signer = next((key for key in keys if key.id == key_id), None)
    if signer is None:
        raise ModelError(
            path=path,
            reason=f"signed by the key {key_id}, which is not trusted here",
            remedy=f"if you know whose it is, name its .pub file in {setting}",
        )
    if not _is_right(signer, _decoded(shape[2]), signed, path):
        reason = f"the signature of {signer} does not fit: it was changed after it was signed"
        raise ModelError(path=path, reason=reason, remedy=ANEW)
    return signer


def read_unverified(folder: Path) -> bytes:
    """The manifest's bytes, nobody's word; raises ModelError."""
    path = folder / MANIFEST
    if not path.exists():
        raise ModelError(
            path=path,
            reason="no such file: nobody stands for the weights beside it",
            remedy="sign them with `ioc model sign`, or set detector.unsigned = true for your own",
        )
    return _read(path, MOST_BYTES, ANEW)


def signature_line(signer: PublicKey, signature: bytes) -> bytes:
    """The content of `manifest.json.sig`."""
    return b"ed25519 %s %s\n" % (signer.id.encode(), base64.b64encode(signature))


def _is_right(signer: PublicKey, signature: bytes, signed: bytes, path: Path) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
            Ed25519PublicKey,
        )
    except ImportError as missing:
        raise _sick(path, missing) from missing
    try:
        Ed25519PublicKey.from_public_bytes(signer.raw).verify(signature, signed)
    except InvalidSignature:
        return False
    except UnsupportedAlgorithm as missing:
        raise _sick(path, missing) from missing
    return True


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""  # fits no signature


def _read(path: Path, most: int, remedy: str) -> bytes:
    """At most `most` bytes; a device or a pipe in a file's place is not waited for."""
    if not path.is_file():
        raise ModelError(path=path, reason="no such file", remedy=remedy)
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as trouble:
        reason = trouble.strerror or "cannot be read"
        raise ModelError(path=path, reason=reason, remedy=remedy) from None
    if len(content) > most:
        raise ModelError(path=path, reason=f"more than {most:,} bytes", remedy=remedy)
    return content


def _sick(path: Path, missing: Exception) -> CannotVerify:
    return CannotVerify(
        path=path,
        reason=f"its signature cannot be checked on this machine ({missing})",
        remedy="run pip install 'dong-giang-ioc[edge]'",
    )
