"""The same records in a real PostgreSQL."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select

from hub import backup, counters
from hub.config import load
from hub.counters import Counter
from hub.database import Database, open_engine
from hub.feed import Feed
from hub.ledger import Stream, read
from hub.migrations import upgrade
from hub.records import evidence as evidence_table
from hub.records import inbox, incidents, metadata, spool
from hub.retention import forget
from tests.hub.conftest import NOON
from tests.hub.daemons import Daemon, free_port
from tests.hub.messages import evidence, jpeg, sighting, status, telemetry
from tests.hub.test_processor import Hall
from tests.hub.test_retention import KEEP

pytestmark = [
    pytest.mark.skipif(find_spec("psycopg") is None, reason="psycopg is not installed"),
    pytest.mark.skipif(
        not Path("/usr/lib/postgresql").exists(), reason="PostgreSQL is not installed"
    ),
]


def as_its_user(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["runuser", "-u", "postgres", "--"]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
    folder = Path(tempfile.mkdtemp(prefix="ioc-postgres-"))
    prefix, port = as_its_user(folder), free_port()
    data = folder / "data"
    subprocess.run(
        [*prefix, programs / "initdb", "-D", data, "-A", "trust", "-U", "hub", "-E", "UTF8"],
        check=True,
        capture_output=True,
    )
    command = [
        *prefix, str(programs / "postgres"), "-D", str(data), "-p", str(port),
        "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
    ]  # fmt: skip
    ready = [str(programs / "pg_isready"), "-h", "127.0.0.1", "-p", str(port)]
    daemon = Daemon(
        command,
        folder.with_suffix(".log"),
        lambda: subprocess.run(ready, check=False, capture_output=True).returncode == 0,
    )
    daemon.start()
    yield f"postgresql+psycopg://hub@127.0.0.1:{port}/postgres"
    daemon.end()
    shutil.rmtree(folder)
    folder.with_suffix(".log").unlink()


@pytest.fixture
def postgres(server: str) -> Iterator[Database]:
    engine = open_engine(server)
    upgrade(engine)
    opened = Database(engine, Feed())
    yield opened
    with opened.work() as work:
        for table in metadata.sorted_tables:
            work.connection.execute(table.delete())
    opened.close()


def test_the_migrated_tables_are_those_of_the_records(postgres: Database) -> None:
    with postgres.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert list(compare_metadata(context, metadata)) == []


def test_a_fire_goes_the_whole_way(postgres: Database) -> None:
    hall = Hall(postgres)
    picture = jpeg()
    hall.take(status(NOON), sighting(NOON, seq=1))
    hall.take(evidence(NOON, picture, seq=2), picture=picture)
    assert hall.processor.process() == 2
    assert len(hall.rows(incidents)) == len(hall.rows(evidence_table)) == 1
    assert {row.state for row in hall.rows(inbox)} == {"done"}


def test_a_repetition_is_known_and_counted(postgres: Database) -> None:
    hall = Hall(postgres)
    message = telemetry(NOON, seq=4)
    for _ in range(2):
        hall.take(message, message, telemetry(NOON, seq=5))
    with postgres.read() as connection:
        assert connection.scalar(select(func.count()).select_from(spool)) == 2
        assert counters.read(connection)[Counter.DUPLICATES] == 4
        assert read(connection, Stream("thap-prao", message.lane, 1)).spans == [(4, 5)]


def test_a_second_device_of_the_same_name_is_heard(postgres: Database) -> None:
    hall = Hall(postgres)
    hall.take(sighting(NOON))
    hall.take(sighting(NOON))
    assert [row.conflict for row in hall.rows(inbox)] == [False, True]


def test_retention_runs(postgres: Database) -> None:
    assert forget(postgres, KEEP, NOON) == 0


def test_a_backup_comes_back(server: str, postgres: Database, tmp_path: Path) -> None:
    file = tmp_path / "hub.toml"
    file.write_text(f'[records]\nurl = "{server}"\n[console]\nport = {free_port()}\n')
    config = load(file)
    hall = Hall(postgres)
    hall.take(status(NOON), sighting(NOON, seq=1))
    hall.processor.process()
    made = backup.back_up(config, file, tmp_path / "out", NOON)
    assert (made / backup.DUMP).exists()
    with postgres.work() as work:
        work.connection.execute(inbox.delete())
    postgres.close()
    with pytest.raises(backup.Failed, match="pg_restore"):  # the tables are there
        backup.restore(config, made, NOON, replace=False)
    assert hall.rows(inbox) == []
    postgres.close()
    backup.restore(config, made, NOON, replace=True)
    assert len(hall.rows(inbox)) == 1
