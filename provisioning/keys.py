"""Private keys: NIST P-256, PKCS #8 in PEM, readable by their owner alone."""

import stat
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from contracts import files
from provisioning.errors import BadKeyFile

MOST_BYTES = 8_192


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def pem(key: ec.EllipticCurvePrivateKey, passphrase: str | None = None) -> bytes:
    hidden = (
        serialization.BestAvailableEncryption(passphrase.encode())
        if passphrase
        else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)


def write_key(path: Path, key: ec.EllipticCurvePrivateKey, passphrase: str | None = None) -> None:
    """A new file, mode 0600; overwrites none."""
    try:
        files.create(path, pem(key, passphrase), files.PRIVATE)
    except FileExistsError:
        raise BadKeyFile(
            path=path, reason="is there already", remedy="name another place"
        ) from None
    except OSError as trouble:
        reason = trouble.strerror or "cannot be written"
        raise BadKeyFile(path=path, reason=reason, remedy="name another place") from None


def read_key(path: Path, passphrase: str | None = None) -> ec.EllipticCurvePrivateKey:
    """Raises BadKeyFile; refuses a file that others of this machine can read."""
    if not path.is_file():
        raise BadKeyFile(path=path, reason="no such file", remedy="bring it back from the backup")
    if (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077:
        raise BadKeyFile(
            path=path, reason=f"others may read it (mode {mode:04o})", remedy=f"chmod 600 {path}"
        )
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES)
        key = serialization.load_pem_private_key(text, passphrase.encode() if passphrase else None)
    except TypeError:
        needed = "needs a passphrase" if passphrase is None else "is not encrypted"
        remedy = "give --passphrase-file or --passphrase-env only if it was made with one"
        raise BadKeyFile(path=path, reason=needed, remedy=remedy) from None
    except (OSError, ValueError) as wrong:
        reason = f"not a private key in PEM, or another passphrase ({type(wrong).__name__})"
        raise BadKeyFile(path=path, reason=reason, remedy="give the right passphrase") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BadKeyFile(path=path, reason="not an EC key", remedy="name the right file")
    return key
