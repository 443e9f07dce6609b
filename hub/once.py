"""What an installation makes up once and keeps: names and secrets of its own."""

from collections.abc import Callable

from sqlalchemy import select

from hub.database import Database, upsert
from hub.records import settings


def once(database: Database, name: str, make: Callable[[], str]) -> str:
    """The value of `name`; `make` is asked the first time only."""
    with database.work() as work:
        known = work.connection.scalar(select(settings.c.value).where(settings.c.name == name))
        if known is None:
            known = make()
            upsert(work.connection, settings, [{"name": name, "value": known}])
    return str(known)
