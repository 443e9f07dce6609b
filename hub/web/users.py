"""Operators and their passwords: one line each, `name:scrypt:salt:hash`, never the password.

scrypt (RFC 7914) with n = 2^14, r = 8, p = 1: 16 MB and some tens of milliseconds a guess.
"""

import hashlib
import hmac
import secrets
from pathlib import Path

from contracts import files

COST = {"n": 2**14, "r": 8, "p": 1}
LEAST = 10
"""Characters of a password."""
LONGEST = 60
"""Characters of a name."""


class BadUser(ValueError):
    """A name or a password that is not accepted; never shows the password."""

    def __init__(self, *, name: str, why: str) -> None:
        self.name = name
        self.why = why
        super().__init__(f"user {name!r}: {why}")


def add_user(file: Path, name: str, password: str) -> None:
    """Adds `name` or changes the password; the file is written whole and readable by us alone."""
    if not (name.strip() and name.isprintable() and ":" not in name and len(name) <= LONGEST):
        raise BadUser(name=name, why=f"a name has 1 to {LONGEST} printable characters, no colon")
    if len(password) < LEAST:
        raise BadUser(name=name, why=f"a password has at least {LEAST} characters")
    salt = secrets.token_bytes(16)
    known = _read(file) | {name: f"scrypt:{salt.hex()}:{_hash(password, salt).hex()}"}
    text = "".join(f"{one}:{rest}\n" for one, rest in sorted(known.items()))
    files.replace(file, text.encode(), files.PRIVATE)


def is_right(file: Path, name: str, password: str) -> bool:
    """Whether `password` is that of `name`; an unknown name costs as much as a wrong password."""
    entry = _read(file).get(name, f"scrypt:{'00' * 16}:{'00' * 64}")
    _, salt, wanted = entry.split(":")
    return hmac.compare_digest(_hash(password, bytes.fromhex(salt)), bytes.fromhex(wanted))


class Roll:
    """Who may be in, read anew when the file changes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: tuple[int, int] | None = None
        self._marks: dict[str, str] = {}

    def mark(self, name: str) -> str:
        """Changes with the password of `name`; empty for who is not on the roll."""
        try:
            found = self._file.stat()
        except OSError:
            return ""
        seen = (found.st_mtime_ns, found.st_ino)
        if seen != self._seen:
            known = _read(self._file)
            self._marks = {one: _mark(entry) for one, entry in known.items()}
            self._seen = seen
        return self._marks.get(name, "")


def _mark(entry: str) -> str:
    return hashlib.sha256(entry.encode()).hexdigest()[:16]


def _read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split(":", 1) for line in lines if line.count(":") == 3)


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, **COST)
