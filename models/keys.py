"""Key pairs for signing detectors: Ed25519, PEM.  The private half belongs in no repository."""

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts import files, keys
from contracts.keys import BadKeyFile
from edge_agent.trust import PublicKey

__all__ = ["BadKeyFile", "make_pair", "public_half", "read_private"]
MAKE = "make one with `ioc model keygen --out FILE`"


def make_pair(private: Path, passphrase: str | None = None) -> PublicKey:
    """Writes `private` (mode 0600) and, beside it, its public half `.pub`; overwrites neither."""
    public = private.with_suffix(".pub")
    for path in (private, public):
        if path.exists() or private == public:
            raise BadKeyFile(
                path=path, reason="is there already", remedy="name a new file, such as release.pem"
            )
    key = Ed25519PrivateKey.generate()
    keys.write(private, keys.pem(key, passphrase))
    shown = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    keys.write(public, shown, files.PUBLIC)
    return public_half(key, public.stem)


def read_private(path: Path, passphrase: str | None = None) -> Ed25519PrivateKey:
    """Raises BadKeyFile."""
    key = keys.read(path, passphrase, missing=MAKE)
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKeyFile(path=path, reason="a key, but not an Ed25519 one", remedy=MAKE)
    return key


def public_half(key: Ed25519PrivateKey, name: str) -> PublicKey:
    return PublicKey(name=name, raw=key.public_key().public_bytes_raw())
