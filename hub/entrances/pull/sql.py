"""Another system's database: one SELECT, read only, bounded in rows and seconds."""

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, NullPool, RowMapping, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from contracts.configuration import secret
from hub.entrances.admit import Source
from hub.entrances.mapping import Mapping
from hub.entrances.pull.connector import Pulled, PullFailed, State
from hub.entrances.pull.records import read
from hub.entrances.pull.select import only_select
from hub.entrances.settings import Sql as Settings

CONNECT_S = 10
STEPS = 10_000
"""SQLite looks at the clock after so many of its instructions (some microseconds)."""


class Sql:
    """One query."""

    def __init__(self, settings: Settings, mapping: Mapping) -> None:
        only_select(settings.query)
        self._settings = settings
        self._mapping = mapping
        self._engine = _engine(settings)
        self.source = Source(name=settings.name, subsystem=settings.subsystem)
        self.every_s = settings.every_s

    def close(self) -> None:
        self._engine.dispose()

    def pull(self, state: State) -> Pulled:
        since = state.get("since", self._settings.since_start)
        rows = self._rows(since)
        full = len(rows) > self._settings.max_rows
        rows = rows[: self._settings.max_rows]
        kept = self._after(rows, since)
        if full and kept.get("since", since) == since:
            raise PullFailed(
                f"more than max_rows = {self._settings.max_rows} rows at once; raise max_rows, or "
                "give since_column and order the query by it"
            )
        bodies, faults = read((dict(row) for row in rows), self._mapping)
        return Pulled(bodies=tuple(bodies), faults=tuple(faults), state=kept, more=full)

    def _rows(self, since: Any) -> Sequence[RowMapping]:
        given = {"since": since} if self._settings.since_column else {}
        try:
            with self._engine.connect() as connection:
                answer = connection.execution_options(stream_results=True).execute(
                    text(self._settings.query), given
                )
                with closing(answer):
                    rows = answer.mappings().fetchmany(self._settings.max_rows + 1)
                connection.rollback()
                return rows
        except (SQLAlchemyError, sqlite3.Error) as wrong:
            said = str(getattr(wrong, "orig", None) or wrong).partition("\n")[0]
            raise PullFailed(f"{type(wrong).__name__}: {said}"[:300]) from None

    def _after(self, rows: Sequence[RowMapping], since: Any) -> dict[str, Any]:
        column = self._settings.since_column
        if not column:
            return {}
        if not rows:
            return {"since": since}
        if column not in rows[-1]:
            raise PullFailed(f"since_column: the query has no column {column!r}")
        return {"since": _plain(rows[-1][column], since)}


def _plain(value: Any, before: Any) -> Any:
    """As JSON keeps it and the database takes it back; the old one for NULL."""
    if value is None:
        return before
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value if isinstance(value, str | int | float) else str(value)


def _engine(settings: Settings) -> Engine:
    url = make_url(settings.url)
    password = secret(settings.password_file, settings.password_env)
    if password is not None:
        url = url.set(password=password)
    match url.get_backend_name():
        case "sqlite":
            return _sqlite(url, settings.timeout_s)
        case "postgresql":
            options = (
                "-c default_transaction_read_only=on "
                f"-c statement_timeout={int(settings.timeout_s * 1000)}"
            )
            arguments = {"options": options, "connect_timeout": CONNECT_S}
            return create_engine(url, poolclass=NullPool, connect_args=arguments)
        case _:
            return create_engine(url, poolclass=NullPool)


def _sqlite(url: URL, timeout_s: float) -> Engine:
    def connect() -> sqlite3.Connection:
        place = Path(url.database or "").absolute().as_uri()
        connection = sqlite3.connect(f"{place}?mode=ro", uri=True, timeout=timeout_s)
        end = time.monotonic() + timeout_s
        connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
        return connection

    return create_engine("sqlite://", creator=connect, poolclass=NullPool)
