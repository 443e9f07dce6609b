"""Connectors on a schedule: what came and where to go on are stored together."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from hub import feeds
from hub.database import Database
from hub.entrances.admit import Gate, Source
from hub.entrances.faults import Fault
from hub.entrances.pull.connector import Pulled, PullFailed, State
from hub.entrances.pull.schedule import Puller, Schedule, backoff_s
from hub.records import feeds as feeds_table
from hub.records import observations
from tests.hub.test_admission import figure
from tests.waiting import until

SOURCE = Source(name="his", subsystem="health")
GOOD, UNKNOWN = figure(), figure(unit="99999")


class Fake:
    """A connector that does what it is told."""

    source = SOURCE
    every_s = 900.0

    def __init__(self, *steps: Callable[[], Pulled]) -> None:
        self.steps = list(steps)
        self.states: list[State] = []
        self.closed = False

    def pull(self, state: State) -> Pulled:
        self.states.append(state)
        return self.steps.pop(0)()

    def close(self) -> None:
        self.closed = True


def brings(*bodies: Any, faults: tuple[Fault, ...] = (), more: bool = False, **state: Any) -> Any:
    return lambda: Pulled(bodies=bodies, faults=faults, state=state, more=more)


def fails(why: str = "HTTP 500", retry_after_s: float | None = None) -> Any:
    def step() -> Pulled:
        raise PullFailed(why, retry_after_s=retry_after_s)

    return step


def feed(database: Database) -> feeds.Feed:
    with database.read() as connection:
        [found] = feeds.known(connection)
    return found


def kept(database: Database) -> int:
    with database.read() as connection:
        return len(connection.execute(select(observations)).all())


def test_what_came_is_stored_with_where_to_go_on(gate: Gate, database: Database) -> None:
    connector = Fake(brings(GOOD, etag="a"), brings(etag="a"))
    puller = Puller(connector, gate)
    assert puller.pull() == 900
    assert puller.pull() == 900
    assert connector.states == [{}, {"etag": "a"}]
    assert (kept(database), feed(database).items) == (1, 1)
    assert feed(database).last_ok_at is not None


def test_a_failure_is_told_and_the_waits_grow(gate: Gate, database: Database) -> None:
    puller = Puller(Fake(fails(), fails("HTTP 502"), brings(GOOD)), gate)
    first, second = puller.pull(), puller.pull()
    assert 675 <= first <= 1_125
    assert 1_350 <= second <= 2_250
    assert feed(database).error == "HTTP 502"
    assert (puller.facts.failures, puller.facts.error) == (2, "HTTP 502")
    puller.pull()
    assert (puller.facts.failures, puller.facts.error, feed(database).error) == (0, "", "")


def test_the_wish_of_the_other_side_is_the_wait(gate: Gate) -> None:
    assert Puller(Fake(fails(retry_after_s=77)), gate).pull() == 77


def test_waits_are_bounded() -> None:
    assert backoff_s(60, 500) <= 3_600 * 1.25
    assert backoff_s(86_400, 500) <= 86_400 * 1.25


def test_a_wrong_row_does_not_stop_the_others_and_is_seen_again(
    gate: Gate, database: Database
) -> None:
    fault = Fault(row=3, column="visits", wrong="không phải số", remedy="")
    connector = Fake(brings(UNKNOWN, GOOD, faults=(fault,), etag="a", since="b"))
    puller = Puller(connector, gate)
    puller.pull()
    assert kept(database) == 1
    assert feed(database).refused == 2
    assert puller.facts.error.startswith("2 rows refused")
    assert gate.state(SOURCE) == {"since": "b"}


def test_rows_that_are_all_wrong_leave_the_source_alive(gate: Gate, database: Database) -> None:
    Puller(Fake(brings(UNKNOWN)), gate).pull()
    assert (kept(database), feed(database).refused) == (0, 1)


def test_more_is_fetched_at_once(gate: Gate) -> None:
    assert Puller(Fake(brings(GOOD, more=True)), gate).pull() == 0


def test_state_survives_a_new_start(gate: Gate, database: Database) -> None:
    Puller(Fake(brings(GOOD, since="x")), gate).pull()
    later = Fake(brings())
    Puller(later, gate).pull()
    assert later.states == [{"since": "x"}]
    with database.read() as connection:
        assert connection.scalar(select(feeds_table.c.entrance)) == "pull"


def test_threads_start_and_stop_and_survive_a_broken_connector(
    gate: Gate, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks() -> Pulled:
        raise RuntimeError("a mistake of ours")

    good, bad = Fake(brings(GOOD)), Fake(breaks)
    schedule = Schedule([bad, good], gate)
    schedule.start()
    until(lambda: kept(database) == 1 and bad.states)
    schedule.stop()
    assert good.closed
    assert bad.closed
    assert "a mistake of ours" in caplog.text
    assert [each.name for each in schedule.facts()] == ["his", "his"]
