"""What could not be read: bounded, listed, put to use again."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from contracts.codec import encode
from hub import counters, quarantine
from hub.config import Rules
from hub.counters import Counter
from hub.database import Database
from hub.quarantine import BODY_BYTES, NotHeld, Refused
from hub.records import inbox, spool
from hub.replay import NotReplayable, replay
from tests.hub.conftest import NOON
from tests.hub.messages import sighting, telemetry

RULES = Rules()


def keep(database: Database, *bodies: bytes, messages: int = 100, size: int = 10**6) -> None:
    with database.work() as work:
        refused = [_refused(body) for body in bodies]
        quarantine.keep(work, refused, messages=messages, size=size)


def _refused(body: bytes, **changes: Any) -> Refused:
    fields: dict[str, Any] = {
        "topic": "v1/up/thap-prao/alarm/sighting", "body": body, "reason": "malformed",
        "detail": "why", "received_at": NOON,
    }  # fmt: skip
    return Refused(**(fields | changes))


def held(database: Database) -> list[bytes]:
    with database.read() as connection:
        return [quarantine.body(connection, each.id) for each in quarantine.held(connection)][::-1]


def count(database: Database, counter: Counter) -> int:
    with database.read() as connection:
        return counters.read(connection)[counter.value]


def test_the_newest_are_listed_first_without_their_bytes(database: Database) -> None:
    keep(database, b"one", b"three")
    with database.read() as connection:
        newest, oldest = quarantine.held(connection)
    assert (newest.bytes, oldest.bytes, newest.reason) == (5, 3, "malformed")


def test_beyond_the_count_the_oldest_go_and_are_counted(database: Database) -> None:
    keep(database, b"1", b"2", b"3", messages=3)
    keep(database, b"4", b"5", messages=3)
    assert held(database) == [b"3", b"4", b"5"]
    assert count(database, Counter.QUARANTINE_DROPPED) == 2
    assert count(database, Counter.QUARANTINED) == 5


def test_beyond_the_bytes_the_oldest_go(database: Database) -> None:
    keep(database, b"x" * 60, b"y" * 60, b"z" * 30, size=100)
    assert held(database) == [b"y" * 60, b"z" * 30]


def test_a_message_larger_than_the_whole_quarantine_is_counted_and_gone(
    database: Database,
) -> None:
    keep(database, b"x" * 200, size=100)
    assert held(database) == []
    assert count(database, Counter.QUARANTINE_DROPPED) == 1


def test_of_a_monster_the_beginning_is_kept(database: Database) -> None:
    keep(database, b"x" * (BODY_BYTES + 1))
    [body] = held(database)
    assert len(body) == BODY_BYTES
    with database.read() as connection:
        assert quarantine.held(connection)[0].detail == "why [beginning kept]"


def first(database: Database) -> int:
    with database.read() as connection:
        return quarantine.held(connection)[0].id


def test_a_replayed_sighting_waits_for_the_processor(database: Database) -> None:
    message = sighting(NOON)
    keep(database, encode(message))
    with database.work() as work:
        replay(work, first(database), RULES)
    with database.read() as connection:
        assert connection.scalars(select(inbox.c.ulid)).all() == [message.id]
    assert held(database) == []


def test_a_sighting_that_failed_is_processed_anew_and_not_doubled(database: Database) -> None:
    message = sighting(NOON)
    for _ in range(2):
        keep(database, encode(message))
        with database.work() as work:
            replay(work, first(database), RULES)
            work.connection.execute(inbox.update().values(state="done", body=None))
    keep(database, encode(message))
    with database.work() as work:
        replay(work, first(database), RULES)
    with database.read() as connection:
        [row] = connection.execute(select(inbox)).all()
    assert (row.state, row.body) == ("new", encode(message))


def test_a_figure_that_was_ahead_is_taken_when_its_hour_has_come(database: Database) -> None:
    message = telemetry(NOON + timedelta(hours=1))
    with database.work() as work:
        quarantine.keep(
            work,
            [
                _refused(encode(message), topic=str(message.topic), received_at=NOON),
                _refused(
                    encode(message),
                    topic=str(message.topic),
                    received_at=NOON + timedelta(hours=1),
                ),
            ],
            messages=9,
            size=10**6,
        )
    with database.work() as work:
        replay(work, first(database), RULES)
    with database.read() as connection:
        assert len(connection.execute(select(spool)).all()) == 1
    with pytest.raises(NotReplayable, match="set the device's clock"), database.work() as work:
        replay(work, first(database), RULES)


def test_what_is_still_broken_stays_with_its_reason(database: Database) -> None:
    keep(database, b"{")
    number = first(database)
    with pytest.raises(NotReplayable, match="Invalid JSON"), database.work() as work:
        replay(work, number, RULES)
    assert held(database) == [b"{"]


def test_a_number_that_is_not_held_is_named(database: Database) -> None:
    with pytest.raises(NotHeld, match="77"), database.work() as work:
        replay(work, 77, RULES)
    with pytest.raises(NotHeld, match="77"), database.read() as connection:
        quarantine.body(connection, 77)
