"""The tables of the registry, one SQLite file beside the authority's keys, and its transactions.

The audit is append-only: triggers of the database refuse to change or delete an entry, and each
entry carries the hash of the one before it (provisioning/audit.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    Column,
    Connection,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
)

from contracts import files

FILE = "registry.db"
metadata = MetaData()

devices = Table(
    "devices",
    metadata,
    Column("name", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("state", String, nullable=False),
    Column("lat", Float),
    Column("lon", Float),
    Column("commune", String, nullable=False, default=""),
    Column("cameras", JSON, nullable=False),
    Column("photo", String, nullable=False, default=""),
    Column("added_at", String, nullable=False),
)
certificates = Table(
    "certificates",
    metadata,
    Column("serial", String, primary_key=True),
    Column("name", String, nullable=False, index=True),
    Column("purpose", String, nullable=False),
    Column("key_id", String, nullable=False, index=True),
    Column("pem", Text, nullable=False),
    Column("issued_at", String, nullable=False),
    Column("expires_at", String, nullable=False),
    Column("revoked_at", String),
    Column("reason", String),
)
tokens = Table(
    "tokens",
    metadata,
    Column("device", String, ForeignKey("devices.name"), primary_key=True),
    Column("hash", LargeBinary, nullable=False),
    Column("expires_at", String, nullable=False),
    Column("serial", String),
)
brokers = Table(
    "brokers",
    metadata,
    Column("folder", String, primary_key=True),
    Column("pid_file", String, nullable=False, default=""),
    Column("hosts", JSON, nullable=False),
    Column("port", Integer, nullable=False),
)
lists = Table(
    "revocation_lists",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("pem", Text, nullable=False),
)
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False, index=True),
    Column("detail", JSON, nullable=False),
    Column("hash", String, nullable=False),
)
for _deed in ("UPDATE", "DELETE"):
    event.listen(
        audit,
        "after_create",
        DDL(  # type: ignore[no-untyped-call]
            f"CREATE TRIGGER audit_no_{_deed.lower()} BEFORE {_deed} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
        ),
    )


ENROLMENT = "enrolment:"
"""Before the address of a box that enrols, which has no name yet that can be believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """When something is done, and by whom: a person, a device, or an address."""

    at: datetime
    actor: str


class Store:
    """The registry's file; made, readable by its owner alone, if it is not there."""

    def __init__(self, folder: Path) -> None:
        path = folder / FILE
        if not path.exists():
            files.create(path, b"", files.PRIVATE)
        self._engine = create_engine(f"sqlite:///{path}")
        event.listen(self._engine, "connect", _prepare)
        with self.work() as connection:
            metadata.create_all(connection)

    @contextmanager
    def work(self) -> Iterator[Connection]:
        """A write transaction, durable at the end, undone on an error."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield connection

    def close(self) -> None:
        self._engine.dispose()


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # writers begin with BEGIN IMMEDIATE
    for pragma in ("busy_timeout = 30000", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
