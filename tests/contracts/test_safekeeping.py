"""Backups: whole or not there, and known to be as they were written."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contracts import safekeeping
from contracts.safekeeping import Damaged

NOW = datetime(2026, 11, 28, 2, 30, tzinfo=UTC)


def backup(out: Path, days: int = 0) -> Path:
    now = NOW + timedelta(days=days)
    with safekeeping.filling(out, "hub", now) as folder:
        (folder / "settings").mkdir()
        (folder / "settings" / "hub.toml").write_text("[broker]\n")
    return safekeeping.place(out, now)


def test_a_backup_is_private_and_checks_out(tmp_path: Path) -> None:
    made = backup(tmp_path / "out")
    safekeeping.check(made, "hub")
    assert made.name == "2026-11-28T02-30-00Z"
    assert made.stat().st_mode & 0o777 == 0o700
    assert (made / "settings" / "hub.toml").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lambda made: (made / "settings/hub.toml").write_text("x"), "is not as it was written"),
        (lambda made: (made / "settings/hub.toml").unlink(), "is missing"),
        (lambda made: (made / "manifest.json").unlink(), "no manifest"),
        (lambda made: (made / "manifest.json").write_text("{}"), "no manifest"),
    ],
)
def test_harm_is_found(tmp_path: Path, harm, why: str) -> None:  # type: ignore[no-untyped-def]
    made = backup(tmp_path)
    harm(made)
    with pytest.raises(Damaged, match=why):
        safekeeping.check(made, "hub")


def test_one_kind_is_not_taken_for_another(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="it holds 'hub', not 'authority'"):
        safekeeping.check(backup(tmp_path), "authority")


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full"), safekeeping.filling(tmp_path, "hub", NOW):
        raise OSError("full")
    assert list(tmp_path.iterdir()) == []


def test_one_backup_does_not_overwrite_another(tmp_path: Path) -> None:
    made = backup(tmp_path)
    with pytest.raises(FileExistsError, match="one backup a second"):
        backup(tmp_path)
    safekeeping.check(made, "hub")
    assert list(tmp_path.iterdir()) == [made]


def test_the_newest_stay(tmp_path: Path) -> None:
    made = [backup(tmp_path, days=day) for day in range(4)]
    (tmp_path / "notes").mkdir()
    assert safekeeping.prune(tmp_path, 2) == made[:2]
    assert sorted(tmp_path.iterdir()) == [*made[2:], tmp_path / "notes"]


def test_a_database_in_use_is_copied_as_of_one_moment(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "live")) as live:
        live.execute("PRAGMA journal_mode = WAL")
        live.execute("CREATE TABLE t (n)")
        live.execute("INSERT INTO t VALUES (1)")
        live.commit()
        live.execute("INSERT INTO t VALUES (2)")  # not committed: not in the copy
        safekeeping.copy_sqlite(tmp_path / "live", tmp_path / "copy")
        live.rollback()
    with closing(sqlite3.connect(tmp_path / "copy")) as copy:
        assert copy.execute("SELECT n FROM t").fetchall() == [(1,)]


def test_a_broken_database_is_no_backup(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "live")) as live:
        live.execute("CREATE TABLE t (n)")
        live.executemany("INSERT INTO t VALUES (?)", [("x" * 900,) for _ in range(50)])
        live.commit()
    raw = bytearray((tmp_path / "live").read_bytes())
    raw[4096 + 8 : 4096 + 400] = b"\xff" * 392
    (tmp_path / "live").write_bytes(raw)
    with pytest.raises((Damaged, sqlite3.DatabaseError)):
        safekeeping.copy_sqlite(tmp_path / "live", tmp_path / "copy")
