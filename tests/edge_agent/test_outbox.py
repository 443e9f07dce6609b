"""What waits on the box's disk: in order, freed by receipts alone, alive after anything."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from contracts import codec
from contracts.identity import Lane, new_ulid
from contracts.message import Numbered
from contracts.receipt import Refusal
from contracts.sighting import Label, State
from contracts.topics import Kind
from edge_agent.confirm import Change
from edge_agent.outbox import Draft, Outbox, OutboxFull
from edge_agent.report import Reporter
from tests.edge_agent.making import (
    NOON,
    SMOKE_BOX,
    alarm_draft,
    figures,
    outbox_in,
    receipt_for,
)

EVERYTHING = {"after": 0, "rows": 10_000, "size": 10**9}


def seqs(outbox: Outbox, lane: Lane) -> list[int]:
    return [row.seq for row in outbox.pending(lane, **EVERYTHING)]


def test_each_lane_counts_from_one_without_a_hole(tmp_path: Path) -> None:
    outbox = outbox_in(tmp_path)
    outbox.put(figures(), alarm_draft(new_ulid()), figures())
    assert seqs(outbox, Lane.BULK) == [1, 2]
    assert seqs(outbox, Lane.ALARM) == [1]
    outbox.close()


def test_what_was_put_is_what_the_hub_decodes(tmp_path: Path) -> None:
    outbox = outbox_in(tmp_path)
    [message] = outbox.put(figures(12.0))
    [row] = outbox.pending(Lane.BULK, **EVERYTHING)
    assert codec.decode(row.topic, row.payload).message == message
    outbox.close()


def test_a_row_survives_a_restart_and_counting_goes_on(tmp_path: Path) -> None:
    first = outbox_in(tmp_path)
    first.put(figures())
    first.close()
    second = outbox_in(tmp_path)
    assert second.epoch == first.epoch
    assert second.client_mark == first.client_mark
    second.put(figures())
    assert seqs(second, Lane.BULK) == [1, 2]
    second.close()


def test_a_receipt_frees_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    outbox = outbox_in(tmp_path)
    outbox.put(*[figures() for _ in range(6)], alarm_draft(new_ulid()))
    assert outbox.release(receipt_for(outbox, Lane.BULK, (1, 2), (5, 5))) == 3
    assert seqs(outbox, Lane.BULK) == [3, 4, 6]
    assert seqs(outbox, Lane.ALARM) == [1]
    outbox.close()


def test_a_refusal_frees_the_row_so_that_it_blocks_nothing(tmp_path: Path) -> None:
    outbox = outbox_in(tmp_path)
    outbox.put(figures(), figures())
    refused = (Refusal(seq=1, reason="malformed"),)
    assert outbox.release(receipt_for(outbox, Lane.BULK, refused=refused)) == 1
    assert seqs(outbox, Lane.BULK) == [2]
    outbox.close()


@pytest.mark.parametrize("changes", [{"epoch": 3}, {"device": "thap-khac"}])
def test_a_receipt_of_another_life_frees_nothing(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    outbox = outbox_in(tmp_path)
    outbox.put(figures())
    assert outbox.release(receipt_for(outbox, Lane.BULK, (1, 9), **changes)) == 0
    assert seqs(outbox, Lane.BULK) == [1]
    outbox.close()


def test_a_freed_number_is_never_used_again(tmp_path: Path) -> None:
    outbox = outbox_in(tmp_path)
    outbox.put(figures())
    outbox.release(receipt_for(outbox, Lane.BULK, (1, 1)))
    outbox.put(figures())
    assert seqs(outbox, Lane.BULK) == [2]
    outbox.close()


def test_pending_is_bounded_by_rows_and_by_bytes_but_gives_one(tmp_path: Path) -> None:
    outbox = outbox_in(tmp_path)
    outbox.put(*[figures() for _ in range(5)])
    assert len(outbox.pending(Lane.BULK, after=0, rows=3, size=10**6)) == 3
    assert [row.seq for row in outbox.pending(Lane.BULK, after=3, rows=9, size=1)] == [4]
    outbox.close()


def test_all_drafts_are_kept_or_none(tmp_path: Path) -> None:
    outbox = outbox_in(tmp_path)

    def broken(_place: object) -> Numbered:
        raise ZeroDivisionError

    good = figures()
    bad = type(good)(lane=Lane.BULK, build=broken)
    with pytest.raises(ZeroDivisionError):
        outbox.put(good, bad)
    outbox.put(figures())
    assert seqs(outbox, Lane.BULK) == [1]
    outbox.close()


def test_telemetry_is_shed_before_pictures_and_alarms_never(tmp_path: Path) -> None:
    outbox = outbox_in(tmp_path)
    image = np.zeros((72, 128, 3), np.uint8)
    reporter = Reporter(camera="bac", position=None, pose=None, model="m", drill=False)
    change = Change(
        sighting=new_ulid(), state=State.OPENED, label=Label.SMOKE, score=0.5, box=SMOKE_BOX,
        first_seen_at=NOON, frames=4,
    )  # fmt: skip
    outbox.put(*reporter.drafts(change, NOON, [], image, with_picture=True))
    outbox.put(*[figures() for _ in range(450)])
    assert outbox.shed(1) > 0
    kinds = {row.topic.rpartition("/")[2] for row in outbox.pending(Lane.BULK, **EVERYTHING)}
    assert kinds == {Kind.TELEMETRY, Kind.EVIDENCE}
    outbox.shed(10**9)
    assert seqs(outbox, Lane.BULK) == []
    assert outbox.waiting(Lane.ALARM) == 2
    assert outbox.shed_count() == 451
    outbox.close()


def test_a_bulk_lane_over_its_budget_sheds_and_counts(tmp_path: Path) -> None:
    outbox = outbox_in(tmp_path, bulk_bytes=100_000)
    for _ in range(10):
        outbox.put(*[figures() for _ in range(100)])
    held = sum(len(row.payload) for row in outbox.pending(Lane.BULK, **EVERYTHING))
    assert held <= 100_000
    assert outbox.shed_count() + outbox.waiting(Lane.BULK) == 1000
    outbox.close()


def fill(outbox: Outbox, pages: int) -> None:
    """A disk that takes this many pages of 4 KiB and no more."""
    outbox._db.execute(f"PRAGMA max_page_count = {pages}")


def put_until_full(outbox: Outbox, draft: Callable[[], Draft]) -> None:
    for _ in range(1000):
        outbox.put(draft())


def test_on_a_full_disk_bulk_makes_room_for_an_alarm(tmp_path: Path) -> None:
    outbox = outbox_in(tmp_path)
    fill(outbox, 30)
    with pytest.raises(OutboxFull) as caught:
        put_until_full(outbox, figures)
    assert caught.value.lane is Lane.BULK
    outbox.put(alarm_draft(new_ulid()))
    assert outbox.waiting(Lane.ALARM) == 1
    assert outbox.shed_count() > 0
    outbox.close()


def test_an_alarm_that_no_disk_takes_is_said_aloud(tmp_path: Path) -> None:
    outbox = outbox_in(tmp_path)
    fill(outbox, 20)
    with pytest.raises(OutboxFull) as caught:
        put_until_full(outbox, lambda: alarm_draft(new_ulid()))
    assert caught.value.lane is Lane.ALARM
    assert "full" in caught.value.why
    outbox.close()


@pytest.mark.parametrize(
    "damage", [b"not a database at all" * 400, b"SQLite format 3\x00" + b"\xff" * 9000]
)
def test_a_broken_file_is_set_aside_and_a_new_epoch_begins(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "outbox.db").write_bytes(damage)
    outbox = outbox_in(tmp_path)
    outbox.put(figures())
    assert seqs(outbox, Lane.BULK) == [1]
    [aside] = tmp_path.glob("outbox.db.broken-*")
    assert aside.read_bytes() == damage
    outbox.close()


def test_a_folder_that_may_not_be_written_is_not_called_broken(tmp_path: Path) -> None:
    (tmp_path / "outbox.db").mkdir()
    with pytest.raises(sqlite3.OperationalError):
        outbox_in(tmp_path)
    assert (tmp_path / "outbox.db").is_dir()


WRITER = """
import sys
from pathlib import Path
from tests.edge_agent.making import figures, outbox_in
outbox = outbox_in(Path(sys.argv[1]))
while True:
    for message in outbox.put(figures(), figures()):
        print(message.seq, flush=True)
"""


def test_kill_9_loses_nothing_that_was_committed_and_repeats_no_number(tmp_path: Path) -> None:
    told: list[int] = []
    for round_number in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        ) as writer:  # fmt: skip
            assert writer.stdout is not None
            told += [int(writer.stdout.readline()) for _ in range(20 + 7 * round_number)]
            writer.send_signal(signal.SIGKILL)
            told += [int(line) for line in writer.stdout.read().split("\n")[:-1] if line]
    outbox = outbox_in(tmp_path)
    kept = seqs(outbox, Lane.BULK)
    outbox.close()
    assert len(told) == len(set(told))
    assert set(told) <= set(kept)
    assert kept == list(range(1, len(kept) + 1))
