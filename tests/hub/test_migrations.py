"""Each version of the tables reaches the newest one, and that one is what records.py says."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from hub.database import open_engine
from hub.migrations import configuration, upgrade
from hub.records import metadata

VERSIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010")


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_engine(f"sqlite:///{tmp_path / 'hub.db'}")


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, metadata))


def test_every_version_has_its_test(engine: Engine) -> None:
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(configuration(connection))
        assert tuple(found.revision for found in script.walk_revisions())[::-1] == VERSIONS
    engine.dispose()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_database_of_an_older_version_reaches_the_newest(engine: Engine, version: str) -> None:
    upgrade(engine, version)
    upgrade(engine)
    assert differences(engine) == []
    engine.dispose()


def test_starting_again_changes_nothing_and_loses_nothing(engine: Engine) -> None:
    upgrade(engine)
    with engine.connect() as connection:
        connection.execute(text("BEGIN"))
        connection.execute(text("INSERT INTO counters VALUES ('x', 7)"))
        connection.commit()
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT value FROM counters")) == 7
    engine.dispose()
