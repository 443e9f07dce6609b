"""A report of the schedule is made and sent once, whatever dies between two steps."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from hub.catalogue.periods import Span
from hub.config import HubConfig, Webhook
from hub.database import Database, Work
from hub.records import letters, notifications, reports
from hub.reporting.archive import Archive, kept, listed, sent
from hub.reporting.press import Press
from hub.reporting.schedule import Slot
from hub.reporting.settings import Reports, Smtp, Subscriber
from tests.hub.conftest import knowledge
from tests.hub.reporting.day import SEVEN, YESTERDAY, write

SLOT = Slot(period=YESTERDAY, newest=True)


def config(tmp_path: Path, **changes: Any) -> HubConfig:
    (tmp_path / "secret").write_text("k")
    return HubConfig(
        webhook=(
            Webhook(name="phone", url="http://127.0.0.1:9/", secret_file=tmp_path / "secret"),
        ),
        smtp=Smtp(host="127.0.0.1", port=9, tls="none", sender="ioc@donggiang.vn"),
        subscriber=(
            Subscriber(name="chu-tich", email="ct@donggiang.vn"),
            Subscriber(name="truc", webhook="phone", periods=("day",)),
            Subscriber(name="thang", email="t@donggiang.vn", periods=("month",)),
        ),
        **changes,
    )


@pytest.fixture
def archive(database: Database, tmp_path: Path) -> Archive:
    write(database)
    return Archive(config(tmp_path), database, knowledge())


def count(database: Database, table: Any) -> int:
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_a_slot_is_made_once(archive: Archive, database: Database) -> None:
    number = archive.make_slot(SLOT, SEVEN)
    assert number is not None
    assert archive.make_slot(SLOT, SEVEN) is None
    with database.read() as connection:
        [row] = listed(connection, None, 10)
        report = kept(connection, number)
    assert (row.slot, row.actor) == ("day 2026-03-31", "hub")
    assert report is not None
    assert report.title_vi == row.title_vi
    assert archive.done() == {Span.DAY: YESTERDAY.start}


def test_those_who_subscribed_to_the_period_get_it(archive: Archive, database: Database) -> None:
    number = archive.make_slot(SLOT, SEVEN)
    assert number is not None
    with database.read() as connection:
        assert [row.subscriber for row in sent(connection, number)] == ["chu-tich"]
        [call] = connection.execute(select(notifications)).all()
    body = json.loads(call.body)
    assert (call.endpoint, body["event"]) == ("phone", "report.ready")
    assert body["url"].endswith(f"/reports-archive/{number}")
    assert "2 chỉ số không đạt" in body["text_vi"]


def test_what_is_made_up_for_is_kept_and_not_sent(archive: Archive, database: Database) -> None:
    archive.make_slot(Slot(period=YESTERDAY, newest=False), SEVEN)
    assert count(database, reports) == 1
    assert count(database, letters) == count(database, notifications) == 0


def test_by_hand_as_often_as_wanted_and_sent_to_nobody(
    archive: Archive, database: Database
) -> None:
    archive.make(YESTERDAY, SEVEN, "Lan")
    archive.make(YESTERDAY, SEVEN, "Lan")
    archive.make_slot(SLOT, SEVEN)
    assert count(database, reports) == 3
    assert count(database, letters) == 1


class Died(BaseException):
    """As kill -9 does: nothing is cleaned up, no transaction commits."""


def test_dying_between_report_and_letters_leaves_neither_and_makes_both_later(
    archive: Archive, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(Archive, "_send", die)
        with pytest.raises(Died):
            archive.make_slot(SLOT, SEVEN)
    assert count(database, reports) == count(database, letters) == 0
    assert archive.make_slot(SLOT, SEVEN) is not None
    assert (count(database, reports), count(database, letters)) == (1, 1)


def test_dying_after_reading_makes_it_again(
    archive: Archive, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_self: Archive, _work: Work, *_: object, **__: object) -> int:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(Archive, "_write", die)
        with pytest.raises(Died):
            archive.make_slot(SLOT, SEVEN)
    assert archive.make_slot(SLOT, SEVEN) is not None


def test_the_press_makes_what_is_due_and_catches_up(archive: Archive, database: Database) -> None:
    woken: list[int] = []
    press = Press(Reports(periods=("day",)), archive, lambda: woken.append(1))
    assert press.look(SEVEN) == 1
    assert press.look(SEVEN + timedelta(hours=1)) == 0
    assert press.look(SEVEN + timedelta(days=3)) == 3
    assert count(database, reports) == 4
    assert count(database, letters) == 2
    assert len(woken) == 2


def test_a_fresh_hub_reports_on_no_time_before_its_first_word(
    database: Database, tmp_path: Path
) -> None:
    fresh = Archive(config(tmp_path), database, knowledge())
    press = Press(Reports(), fresh, lambda: None)
    assert press.look(SEVEN) == 0
    write(database)
    assert press.look(SEVEN) == 2
    assert set(fresh.done()) == {Span.DAY, Span.MONTH}


def test_a_press_stops_while_nothing_is_due(archive: Archive) -> None:
    press = Press(Reports(periods=()), archive, lambda: None)
    press.start()
    press.stop()
    assert archive.done() == {}
