"""The records database: its engine, its transactions, and what they tell the change feed."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from hub.feed import Feed, Topic

BUSY_TIMEOUT_MS = 30_000
"""Another process (a backup, a person's sqlite3 shell) may hold the file for seconds."""

CACHE_KIB = 2_048
"""Page cache of each connection; the pool keeps few, so memory stays small."""


@dataclass(slots=True, kw_only=True)
class Work:
    """One transaction; what it says has `changed` is published only once it is durable."""

    connection: Connection
    news: list[tuple[Topic, str]] = field(default_factory=list)

    def changed(self, topic: Topic, key: str) -> None:
        if (topic, key) not in self.news:
            self.news.append((topic, key))


class Database:
    """Hands out transactions.  Writers of one process take turns: a queue beats busy-waiting."""

    def __init__(self, engine: Engine, feed: Feed) -> None:
        self.engine = engine
        self.feed = feed
        self._turn = threading.Lock()

    @contextmanager
    def work(self) -> Iterator[Work]:
        """A write transaction: commits at the end, rolls back on an error; then tells the feed."""
        with self._turn, self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            work = Work(connection=connection)
            yield work
            connection.commit()
        for topic, key in work.news:
            self.feed.publish(topic, key)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for queries; sees one consistent state of the database."""
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            yield connection

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        self.engine.dispose()


def open_engine(url: str | URL) -> Engine:
    """An engine for `sqlite:///…` or `postgresql+psycopg://…`."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_size=8, max_overflow=8, pool_pre_ping=True)
    engine = create_engine(
        parsed, pool_size=8, max_overflow=8, connect_args={"check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: writers begin with BEGIN IMMEDIATE, so a
    # transaction that will write never fails half-way on a lock that it cannot upgrade.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"cache_size = -{CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def is_disk_full(error: BaseException) -> bool:
    """True for what SQLite and PostgreSQL raise when no more can be written."""
    if not isinstance(error, OperationalError):
        return False
    name = getattr(error.orig, "sqlite_errorname", "")
    return name in ("SQLITE_FULL", "SQLITE_IOERR_WRITE") or (
        getattr(error.orig, "sqlstate", None) == "53100"
    )


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    overwrite: Sequence[str] = (),
) -> None:
    """Inserts `rows`; of those whose primary key is there, overwrites the columns `overwrite`
    (all, if not said).  All rows have the same columns."""
    if not rows:
        return
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = make(table)
    keys = [column.name for column in table.primary_key]
    names = overwrite or [name for name in rows[0] if name not in keys]
    new = {name: statement.excluded[name] for name in names}
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=new), [dict(row) for row in rows]
    )
