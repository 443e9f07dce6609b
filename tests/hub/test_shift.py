"""The watch: shifts over midnight, a log that only grows, a note of what the next one needs."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from hub import shift
from hub.catalogue.loader import DISTRICT
from hub.catalogue.periods import Span, containing
from hub.config import Duty, HubConfig, Rules
from hub.database import Database
from hub.devices import write_status
from hub.incidents import Incidents
from hub.records import audit, figures, hand_overs, shift_entries
from hub.shift import WrongEntry, hand_over, log_of, note_of, shift_at, shifts_of
from tests.hub.conftest import NOON, alarm, knowledge
from tests.hub.messages import status

STARTS = ("06:00", "14:00", "22:00")
HERE = shift_at(NOON, STARTS)
CONFIG = HubConfig(
    duty=(Duty(name="Hạt Kiểm lâm", role="chữa cháy", phone="0236 3 898 114"),),
    rules=Rules(offline_after_s=300),
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        ("2026-04-01T06:00", "Ca 06:00–14:00 ngày 01/04/2026"),
        ("2026-04-01T13:59", "Ca 06:00–14:00 ngày 01/04/2026"),
        ("2026-04-01T22:00", "Ca 22:00–06:00 ngày 01/04/2026"),
        ("2026-04-02T05:59", "Ca 22:00–06:00 ngày 01/04/2026"),
    ],
)
def test_a_moment_belongs_to_one_shift(moment: str, name: str) -> None:
    assert shift_at(local(moment), STARTS).name_vi == name


def test_a_day_has_three_shifts_without_a_gap() -> None:
    first, second, third = shifts_of(date(2026, 4, 1), STARTS)
    assert (first.end, second.end) == (second.start, third.start)
    assert third.end - first.start == timedelta(hours=24)


def test_one_beginning_makes_a_shift_of_a_whole_day() -> None:
    one = shift_at(NOON, ("07:00",))
    assert one.end - one.start == timedelta(hours=24)


def test_officers_and_hub_write_into_one_log(database: Database) -> None:
    kept = Incidents(lambda _work, _row, _event: None)
    with database.work() as work:
        opened = kept.raise_(work, alarm(title_vi="Khói – Xã Đông Giang")).incident
        shift.write(
            work, who="Lan", text=" Đã gọi tháp Prao ", at=NOON + timedelta(minutes=1),
            incident=opened,
        )  # fmt: skip
    with database.read() as connection:
        first, second = log_of(connection, HERE)
        assert log_of(connection, shift_at(HERE.end, STARTS)) == ()
    assert (first.text, first.actor, first.automatic) == (
        "Mở sự việc: Khói – Xã Đông Giang", "hệ thống", True,
    )  # fmt: skip
    assert (second.text, second.actor, second.incident) == ("Đã gọi tháp Prao", "Lan", opened)


def test_every_line_is_audited(database: Database) -> None:
    with database.work() as work:
        shift.write(work, who="Lan", text="Mưa to", at=NOON)
    with database.read() as connection:
        [row] = connection.execute(select(audit)).all()
    assert (row.actor, row.action, row.subject, row.detail["text"]) == (
        "Lan", "written", "shift-log", "Mưa to",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["", "   ", "x" * 2_001])
def test_an_empty_or_endless_line_is_refused(database: Database, text: str) -> None:
    with pytest.raises(WrongEntry), database.work() as work:
        shift.write(work, who="Lan", text=text, at=NOON)
    with database.read() as connection:
        assert connection.execute(select(shift_entries)).all() == []


def test_a_line_about_no_incident_we_know_is_refused(database: Database) -> None:
    with pytest.raises(WrongEntry, match="Không có sự việc này"), database.work() as work:
        shift.write(work, who="Lan", text="Cháy", at=NOON, incident="0" * 26)


def test_the_note_says_what_the_next_shift_needs(database: Database) -> None:
    kept = Incidents(lambda _work, _row, _event: None)
    today = containing(Span.DAY, NOON)
    gone = NOON - timedelta(hours=2)
    with database.work() as work:
        kept.raise_(work, alarm(title_vi="Khói – Xã Đông Giang"))
        kept.raise_(work, alarm(title_vi="Diễn tập", originator="d", drill=True))
        write_status(work, status(gone), gone)
        shift.write(work, who="Lan", text="Mưa to", at=NOON)
        work.connection.execute(insert(figures).values(
            indicator="forest-fire.level", unit=DISTRICT, period_start=today.start,
            period_end=today.end, value=4.0, grade="red", missing="", terms=[], computed_at=NOON,
        ))  # fmt: skip
    with database.read() as connection:
        note = note_of(connection, HERE, CONFIG, knowledge().clock, NOON)
    assert [one.title_vi for one in note.incidents] == ["Khói – Xã Đông Giang"]
    assert [(one.device, one.reason_vi) for one in note.faults] == [("thap-prao", "im lặng")]
    assert (note.level_today, note.level_tomorrow) == (4, None)
    assert note.phones[0].phone == "0236 3 898 114"
    assert note.entries == ("12:00 Mưa to (Lan)",)


def test_a_note_is_kept_as_it_was_and_a_second_stands_beside_it(database: Database) -> None:
    with database.work() as work:
        note = note_of(work.connection, HERE, CONFIG, knowledge().clock, NOON)
        hand_over(work, HERE, note, giver="Lan", taker="Bình")
        hand_over(work, HERE, note, giver="Lan", taker="Chi")
    with database.read() as connection:
        rows = shift.hand_overs_of(connection, HERE)
        found = shift.kept(connection, rows[0].id)
    assert [row.taker for row in rows] == ["Bình", "Chi"]
    assert found is not None
    assert found[1] == note


@pytest.mark.parametrize("taker", ["", "Lan", "x" * 61])
def test_a_shift_is_given_to_somebody_else(database: Database, taker: str) -> None:
    with database.read() as connection:
        note = note_of(connection, HERE, CONFIG, knowledge().clock, NOON)
    with pytest.raises(WrongEntry), database.work() as work:
        hand_over(work, HERE, note, giver="Lan", taker=taker)
    with database.read() as connection:
        assert connection.execute(select(hand_overs)).all() == []
