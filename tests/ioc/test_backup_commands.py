"""Backups of a hub and of an authority, made and put back by the command."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from contracts.measurement import Measurement
from hub.arrival import line_of
from hub.config import load
from hub.database import upsert
from hub.records import settings
from hub.server import open_database
from hub.timeseries.duck import DuckStore
from ioc import cli
from ioc.broker import free_port
from ioc.exits import Exit
from tests.hub.conftest import NOON
from tests.hub.messages import telemetry

HOLD = """
import sys
from pathlib import Path
from hub.timeseries.copying import copyist
from hub.timeseries.duck import DuckStore
store = DuckStore(Path(sys.argv[1]))
copyist(Path(sys.argv[1]), store).start()
print("held", flush=True)
sys.stdin.read()
"""
"""What a hub does with its series, and no more."""


def configured(folder: Path) -> Path:
    (folder / "secrets").mkdir()
    (folder / "secrets" / "webhook").write_text("a secret\n")
    file = folder / "hub.toml"
    file.write_text(
        '[records]\npath = "hub.db"\n[influx]\napi = "embedded"\n'
        f"[console]\nport = {free_port()}\n"
        '[[webhook]]\nname = "a"\nurl = "https://a.vn/"\nsecret_file = "secrets/webhook"\n'
    )
    return file


def note(file: Path, value: str) -> None:
    """One row and one point that a restored hub must have."""
    database = open_database(load(file))
    with database.work() as work:
        upsert(work.connection, settings, [{"name": "mark", "value": value}])
    database.close()


def noted(file: Path) -> str | None:
    database = open_database(load(file))
    with database.read() as connection:
        value = connection.scalar(select(settings.c.value).where(settings.c.name == "mark"))
    database.close()
    return value


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A hub's files, whose series another process has open."""
    file = configured(tmp_path)
    note(file, "before")
    store = DuckStore(tmp_path / "series.duckdb")
    store.write([line_of(telemetry(NOON, values={"cpu_percent": 7}))])
    store.close()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "series.duckdb")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert holder.stdout
    assert holder.stdout.readline() == b"held\n"
    yield file
    holder.communicate(b"")


def made(folder: Path) -> Path:
    [one] = folder.glob("[0-9]*")
    return one


def test_a_hub_in_use_is_backed_up_and_comes_back_whole(
    held: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "backups"
    assert cli.main(["hub", "backup", "--config", str(held), "--out", str(out)]) == Exit.OK
    assert capsys.readouterr().out.strip() == str(made(out))
    assert (made(out) / "settings" / "secrets" / "webhook").read_text() == "a secret\n"
    new = tmp_path / "new"
    new.mkdir()
    file = configured(new)
    assert cli.main(["hub", "restore", str(made(out)), "--config", str(file)]) == Exit.OK
    assert noted(file) == "before"
    with closing(DuckStore(new / "series.duckdb")) as store:
        assert store.count(Measurement.BOX) == 1


def test_what_is_there_is_set_aside_only_when_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = configured(tmp_path), tmp_path / "backups"
    note(file, "before")
    assert cli.main(["hub", "backup", "--config", str(file), "--out", str(out)]) == Exit.OK
    note(file, "after")
    restore = ["hub", "restore", str(made(out)), "--config", str(file)]
    assert cli.main(restore) == Exit.FAILED
    assert "--replace sets it aside" in capsys.readouterr().err
    assert noted(file) == "after"
    assert cli.main([*restore, "--replace"]) == Exit.OK
    assert noted(file) == "before"
    [aside] = tmp_path.glob("hub.db.before-*")
    with closing(sqlite3.connect(aside)) as old:
        assert old.execute("SELECT value FROM settings WHERE name = 'mark'").fetchall() == [
            ("after",)
        ]


def test_a_damaged_backup_is_not_put_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = configured(tmp_path), tmp_path / "backups"
    note(file, "before")
    cli.main(["hub", "backup", "--config", str(file), "--out", str(out)])
    (made(out) / "records.db").write_bytes(b"x")
    restore = ["hub", "restore", str(made(out)), "--config", str(file), "--replace"]
    assert cli.main(restore) == Exit.FAILED
    assert "records.db is not as it was written" in capsys.readouterr().err
    assert noted(file) == "before"


def test_a_hub_that_is_away_is_not_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = configured(tmp_path)
    assert cli.main(["hub", "health", "--config", str(file)]) == Exit.FAILED
    assert "the hub does not answer" in capsys.readouterr().err


def test_an_authority_comes_back_with_its_registry(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pass").write_text("a long passphrase\n")
    secret = ["--passphrase-file", str(tmp_path / "pass")]
    old, new, out = (str(tmp_path / name) for name in ("old", "new", "out"))
    assert cli.main(["ca", "init", "--authority", old, *secret]) == Exit.OK
    assert cli.main(["device", "add", "thap-prao", "--authority", old, *secret]) == Exit.OK
    assert cli.main(["ca", "backup", "--authority", old, "--out", out]) == Exit.OK
    assert cli.main(["ca", "restore", str(made(Path(out))), "--authority", new]) == Exit.OK
    capsys.readouterr()
    assert cli.main(["device", "list", "--authority", new, *secret]) == Exit.OK
    assert "thap-prao" in capsys.readouterr().out
    assert cli.main(["ca", "audit", "--authority", new, *secret]) == Exit.OK
    assert cli.main(["ca", "restore", str(made(Path(out))), "--authority", new]) == Exit.FAILED
