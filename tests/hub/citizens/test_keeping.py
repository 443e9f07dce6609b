"""What of a citizen's report is forgotten when, and what stays."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, Table, select

from hub import audit
from hub.citizens.alarms import ReportAlarms
from hub.citizens.keeping import forget
from hub.citizens.reports import TYPE, Reports, Sent, by_code
from hub.config import Citizens, Keep
from hub.database import Database
from hub.geometry import Spot
from hub.incidents import Incidents
from hub.places import district
from hub.records import audit as audit_table
from hub.records import case_events, cases, citizen_reports
from tests.hub.conftest import NOON, admission, knowledge

KEEP = Keep(citizen_photos_days=10, citizen_words_days=20, citizen_reports_days=30)
DAY = timedelta(days=1)
WORDS = "Ông A đổ rác sau nhà bà B"


@dataclass(frozen=True)
class Desk:
    database: Database
    book: Reports
    case: str

    def rows(self, table: Table) -> list[Row[Any]]:
        with self.database.read() as connection:
            return list(connection.execute(select(table)))

    def done(self, at: datetime) -> None:
        with self.database.work() as work:
            for later, step in enumerate(("tiep-nhan", "chuyen", "dang-xu-ly", "da-xu-ly"), 1):
                when = at + timedelta(seconds=later)
                self.book.step(work, self.case, step, who="an", at=when)

    def actions(self) -> list[str]:
        with self.database.read() as connection:
            return [row.action for row in audit.of(connection, f"{TYPE} {self.case}")]


@pytest.fixture
def desk(database: Database) -> Desk:
    alarms = ReportAlarms(Incidents(lambda *_: None), Citizens())
    book = Reports(admission(), knowledge().lifecycles[TYPE], alarms, district())
    sent = Sent(
        form="1", category="rac", commune="20467", place="sau nhà bà B", text=WORDS,
        spot=Spot(15.93, 107.64), photo=b"jpeg",
    )  # fmt: skip
    with database.work() as work:
        code = book.send(work, sent, NOON, lambda: True)
        case = by_code(work.connection, code).case
        book.answer(work, case, "Đã nhắc ông A", who="an", at=NOON)
    return Desk(database=database, book=book, case=case)


def everything(desk: Desk) -> str:
    tables = (citizen_reports, cases, case_events, audit_table)
    return repr([row for table in tables for row in desk.rows(table)])


def test_the_photo_goes_first_and_the_words_stay(desk: Desk) -> None:
    desk.done(NOON)
    assert forget(desk.database, KEEP, NOON + 9 * DAY) == 0
    assert forget(desk.database, KEEP, NOON + 11 * DAY) == 1
    [row] = desk.rows(citizen_reports)
    assert (row.photo, row.text, row.answer) == (None, WORDS, "Đã nhắc ông A")
    assert desk.actions()[0] == "report-photo-gone"
    assert forget(desk.database, KEEP, NOON + 11 * DAY) == 0


def test_then_all_that_may_name_a_person_goes_everywhere(desk: Desk) -> None:
    desk.done(NOON)
    assert "ông A" in everything(desk)
    assert forget(desk.database, KEEP, NOON + 21 * DAY) == 2
    left = everything(desk)
    for person in (WORDS, "nhà bà B", "ông A", "107.64", "jpeg"):
        assert person not in left
    [case] = desk.rows(cases)
    assert case.attributes == {"category": "rac", "urgency": "thuong"}
    assert desk.actions()[:2] == ["report-words-gone", "report-photo-gone"]
    assert "report-answered" in desk.actions()
    assert forget(desk.database, KEEP, NOON + 21 * DAY) == 0


def test_last_the_report_goes_and_the_case_stays_for_the_figures(desk: Desk) -> None:
    desk.done(NOON)
    assert forget(desk.database, KEEP, NOON + 31 * DAY) == 3
    assert desk.rows(citizen_reports) == []
    [case] = desk.rows(cases)
    assert (case.outcome, case.unit) == ("resolved", "20467")
    assert desk.actions()[0] == "report-forgotten"


def test_what_is_being_dealt_with_is_kept_but_not_for_ever(desk: Desk) -> None:
    assert forget(desk.database, KEEP, NOON + 29 * DAY) == 0
    assert forget(desk.database, KEEP, NOON + 31 * DAY) == 1
    assert desk.rows(citizen_reports) == []
    assert "107.64" not in everything(desk)
