"""What is durable, by stream, across restarts and failed transactions."""

import pytest
from sqlalchemy import select

from contracts.identity import Lane
from hub.database import Database
from hub.ledger import Ledger, Stream, missing, read
from hub.records import ledger

ALARM = Stream("thap-prao", Lane.ALARM, 1)


def see(book: Ledger, database: Database, stream: Stream, *seqs: int) -> list[bool]:
    with database.work() as work:
        new = [book.see(work, stream, seq) for seq in seqs]
        book.write(work)
    book.committed()
    return new


def test_a_repetition_is_known_after_a_restart(database: Database) -> None:
    assert see(Ledger(), database, ALARM, 1, 2, 4) == [True, True, True]
    assert see(Ledger(), database, ALARM, 1, 3, 4) == [False, True, False]
    with database.read() as connection:
        assert read(connection, ALARM).spans == [(1, 4)]


def test_lane_epoch_and_device_each_count_for_themselves(database: Database) -> None:
    book = Ledger()
    others = [
        ALARM, Stream("thap-prao", Lane.BULK, 1), Stream("thap-prao", Lane.ALARM, 2),
        Stream("thap-ba", Lane.ALARM, 1),
    ]  # fmt: skip
    assert [see(book, database, stream, 1) for stream in others] == [[True]] * 4


def test_a_failed_transaction_is_forgotten(database: Database) -> None:
    book = Ledger()
    see(book, database, ALARM, 1)

    def fail() -> None:
        with database.work() as work:
            book.see(work, ALARM, 2)
            book.write(work)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    book.failed()
    assert see(book, database, ALARM, 2) == [True]


def test_numbers_in_order_take_one_row(database: Database) -> None:
    book = Ledger()
    for seq in range(1, 50):
        see(book, database, ALARM, seq)
    with database.read() as connection:
        assert [tuple(row) for row in connection.execute(select(ledger))] == [
            ("thap-prao", "alarm", 1, 1, 49)
        ]


def test_missing_ranges_are_read_off(database: Database) -> None:
    see(Ledger(), database, ALARM, 1, 2, 5, 9)
    see(Ledger(), database, Stream("thap-prao", Lane.BULK, 1), 1, 2)
    with database.read() as connection:
        assert missing(connection, "thap-prao") == {ALARM: [(3, 4), (6, 8)]}
        assert missing(connection, "thap-ba") == {}
