"""A token of the simulation's own, for as long as it posts."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from contracts.clock import utc_now
from hub import tokens
from hub.config import HubConfig
from hub.provenance import Entrance, Provenance
from hub.server import open_database

VALID = timedelta(days=60)


@contextmanager
def own_token(config: HubConfig) -> Iterator[str]:
    """All kinds, only as demo; revoked at the end, which of a live run is Ctrl-C."""
    database = open_database(config)
    name = f"mo-phong-{secrets.token_hex(4)}"
    rights = tokens.Rights(kinds=frozenset(tokens.KINDS), demo=True)
    try:
        with database.work() as work:
            secret = tokens.create(work, name, rights, valid=VALID, provenance=_by_command())
        try:
            yield secret
        finally:
            with database.work() as work:
                tokens.revoke(work, name, _by_command())
    finally:
        database.close()


def _by_command() -> Provenance:
    return Provenance(
        source="mo-phong", actor="ioc simulate", entrance=Entrance.PERSON, recorded_at=utc_now(),
        demo=True,
    )  # fmt: skip
