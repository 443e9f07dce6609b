"""The writer against a store that says everything a store can say."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest
from sqlalchemy import insert, select

from contracts.measurement import Measurement
from hub import counters
from hub.config import HubConfig
from hub.counters import Counter
from hub.database import Database
from hub.records import quarantine, spool
from hub.shed import backlog, bound_spool
from hub.timeseries.point import Sample
from hub.timeseries.store import Misconfigured, Rejected, TooLarge, Unavailable
from hub.timeseries.writer import Writer
from tests.waiting import until

BAD = "bad"


class Store:
    """Takes lines unless told otherwise; refuses a batch with a bad line, or one too large."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.calls = 0
        self.largest = 10**6
        self.failure: Exception | None = None

    def write(self, lines: Sequence[str]) -> None:
        self.calls += 1
        if self.failure is not None:
            raise self.failure
        if len(lines) > self.largest:
            raise TooLarge(store="s", answer="413")
        if BAD in lines:
            raise Rejected(store="s", answer="400: unable to parse")
        self.taken += lines

    def samples(
        self,
        measurement: Measurement,
        field: str,
        tags: Mapping[str, str],
        since: datetime,
        limit: int,
    ) -> list[Sample]:
        return []

    def close(self) -> None:
        pass


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def writer(database: Database, store: Store) -> Writer:
    return Writer(config=HubConfig(), database=database, store=store)


def fill(database: Database, *lines: str) -> None:
    with database.work() as work:
        work.connection.execute(insert(spool), [{"line": line} for line in lines])


def test_lines_go_to_the_store_in_order_and_leave_the_spool(
    database: Database, store: Store, writer: Writer
) -> None:
    fill(database, "a", "b", "c")
    assert writer.write_batch() == 3
    assert store.taken == ["a", "b", "c"]
    assert backlog(database) == 0
    assert writer.write_batch() == 0


@pytest.mark.parametrize("at", [0, 3, 6])
def test_a_bad_line_is_found_and_kept_aside_and_the_others_get_through(
    database: Database, store: Store, writer: Writer, at: int
) -> None:
    lines = [f"good{n}" for n in range(6)]
    fill(database, *lines[:at], BAD, *lines[at:])
    writer.write_batch()
    assert store.taken == lines
    with database.read() as connection:
        [row] = connection.execute(select(quarantine)).all()
        assert counters.read(connection)[Counter.SERIES_REJECTED] == 1
    assert (row.body, row.reason) == (b"bad", "series-rejected")
    assert "unable to parse" in row.detail


def test_a_batch_too_large_is_halved(database: Database, store: Store, writer: Writer) -> None:
    store.largest = 2
    fill(database, *"abcdefg")
    writer.write_batch()
    assert store.taken == list("abcdefg")


@pytest.mark.parametrize(
    "failure",
    [Unavailable(store="s", answer="503"), Misconfigured(store="s", answer="401")],
    ids=["away", "locked out"],
)
def test_a_store_that_is_away_loses_nothing(
    database: Database, store: Store, writer: Writer, failure: Exception
) -> None:
    fill(database, "a", "b")
    store.failure = failure
    writer.start()
    until(lambda: writer.error)
    assert writer.misconfigured is isinstance(failure, Misconfigured)
    assert backlog(database) == 2
    store.failure = None
    until(lambda: store.taken == ["a", "b"])
    until(lambda: not writer.error)
    writer.stop()
    assert backlog(database) == 0


def test_a_store_that_asks_for_a_pause_gets_it(
    database: Database, store: Store, writer: Writer
) -> None:
    fill(database, "a")
    store.failure = Unavailable(store="s", answer="429", retry_after_s=600)
    writer.start()
    until(lambda: store.calls == 1)
    until(lambda: writer.error)
    writer.stop()
    assert store.calls == 1


def test_beyond_the_bound_the_oldest_figures_go_and_are_counted(database: Database) -> None:
    fill(database, *"abcde")
    assert bound_spool(database, 3) == 3
    with database.read() as connection:
        assert connection.scalars(select(spool.c.line)).all() == ["c", "d", "e"]
        assert counters.read(connection)[Counter.SERIES_DROPPED] == 2
    assert bound_spool(database, 3) == 3
