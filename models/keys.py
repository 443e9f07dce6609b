"""Key pairs for signing detectors: Ed25519, PEM.  The private half belongs in no repository."""

import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_agent.trust import MOST_KEY_BYTES, PublicKey

PRIVATE_MODE, PUBLIC_MODE = 0o600, 0o644


class BadKeyFile(Exception):
    """A key file that cannot be made or used; names the file, the reason and the remedy."""

    def __init__(self, *, path: Path, reason: str, remedy: str) -> None:
        self.path = path
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"key {path}: {reason}; {remedy}")


def make_pair(private: Path, passphrase: str | None = None) -> PublicKey:
    """Writes `private` (mode 0600) and, beside it, its public half `.pub`; overwrites neither."""
    public = private.with_suffix(".pub")
    for path in (private, public):
        if path.exists() or private == public:
            raise BadKeyFile(
                path=path, reason="is there already", remedy="name a new file, such as release.pem"
            )
    key = Ed25519PrivateKey.generate()
    hidden = (
        serialization.BestAvailableEncryption(passphrase.encode())
        if passphrase
        else serialization.NoEncryption()
    )
    pem = serialization.Encoding.PEM
    text = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, hidden)
    _write_new(private, text, PRIVATE_MODE)
    shown = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    _write_new(public, shown, PUBLIC_MODE)
    return public_half(key, public.stem)


def read_private(path: Path, passphrase: str | None = None) -> Ed25519PrivateKey:
    """Raises BadKeyFile; refuses a file that others of this machine can read."""
    if not path.is_file():
        raise BadKeyFile(
            path=path, reason="no such file", remedy="make one with `ioc model keygen --out FILE`"
        )
    if (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077:
        raise BadKeyFile(
            path=path, reason=f"others may read it (mode {mode:04o})", remedy=f"chmod 600 {path}"
        )
    try:
        with path.open("rb") as file:
            pem = file.read(MOST_KEY_BYTES)
        secret = passphrase.encode() if passphrase else None
        key = serialization.load_pem_private_key(pem, secret)
    except TypeError:
        needed = "needs a passphrase" if passphrase is None else "is not encrypted"
        remedy = "give --passphrase-file or --passphrase-env only if it was made with one"
        raise BadKeyFile(path=path, reason=needed, remedy=remedy) from None
    except (OSError, ValueError) as wrong:
        reason = f"not a private key in PEM, or another passphrase ({type(wrong).__name__})"
        raise BadKeyFile(path=path, reason=reason, remedy="name the right file") from None
    if not isinstance(key, Ed25519PrivateKey):
        remedy = "make one with `ioc model keygen --out FILE`"
        raise BadKeyFile(path=path, reason="a key, but not an Ed25519 one", remedy=remedy)
    return key


def public_half(key: Ed25519PrivateKey, name: str) -> PublicKey:
    return PublicKey(name=name, raw=key.public_key().public_bytes_raw())


def _write_new(path: Path, content: bytes, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as trouble:
        reason = trouble.strerror or "cannot be written"
        raise BadKeyFile(path=path, reason=reason, remedy="name another file") from None
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)
