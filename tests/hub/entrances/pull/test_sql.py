"""Another system's database, in real SQLite and real PostgreSQL: read, never written."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from contracts.indicator import ObservationBody
from hub.entrances.mapping import Mapping
from hub.entrances.pull.connector import PullFailed
from hub.entrances.pull.sql import Sql
from hub.entrances.settings import Sql as Settings
from tests.hub.test_postgresql import server as server  # noqa: PLC0414  (a fixture)

MAPPING = Mapping.model_validate(
    {
        "title": "T", "decimal": "point", "unit": "station",
        "period": {"of": "day", "date": "day"},
        "observations": [{"measure": "health.visits", "value": "visits", "min": 0}],
    }
)  # fmt: skip

TABLE = "CREATE TABLE report (station TEXT, day DATE, visits NUMERIC, changed TIMESTAMP)"
ROWS = (
    "INSERT INTO report VALUES ('tyt-prao', '2026-04-01', 48, '2026-04-01 08:00:00'), "
    "('tyt-ba', '2026-04-01', 31.5, '2026-04-01 08:05:00'), "
    "('tyt-ba', '2026-04-02', -1, '2026-04-02 08:00:00')"
)
QUERY = "SELECT station, day, visits, changed FROM report"
SINCE = f"{QUERY} WHERE changed >= :since ORDER BY changed"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "his.db"
    connection = sqlite3.connect(path)
    connection.execute(TABLE)
    connection.execute(ROWS)
    connection.commit()
    connection.close()
    return path


def made(url: str, query: str = QUERY, **changes: Any) -> Sql:
    fields = {"name": "his", "subsystem": "health", "mapping": "m", "url": url, "query": query}
    return Sql(Settings.model_validate(fields | changes), MAPPING)


def values(sql: Sql, state: dict[str, Any] | None = None) -> list[float]:
    bodies = sql.pull(state or {}).bodies
    return [body.value for body in bodies if isinstance(body, ObservationBody)]


def test_rows_are_read_by_the_mapping_and_wrong_ones_named(file: Path) -> None:
    pulled = made(f"sqlite:///{file}").pull({})
    assert [fault.row for fault in pulled.faults] == [3]
    first = pulled.bodies[0]
    assert isinstance(first, ObservationBody)
    assert (first.unit, first.value) == ("tyt-prao", 48)
    assert first.period_start == datetime(2026, 3, 31, 17, tzinfo=UTC)


def test_goes_on_from_where_it_was(file: Path) -> None:
    sql = made(f"sqlite:///{file}", SINCE, since_column="changed")
    first = sql.pull({})
    assert first.state == {"since": "2026-04-02 08:00:00"}
    assert len(sql.pull(first.state).bodies) == 0


def test_many_rows_come_in_several_pulls(file: Path) -> None:
    sql = made(f"sqlite:///{file}", SINCE, since_column="changed", max_rows=2)
    first = sql.pull({})
    assert (len(first.bodies), first.more) == (2, True)
    second = sql.pull(first.state)
    assert not second.more
    with pytest.raises(PullFailed, match="max_rows = 1"):
        made(f"sqlite:///{file}", max_rows=1).pull({})


def test_sqlite_is_opened_read_only_and_never_made(file: Path) -> None:
    with pytest.raises(PullFailed, match="unable to open"):
        made(f"sqlite:///{file}.other").pull({})
    assert not Path(f"{file}.other").exists()
    with (
        made(f"sqlite:///{file}")._engine.connect() as connection,
        pytest.raises(Exception, match="readonly"),
    ):
        connection.execute(text("DELETE FROM report"))


def test_a_query_that_does_not_end_is_ended(file: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    with pytest.raises(PullFailed, match="interrupted"):
        made(f"sqlite:///{file}", endless, timeout_s=0.1).pull({})


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"query": "DELETE FROM report"}, "only a SELECT"),
        ({"url": "postgresql+psycopg://a:secret@127.0.0.1/x"}, "password_file"),
        ({"url": "postgresql+psycopg://a@his.example/x"}, "sslmode"),
        ({"url": "nothing"}, "dialect"),
        ({"since_column": "changed"}, ":since"),
        ({"query": SINCE}, "since_column"),
    ],
)
def test_an_unsafe_configuration_is_none(changes: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        made(**({"url": "sqlite:////x"} | changes))


@pytest.fixture
def postgres(server: str) -> str:
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS report"))
        connection.execute(text(TABLE))
        connection.execute(text(ROWS))
    engine.dispose()
    return server


def test_postgresql_is_read_and_goes_on(postgres: str) -> None:
    sql = made(postgres, SINCE, since_column="changed")
    first = sql.pull({})
    assert [body.value for body in first.bodies if isinstance(body, ObservationBody)] == [48, 31.5]
    assert first.state == {"since": "2026-04-02T08:00:00"}
    assert len(sql.pull(first.state).faults) == 1


def test_postgresql_refuses_to_write_and_to_run_on(postgres: str) -> None:
    with (
        made(postgres)._engine.connect() as connection,
        pytest.raises(Exception, match="read-only"),
    ):
        connection.execute(text("DELETE FROM report"))
    with pytest.raises(PullFailed, match="statement timeout"):
        made(postgres, "SELECT pg_sleep(30)", timeout_s=0.2).pull({})
