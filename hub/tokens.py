"""Tokens of other systems: who may hand in which kind, of which subsystems and units, until when.

A token is shown once, when it is made; only its SHA-256 is kept (it is random, so nothing slower
is needed).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from contracts.topics import Kind
from hub import audit
from hub.database import Database, Work
from hub.provenance import Provenance
from hub.records import tokens

PREFIX = "ioc_"
KINDS = (Kind.OBSERVATION, Kind.CASE, Kind.MENTION)
SEEN = timedelta(minutes=1)
"""How exactly the last use is kept: not a write for each request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What a token may; an empty set of subsystems or units means all."""

    kinds: frozenset[Kind]
    subsystems: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    demo: bool = False

    def allow(self, kind: Kind, subsystem: str, unit: str | None) -> bool:
        return (
            kind in self.kinds
            and (not self.subsystems or subsystem in self.subsystems)
            and (not self.units or unit is None or unit in self.units)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    name: str
    rights: Rights
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None

    def valid_at(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


class NameTaken(ValueError):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"a token called {name!r} exists; revoke it or choose another name")


class NoSuchToken(LookupError):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"no token is called {name!r}; `ioc token list` names them")


def create(
    work: Work, name: str, rights: Rights, *, valid: timedelta, provenance: Provenance
) -> str:
    """The secret, for the only time.  Raises NameTaken."""
    if work.connection.scalar(select(tokens.c.name).where(tokens.c.name == name)) is not None:
        raise NameTaken(name)
    secret = PREFIX + secrets.token_urlsafe(32)
    now = provenance.recorded_at
    work.connection.execute(
        insert(tokens).values(
            name=name, hash=_hash(secret), rights=_dump(rights), created_at=now,
            expires_at=now + valid,
        )
    )  # fmt: skip
    audit.note(work, provenance, "token-created", f"token {name}", _dump(rights))
    return secret


def revoke(work: Work, name: str, provenance: Provenance) -> None:
    """At once; raises NoSuchToken."""
    changed = work.connection.execute(
        update(tokens).where(tokens.c.name == name).values(revoked_at=provenance.recorded_at)
    )
    if changed.rowcount == 0:
        raise NoSuchToken(name)
    audit.note(work, provenance, "token-revoked", f"token {name}", {})


def known(work: Work) -> list[Token]:
    return [_token(row) for row in work.connection.execute(select(tokens).order_by(tokens.c.name))]


def find(connection: Connection, secret: str, now: datetime) -> Token | None:
    """The valid token that `secret` is; reads only, so a stranger's guess costs no transaction."""
    row = connection.execute(select(tokens).where(tokens.c.hash == _hash(secret))).one_or_none()
    return token if row is not None and (token := _token(row)).valid_at(now) else None


def used(database: Database, token: Token, now: datetime) -> None:
    """Notes the use of `token`, once in a while."""
    if token.last_used_at is None or now - token.last_used_at > SEEN:
        with database.work() as work:
            where = tokens.c.name == token.name
            work.connection.execute(update(tokens).where(where).values(last_used_at=now))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _dump(rights: Rights) -> dict[str, Any]:
    return {
        "kinds": sorted(kind.value for kind in rights.kinds),
        "subsystems": sorted(rights.subsystems),
        "units": sorted(rights.units),
        "demo": rights.demo,
    }


def _token(row: Row[Any]) -> Token:
    rights = row.rights
    return Token(
        name=row.name,
        rights=Rights(
            kinds=frozenset(Kind(kind) for kind in rights["kinds"]),
            subsystems=frozenset(rights["subsystems"]),
            units=frozenset(rights["units"]),
            demo=bool(rights["demo"]),
        ),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
