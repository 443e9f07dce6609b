"""From a delivery to what is durable, acknowledged and receipted."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Row, Table, event, func, select, text
from sqlalchemy.exc import OperationalError

from contracts.codec import encode
from contracts.identity import Lane
from contracts.trust import TrustReport
from hub import counters
from hub.config import HubConfig
from hub.counters import Counter
from hub.database import Database, Work, is_disk_full
from hub.devices import Devices
from hub.inbox import Inbox
from hub.records import devices, inbox, quarantine, spool
from hub.shed import backlog
from tests.hub.conftest import NOON
from tests.hub.messages import Wire, evidence, jpeg, sighting, status, telemetry
from tests.waiting import until

HOUR = timedelta(hours=1)


class Stored:
    """What the processor and the writer were told."""

    def __init__(self) -> None:
        self.calls: list[tuple[bool, bool]] = []

    def __call__(self, rows: bool, lines: bool) -> None:
        self.calls.append((rows, lines))


def untold(_work: Work, _report: TrustReport) -> None:
    raise AssertionError("nobody reported")


def inbox_of(database: Database, stored: Stored) -> Inbox:
    return Inbox(
        config=HubConfig(),
        database=database,
        devices=Devices(database),
        on_stored=stored,
        on_trust=untold,
    )


@pytest.fixture
def stored() -> Stored:
    return Stored()


@pytest.fixture
def door(database: Database, stored: Stored) -> Iterator[Inbox]:
    made = inbox_of(database, stored)
    yield made
    made.intake.close()


@pytest.fixture
def wire() -> Wire:
    return Wire()


def rows(database: Database, table: Table) -> list[Row[Any]]:
    with database.read() as connection:
        return list(connection.execute(select(table)))


def counted(database: Database, counter: Counter) -> int:
    with database.read() as connection:
        return counters.read(connection)[counter.value]


def spans(wire: Wire) -> list[tuple[int, int]]:
    return [(span.first, span.last) for receipt in wire.receipts for span in receipt.spans]


def test_a_sighting_is_stored_then_acknowledged_then_receipted(
    door: Inbox, database: Database, wire: Wire, stored: Stored
) -> None:
    message = sighting(NOON, seq=3)
    door.store([wire.delivers(message, NOON)])
    [row] = rows(database, inbox)
    assert (row.ulid, row.state, row.late, row.body) == (message.id, "new", False, encode(message))
    assert wire.acknowledged == ["v1/up/thap-prao/alarm/sighting"]
    assert spans(wire) == [(3, 3)]
    assert stored.calls == [(True, False)]
    assert door.last_message_at == NOON


def test_a_figure_becomes_a_line_in_the_spool(
    door: Inbox, database: Database, wire: Wire, stored: Stored
) -> None:
    door.store([wire.delivers(telemetry(NOON, seq=n), NOON) for n in (1, 2, 3)])
    assert [row.line.split()[1] for row in rows(database, spool)] == ["cpu_percent=12.0"] * 3
    assert rows(database, inbox) == []
    assert spans(wire) == [(1, 3)]
    assert stored.calls == [(False, True)]


def test_a_repetition_is_receipted_again_and_stored_never(
    door: Inbox, database: Database, wire: Wire
) -> None:
    message = sighting(NOON)
    for _ in range(2):
        door.store([wire.delivers(message, NOON), wire.delivers(message, NOON)])
    assert len(rows(database, inbox)) == 1
    assert len(wire.acknowledged) == 4
    assert spans(wire) == [(1, 1), (1, 1)]
    assert counted(database, Counter.DUPLICATES) == 3


def test_a_second_device_of_the_same_name_is_heard_and_marked(
    door: Inbox, database: Database, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    mine, clone = sighting(NOON), sighting(NOON)
    door.store([wire.delivers(mine, NOON), wire.delivers(clone, NOON)])
    door.store([wire.delivers(clone, NOON)])
    assert [(row.ulid, row.conflict) for row in rows(database, inbox)] == [
        (mine.id, False),
        (clone.id, True),
    ]
    assert counted(database, Counter.CONFLICTS) == 1
    assert "two devices call themselves thap-prao" in caplog.text


def test_a_replaced_disk_counts_from_one_again_and_is_heard(
    door: Inbox, database: Database, wire: Wire
) -> None:
    for epoch in (1, 2):
        door.store([wire.delivers(telemetry(NOON, seq=1, epoch=epoch), NOON)])
    assert backlog(database) == 2


@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    [
        ("v1/up/thap-prao/alarm/sighting", b"{", "malformed"),
        ("v1/up/thap-prao/alarm/sighting", b"\xff\x00", "malformed"),
        ("v1/up/thap-prao/alarm/sighting", b"[" * 9000, "malformed"),
        ("v1/up/thap-prao/bulk/telemetry", b"x" * 20_000, "oversized"),
        ("v1/up/thap-prao/bulk/sighting", b"{}", "topic"),
        ("v1/up/THAP/alarm/sighting", b"{}", "topic"),
        ("v2/up/thap-prao/alarm/sighting", b"{}", "topic"),
        ("v1/down/thap-prao/receipt", b"{}", "malformed"),
        ("v1/up/thap-prao/status", b"{}", "malformed"),
        ("v1/up/thap-prao/bulk/telemetry", b"", "malformed"),
    ],
)
def test_what_cannot_be_read_is_kept_with_its_reason_and_acknowledged(
    door: Inbox, database: Database, wire: Wire, topic: str, payload: bytes, reason: str
) -> None:
    door.store([wire.brings(topic, payload, NOON)])
    [row] = rows(database, quarantine)
    assert (row.topic, row.body, row.reason) == (topic, payload, reason)
    assert wire.acknowledged == [topic]
    assert counted(database, Counter.QUARANTINED) == 1


def test_an_unknown_version_is_refused_by_its_number(
    door: Inbox, database: Database, wire: Wire
) -> None:
    message = sighting(NOON, seq=5)
    payload = encode(message).replace(b'"v":1', b'"v":2')
    door.store([wire.brings(str(message.topic), payload, NOON)])
    assert [row.reason for row in rows(database, quarantine)] == ["unknown-version"]
    [refusal] = wire.receipts[0].refused
    assert refusal.seq == 5
    assert refusal.reason.startswith("unknown-version")


def test_a_refused_message_that_comes_again_is_receipted_as_known(
    door: Inbox, database: Database, wire: Wire
) -> None:
    message = sighting(NOON, seq=5)
    payload = encode(message).replace(b'"v":1', b'"v":2')
    for _ in range(2):
        door.store([wire.brings(str(message.topic), payload, NOON)])
    assert len(rows(database, quarantine)) == 1
    assert spans(wire) == [(5, 5)]


def test_another_device_in_the_payload_than_in_the_topic_is_a_mismatch(
    door: Inbox, database: Database, wire: Wire
) -> None:
    payload = encode(sighting(NOON))
    door.store([wire.brings("v1/up/thap-ba/alarm/sighting", payload, NOON)])
    assert [row.reason for row in rows(database, quarantine)] == ["mismatch"]


def test_a_future_dated_figure_is_quarantined_and_refused(
    door: Inbox, database: Database, wire: Wire
) -> None:
    door.store([wire.delivers(telemetry(NOON + HOUR, seq=9), NOON)])
    assert [row.reason for row in rows(database, quarantine)] == ["future-dated"]
    assert wire.receipts[0].refused[0].seq == 9
    assert backlog(database) == 0


def test_a_future_dated_alarm_is_taken_corrected_and_counted(
    door: Inbox, database: Database, wire: Wire
) -> None:
    door.store([wire.delivers(sighting(NOON + HOUR), NOON)])
    [row] = rows(database, inbox)
    assert (row.captured_at, row.clock_suspect) == (NOON, True)
    assert counted(database, Counter.CLOCK_SUSPECT) == 1


def test_a_late_alarm_is_marked(door: Inbox, database: Database, wire: Wire) -> None:
    door.store([wire.delivers(sighting(NOON), NOON + HOUR)])
    assert [row.late for row in rows(database, inbox)] == [True]
    assert counted(database, Counter.LATE) == 1


def test_messages_out_of_order_are_all_taken(door: Inbox, database: Database, wire: Wire) -> None:
    for seq in (5, 1, 4, 2, 3):
        door.store([wire.delivers(telemetry(NOON, seq=seq), NOON)])
    assert backlog(database) == 5
    assert counted(database, Counter.DUPLICATES) == 0


def test_a_status_introduces_its_device(door: Inbox, database: Database, wire: Wire) -> None:
    door.store([wire.delivers(status(NOON), NOON)])
    assert [(row.device, row.title, row.state) for row in rows(database, devices)] == [
        ("thap-prao", "Tháp Prao", "online")
    ]
    assert wire.receipts == []


def test_a_good_message_beside_bad_ones_gets_through(
    door: Inbox, database: Database, wire: Wire
) -> None:
    door.store(
        [
            wire.brings("v1/up/thap-prao/alarm/sighting", b"{", NOON),
            wire.delivers(evidence(NOON, jpeg(), seq=2), NOON, jpeg()),
            wire.brings("nonsense", b"", NOON),
        ]
    )
    assert len(rows(database, inbox)) == 1
    assert len(rows(database, quarantine)) == 2
    assert len(wire.acknowledged) == 3


def limit_pages(database: Database, pages: int) -> None:
    """The disk is full from here on: SQLite refuses to let the file grow on any connection."""
    with database.engine.connect() as connection:
        limit = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + pages

    def full(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {limit}")

    event.listen(database.engine, "checkout", full)


def test_a_full_disk_acknowledges_nothing_that_is_not_stored(
    database: Database, wire: Wire, stored: Stored
) -> None:
    door = inbox_of(database, stored)
    limit_pages(database, 2)
    seq = 0
    with pytest.raises(OperationalError) as full:  # noqa: PT012 (which one fails is the disk's)
        while seq < 500:
            seq += 1
            picture = jpeg(300, 300)
            door.store([wire.delivers(evidence(NOON, picture, seq=seq), NOON, picture)])
    assert is_disk_full(full.value)
    assert len(wire.acknowledged) == len(rows(database, inbox)) == seq - 1


def test_when_the_disk_is_full_figures_give_way_to_an_alarm(
    database: Database, wire: Wire, stored: Stored, caplog: pytest.LogCaptureFixture
) -> None:
    door = inbox_of(database, stored)
    door.store([wire.delivers(telemetry(NOON, seq=n), NOON) for n in range(1, 3000)])
    limit_pages(database, 0)
    door.start()
    for seq in range(1, 30):
        message = sighting(NOON, seq=seq)
        door.intake.put(message.lane, wire.delivers(message, NOON))
    until(lambda: len(rows(database, inbox)) == 29)
    until(lambda: wire.acknowledged.count("v1/up/thap-prao/alarm/sighting") == 29)
    door.stop()
    assert counted(database, Counter.SERIES_DROPPED) > 0
    assert "dropped the" in caplog.text


def test_a_locked_database_is_waited_for_and_nothing_is_acknowledged_meanwhile(
    database: Database, wire: Wire, stored: Stored, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    door = inbox_of(database, stored)
    other = database.engine.connect()
    other.exec_driver_sql("BEGIN IMMEDIATE")
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 20")
    door.start()
    message = sighting(NOON)
    door.intake.put(message.lane, wire.delivers(message, NOON))
    until(lambda: door.trouble)
    assert "locked" in door.trouble
    assert wire.acknowledged == []
    other.rollback()
    other.close()
    until(lambda: wire.acknowledged)
    door.stop()
    assert door.trouble == ""
    assert len(rows(database, inbox)) == 1


@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30
)
@given(
    order=st.lists(st.integers(1, 12), min_size=1, max_size=30),
    cuts=st.lists(st.integers(1, 6), min_size=1, max_size=8),
)
def test_any_order_repetition_and_batching_stores_each_number_once(
    database: Database, order: list[int], cuts: list[int]
) -> None:
    with database.work() as work:
        for table in ("ledger", "inbox", "spool"):
            work.connection.execute(text(f"DELETE FROM {table}"))
    messages = {seq: sighting(NOON, seq=seq) for seq in set(order)}
    wire = Wire()
    rest = list(order)
    while rest:
        size = cuts[len(rest) % len(cuts)]
        batch, rest = rest[:size], rest[size:]
        fresh = inbox_of(database, Stored())
        fresh.store([wire.delivers(messages[seq], NOON) for seq in batch])
    assert sorted(row.seq for row in rows(database, inbox)) == sorted(set(order))
    assert len(wire.acknowledged) == len(order)
    receipted = {n for first, last in spans(wire) for n in range(first, last + 1)}
    assert receipted == set(order)


def test_counting_rows_is_cheap_by_numbers(database: Database, door: Inbox, wire: Wire) -> None:
    assert backlog(database) == 0
    door.store([wire.delivers(telemetry(NOON, seq=n), NOON) for n in range(1, 6)])
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(spool)) == backlog(database)


def test_under_load_receipts_of_figures_are_gathered(door: Inbox, wire: Wire) -> None:
    waiting = wire.delivers(telemetry(NOON, seq=99), NOON)
    door.intake.put(Lane.BULK, waiting)
    for seq in (1, 2, 3):
        door.store([wire.delivers(telemetry(NOON, seq=seq), NOON)])
    assert len(wire.acknowledged) == 3
    early = len(wire.receipts)
    assert early < 3
    door.store(door.intake.take(1))
    assert len(wire.receipts) == early + 1
    assert {n for first, last in spans(wire) for n in range(first, last + 1)} == {1, 2, 3, 99}


def test_a_link_that_is_behind_is_answered_when_it_has_room(door: Inbox, wire: Wire) -> None:
    wire.has_room = False
    for seq in (1, 2, 3):
        message = telemetry(NOON, seq=seq)
        door.intake.put(message.lane, wire.delivers(message, NOON))
    door.start()
    until(lambda: len(wire.acknowledged) == 3)
    assert wire.receipts == []
    wire.has_room = True
    until(lambda: spans(wire) == [(1, 3)])
    door.stop()
