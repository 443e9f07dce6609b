"""Cases past their time and silent sources become incidents, and clear again."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, insert, select, update

from hub import feeds
from hub.config import Rules
from hub.database import Database
from hub.deadlines import Deadlines
from hub.incidents import Incidents
from hub.provenance import Entrance, Provenance
from hub.records import cases, incidents
from tests.hub.conftest import NOON, knowledge

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def add(database: Database, name: str, **fields: Any) -> None:
    usual: dict[str, Any] = {
        "type": "dossier", "case": name, "subsystem": "public-services", "unit": "20467",
        "state": "4", "phase": "open", "outcome": None, "received_at": NOON - 5 * DAY,
        "changed_at": NOON, "due_at": NOON - HOUR, "finished_at": None,
        "first_handled_at": None, "reopened": 0, "attributes": {}, "irregular": "",
        "demo": False,
    }  # fmt: skip
    with database.work() as work:
        work.connection.execute(insert(cases).values(usual | fields))


def looked(database: Database, now: datetime = NOON, rules: Rules | None = None) -> list[Row[Any]]:
    watch = Deadlines(Incidents(lambda *_: None), knowledge(), rules or Rules())
    watch.look(database, now)
    query = select(incidents).where(incidents.c.closed_at.is_(None))
    with database.read() as connection:
        return list(connection.execute(query))


def heard(database: Database, entrance: Entrance, at: datetime) -> None:
    by = Provenance(source="csdl", actor="csdl", entrance=entrance, recorded_at=at)
    with database.work() as work:
        feeds.spoke(work, by, "education", 3)


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "report", "attributes": {"urgency": "khan"}},
        {"type": "document-in", "attributes": {"urgency": "hoa-toc"}},
        {"type": "disease"},
    ],
)
def test_an_urgent_case_past_its_time_is_an_incident_of_its_own(
    database: Database, fields: dict[str, Any]
) -> None:
    add(database, "a", **fields)
    [found] = looked(database)
    assert (found.type, found.severity, found.commune) == (
        "overdue-case", "major", "Xã Đông Giang",
    )  # fmt: skip
    assert "Số a" in found.text_vi


@pytest.mark.parametrize("demo", [True, False])
def test_a_simulated_case_calls_nobody_out_of_bed(database: Database, demo: bool) -> None:
    add(database, "a", type="disease", demo=demo)
    [found] = looked(database)
    assert found.drill is demo


def test_it_clears_when_the_case_is_finished(database: Database) -> None:
    add(database, "a", type="disease")
    looked(database)
    with database.work() as work:
        work.connection.execute(update(cases).values(finished_at=NOON))
    assert looked(database) == []


def test_many_late_cases_of_a_unit_are_one_incident(database: Database) -> None:
    for number in range(5):
        add(database, f"late-{number}")
    add(database, "fine", due_at=NOON + DAY)
    [found] = looked(database)
    assert found.text_vi == "5 trong 6 đang xử lý đã quá hạn."
    assert looked(database)[0].refreshes == 0


@pytest.mark.parametrize(("late", "fine"), [(2, 0), (3, 60)])
def test_few_late_cases_are_the_units_own_business(
    database: Database, late: int, fine: int
) -> None:
    for number in range(late):
        add(database, f"late-{number}")
    for number in range(fine):
        add(database, f"fine-{number}", due_at=NOON + DAY)
    assert looked(database) == []


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        (Rules(overdue_least=1, overdue_share=0), 1),
        (Rules(overdue_least=2, overdue_share=0.5), 0),
        (Rules(overdue_least=3, overdue_share=0), 0),
    ],
)
def test_the_district_says_how_many_late_cases_are_too_many(
    database: Database, rules: Rules, found: int
) -> None:
    for number in range(2):
        add(database, f"late-{number}")
        add(database, f"fine-{number}", due_at=NOON + DAY)
    assert len(looked(database, rules=rules)) == found


def test_the_district_says_how_long_a_source_may_be_silent(database: Database) -> None:
    heard(database, Entrance.HTTP, NOON)
    assert len(looked(database, NOON + DAY, Rules(silent_feed_h=4))) == 1


def test_a_case_that_waits_for_papers_is_not_late(database: Database) -> None:
    for number in range(5):
        add(database, f"paused-{number}", phase="paused")
    assert looked(database) == []


def test_a_source_that_is_silent_for_more_than_a_working_day_is_told_of(
    database: Database,
) -> None:
    heard(database, Entrance.HTTP, NOON)
    assert looked(database, NOON + DAY) == []
    [found] = looked(database, NOON + 2 * DAY)
    assert (found.type, found.subsystem) == ("silent-feed", "education")
    heard(database, Entrance.HTTP, NOON + 2 * DAY)
    assert looked(database, NOON + 2 * DAY) == []


def test_a_weekend_is_no_silence(database: Database) -> None:
    friday = NOON + 2 * DAY
    heard(database, Entrance.FILE, friday)
    assert looked(database, friday + 3 * DAY) == []


def test_people_and_devices_may_be_silent_here(database: Database) -> None:
    heard(database, Entrance.PERSON, NOON - 30 * DAY)
    assert looked(database) == []
