"""Private keys in files: PEM, readable by their owner alone.  Which kind of key is the caller's."""

import stat
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from contracts import files

MOST_BYTES = 8_192
PASSPHRASE = "give --passphrase-file or --passphrase-env only if it was made with one"  # noqa: S105


class BadKeyFile(ValueError):
    """A key file that cannot be made or used; names the file, the reason and the remedy."""

    def __init__(self, *, path: Path, reason: str, remedy: str) -> None:
        self.path = path
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"key {path}: {reason}; {remedy}")


def pem(key: PrivateKeyTypes, passphrase: str | None = None) -> bytes:
    """PKCS #8, encrypted if there is a passphrase."""
    hidden = (
        serialization.BestAvailableEncryption(passphrase.encode())
        if passphrase
        else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)


def write(path: Path, content: bytes, mode: int = files.PRIVATE) -> None:
    """A new file; overwrites none.  Raises BadKeyFile."""
    try:
        files.create(path, content, mode)
    except OSError as trouble:
        there = isinstance(trouble, FileExistsError)
        reason = "is there already" if there else trouble.strerror or "cannot be written"
        raise BadKeyFile(path=path, reason=reason, remedy="name another file") from None


def read(path: Path, passphrase: str | None, *, missing: str) -> PrivateKeyTypes:
    """Raises BadKeyFile (`missing` is the remedy where there is no file); refuses a file that
    others of this machine can read."""
    if not path.is_file():
        raise BadKeyFile(path=path, reason="no such file", remedy=missing)
    if (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077:
        raise BadKeyFile(
            path=path, reason=f"others may read it (mode {mode:04o})", remedy=f"chmod 600 {path}"
        )
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES)
        return serialization.load_pem_private_key(text, passphrase.encode() if passphrase else None)
    except TypeError:
        needed = "needs a passphrase" if passphrase is None else "is not encrypted"
        raise BadKeyFile(path=path, reason=needed, remedy=PASSPHRASE) from None
    except (OSError, ValueError) as wrong:
        reason = f"not a private key in PEM, or another passphrase ({type(wrong).__name__})"
        remedy = "name the right file, give the right passphrase"
        raise BadKeyFile(path=path, reason=reason, remedy=remedy) from None
