"""The private keys of this room: NIST P-256."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from contracts import keys
from contracts.keys import BadKeyFile, pem

__all__ = ["BadKeyFile", "new_key", "pem", "read_key", "write_key"]


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def write_key(path: Path, key: ec.EllipticCurvePrivateKey, passphrase: str | None = None) -> None:
    """A new file, mode 0600; overwrites none.  Raises BadKeyFile."""
    keys.write(path, pem(key, passphrase))


def read_key(path: Path, passphrase: str | None = None) -> ec.EllipticCurvePrivateKey:
    """Raises BadKeyFile."""
    key = keys.read(path, passphrase, missing="bring it back from the backup")
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BadKeyFile(path=path, reason="not an EC key", remedy="name the right file")
    return key
