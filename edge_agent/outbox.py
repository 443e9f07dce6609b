"""The outbox: what the hub has not receipted yet, on this box's disk.

A row is written with fsync before anything is sent and deleted on the hub's receipt alone.
When the disk or the bulk lane is full, the oldest telemetry is shed first, then pictures, and
counted; an alarm never.  A broken file is set aside and a new epoch begins: the box goes on.
"""

import logging
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts import codec
from contracts.identity import Lane, new_ulid
from contracts.message import Numbered
from contracts.receipt import Receipt
from contracts.topics import Kind

log = logging.getLogger(__name__)

SCHEMA = """
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lane (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY,
    lane TEXT NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL, topic TEXT NOT NULL,
    bytes INTEGER NOT NULL, payload BLOB NOT NULL,
    UNIQUE (lane, seq)
);
"""
SHED_STEP = 200
"""Rows shed at once: enough to matter, few enough for a small transaction."""


class OutboxFull(Exception):
    """The disk takes no more, though the bulk lane was shed; `lane` says what could not be kept."""

    def __init__(self, *, path: Path, lane: Lane, why: str) -> None:
        self.path = path
        self.lane = lane
        self.why = why
        super().__init__(f"outbox {path}: a message of lane {lane} could not be kept ({why})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a message will stand: the first fields of every numbered message."""

    id: str
    device: str
    lane: Lane
    epoch: int
    seq: int

    def fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message but for its place."""

    lane: Lane
    build: Callable[[Place], Numbered]
    jpeg: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A message that waits."""

    lane: Lane
    seq: int
    topic: str
    payload: bytes


class Outbox:
    """Safe in any thread.  `on_put` is called with the lane after each commit."""

    def __init__(self, path: Path, device: str, bulk_bytes: int) -> None:
        self.path = path
        self.device = device
        self.on_put: Callable[[Lane], None] = lambda _lane: None
        self._bulk_bytes = bulk_bytes
        self._lock = threading.Lock()
        self._db = _open_or_replace(path)
        self.epoch = int(self._fact("epoch", _birth_mark))
        self.client_mark = self._fact("client", lambda: secrets.token_hex(6))
        self._waiting_bulk = self._bulk_size()

    def put(self, *drafts: Draft) -> list[Numbered]:
        """All of `drafts` or none, on disk when this returns; raises OutboxFull."""
        try:
            messages = self._commit(drafts)
        except sqlite3.OperationalError as full:
            messages = self._make_room_and_commit(drafts, full)
        for lane in {draft.lane for draft in drafts}:
            self.on_put(lane)
        if self._waiting_bulk > self._bulk_bytes:
            self.shed(self._waiting_bulk - self._bulk_bytes)
        return messages

    def pending(self, lane: Lane, *, after: int, rows: int, size: int) -> list[Row]:
        """What waits after seq `after`, in order: at most `rows`, and `size` bytes or one row."""
        with self._lock:
            cursor = self._db.execute(
                "SELECT seq, topic, payload, bytes FROM message WHERE lane = ? AND seq > ?"
                " ORDER BY seq LIMIT ?",
                (lane, after, rows),
            )
            taken: list[Row] = []
            for seq, topic, payload, length in cursor:
                size -= length
                if size < 0 and taken:
                    break
                taken.append(Row(lane=lane, seq=seq, topic=topic, payload=payload))
            return taken

    def release(self, receipt: Receipt) -> int:
        """Forgets what the hub has; returns how many rows that were.  Other epochs: none."""
        if receipt.epoch != self.epoch or receipt.device != self.device:
            return 0
        ranges = [(span.first, span.last) for span in receipt.spans]
        ranges += [(refusal.seq, refusal.seq) for refusal in receipt.refused]
        with self._lock, self._db:
            freed = sum(
                self._db.execute(
                    "DELETE FROM message WHERE lane = ? AND seq BETWEEN ? AND ?",
                    (receipt.lane, first, last),
                ).rowcount
                for first, last in ranges
            )
        if receipt.lane is Lane.BULK:
            self._waiting_bulk = self._bulk_size()
        return freed

    def waiting(self, lane: Lane) -> int:
        with self._lock:
            query = "SELECT count(*) FROM message WHERE lane = ?"
            count: int = self._db.execute(query, (lane,)).fetchone()[0]
            return count

    def shed_count(self) -> int:
        return int(self._fact("shed", lambda: "0"))

    def shed(self, size: int) -> int:
        """Drops at least `size` bytes of the bulk lane, telemetry before pictures; counts them."""
        dropped = 0
        for telemetry_first in (True, False):
            while size > 0 and (rows := self._oldest_bulk(telemetry_first)):
                self._drop([row[0] for row in rows])
                size -= sum(row[1] for row in rows)
                dropped += len(rows)
        if dropped:
            self._waiting_bulk = self._bulk_size()
            log.warning("outbox: %d messages of the bulk lane shed, oldest first", dropped)
        return dropped

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _make_room_and_commit(
        self, drafts: Sequence[Draft], full: sqlite3.OperationalError
    ) -> list[Numbered]:
        lane = min(draft.lane for draft in drafts)  # "alarm" sorts before "bulk"
        if lane is Lane.ALARM and full.sqlite_errorcode == sqlite3.SQLITE_FULL:
            try:
                self.shed(self._waiting_bulk)
                return self._commit(drafts)
            except sqlite3.OperationalError as still:
                full = still
        raise OutboxFull(path=self.path, lane=lane, why=str(full)) from full

    def _commit(self, drafts: Sequence[Draft]) -> list[Numbered]:
        with self._lock, self._db:
            return [self._insert(draft) for draft in drafts]

    def _insert(self, draft: Draft) -> Numbered:
        seq = self._next_seq(draft.lane)
        message = draft.build(
            Place(id=new_ulid(), device=self.device, lane=draft.lane, epoch=self.epoch, seq=seq)
        )
        payload = codec.encode(message, draft.jpeg)
        self._db.execute(
            "INSERT INTO message (lane, seq, kind, topic, bytes, payload)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (draft.lane, seq, message.kind, str(message.topic), len(payload), payload),
        )
        if draft.lane is Lane.BULK:
            self._waiting_bulk += len(payload)
        return message

    def _next_seq(self, lane: Lane) -> int:
        query = (
            "INSERT INTO lane (name, seq) VALUES (?, 1)"
            " ON CONFLICT (name) DO UPDATE SET seq = seq + 1 RETURNING seq"
        )
        seq: int = self._db.execute(query, (lane,)).fetchall()[0][0]
        return seq

    def _oldest_bulk(self, telemetry_first: bool) -> list[tuple[int, int]]:
        sign = "<>" if telemetry_first else "="
        query = (
            f"SELECT id, bytes FROM message WHERE lane = ? AND kind {sign} ?"  # noqa: S608
            " ORDER BY id LIMIT ?"
        )
        with self._lock:
            return self._db.execute(query, (Lane.BULK, Kind.EVIDENCE, SHED_STEP)).fetchall()

    def _drop(self, ids: Sequence[int]) -> None:
        with self._lock, self._db:
            self._db.executemany("DELETE FROM message WHERE id = ?", [(row,) for row in ids])
            self._db.execute(
                "INSERT INTO fact VALUES ('shed', ?)"
                " ON CONFLICT (name) DO UPDATE SET value = value + ?",
                (str(len(ids)), len(ids)),
            )

    def _bulk_size(self) -> int:
        with self._lock:
            query = "SELECT coalesce(sum(bytes), 0) FROM message WHERE lane = ?"
            size: int = self._db.execute(query, (Lane.BULK,)).fetchone()[0]
            return size

    def _fact(self, name: str, first: Callable[[], str]) -> str:
        with self._lock, self._db:
            self._db.execute("INSERT OR IGNORE INTO fact VALUES (?, ?)", (name, first()))
            query = "SELECT value FROM fact WHERE name = ?"
            return str(self._db.execute(query, (name,)).fetchone()[0])


class _Broken(sqlite3.DatabaseError):
    """The file is no database, or a damaged one; not: the disk or its rights are at fault."""


_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _birth_mark() -> str:
    return str((int(time.time()) << 8 | secrets.randbelow(256)) % 2**40)


def _open_or_replace(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _open(path)
    except _Broken as broken:
        aside = path.with_name(f"{path.name}.broken-{time.time_ns()}")
        path.rename(aside)
        for tail in ("-wal", "-shm"):
            path.with_name(path.name + tail).unlink(missing_ok=True)
        log.error("outbox %s is broken (%s): set aside as %s, a new one begins",
                  path, broken, aside.name)  # fmt: skip
        return _open(path)


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, check_same_thread=False, timeout=10.0)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        verdict = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise _Broken(verdict)
        db.executescript(SCHEMA)
    except sqlite3.DatabaseError as error:
        db.close()
        if getattr(error, "sqlite_errorcode", None) in _BROKEN:
            raise _Broken(str(error)) from error
        raise
    return db
