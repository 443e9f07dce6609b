"""The life of an incident."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select

from hub.database import Database, Work
from hub.feed import Topic
from hub.incident import Action, Event, Place, Severity, Verdict
from hub.incidents import AlreadyClosed, Incidents, NoSuchIncident, ReasonMissing
from hub.records import incident_history, incidents
from tests.hub.conftest import NOON, alarm

LATER = NOON + timedelta(minutes=5)


class Told:
    """What phones would hear."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Event]] = []

    def __call__(self, work: Work, incident: Row[Any], event: Event) -> None:
        self.events.append((incident.id, event))


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def engine(told: Told) -> Incidents:
    return Incidents(told)


def opened(engine: Incidents, database: Database, **changes: Any) -> str:
    with database.work() as work:
        return engine.raise_(work, alarm(**changes)).incident


def stored(database: Database, incident: str) -> Row[Any]:
    with database.read() as connection:
        return connection.execute(select(incidents).where(incidents.c.id == incident)).one()


def actions(database: Database, incident: str) -> list[str]:
    query = (
        select(incident_history.c.action)
        .where(incident_history.c.incident == incident)
        .order_by(incident_history.c.id)
    )
    with database.read() as connection:
        return list(connection.scalars(query))


def test_the_same_cause_keeps_one_incident_open(
    engine: Incidents, database: Database, told: Told
) -> None:
    first = opened(engine, database)
    with database.work() as work:
        again = engine.raise_(work, alarm(captured_at=LATER, score=0.9))
    assert (again.incident, again.opened) == (first, False)
    row = stored(database, first)
    assert (row.last_seen_at, row.refreshes, row.score) == (LATER, 1, 0.9)
    assert told.events == [(first, Event.OPENED)]


def test_another_type_or_originator_is_another_incident(
    engine: Incidents, database: Database
) -> None:
    kinds = [{}, {"type": "device-trouble"}, {"originator": "thap-ba/dong/1"}]
    assert len({opened(engine, database, **kind) for kind in kinds}) == 3


def test_a_rising_severity_is_told_and_a_falling_one_is_not(
    engine: Incidents, database: Database, told: Told
) -> None:
    incident = opened(engine, database)
    for severity in (Severity.CRITICAL, Severity.WARNING):
        opened(engine, database, severity=severity, title_vi=f"nay {severity}")
    row = stored(database, incident)
    assert (row.severity, row.title_vi) == ("critical", "nay critical")
    assert [event for _, event in told.events] == [Event.OPENED, Event.UPDATED]


def test_a_second_camera_that_joins_is_told_with_the_better_place(
    engine: Incidents, database: Database, told: Told
) -> None:
    incident = opened(engine, database)
    fix = Place(lat=15.9, lon=107.73, fixed=True)
    with database.work() as work:
        engine.refresh(work, incident, alarm(place=fix), joined="thap-ba/dong")
    row = stored(database, incident)
    assert (row.lat, row.fixed) == (15.9, True)
    assert told.events[-1] == (incident, Event.UPDATED)
    assert actions(database, incident) == [Action.OPENED, Action.JOINED]


def test_late_news_never_moves_the_last_look_back(engine: Incidents, database: Database) -> None:
    incident = opened(engine, database, captured_at=LATER)
    opened(engine, database, captured_at=NOON)
    assert stored(database, incident).last_seen_at == LATER


def test_a_fire_whose_smoke_is_gone_waits_for_a_person(
    engine: Incidents, database: Database, told: Told
) -> None:
    incident = opened(engine, database)
    with database.work() as work:
        engine.clear(work, incident, LATER, "không còn thấy")
    row = stored(database, incident)
    assert (row.cleared_at, row.closed_at) == (LATER, None)
    with database.work() as work:
        engine.acknowledge(work, incident, Verdict.CONFIRMED, who="lan", at=LATER)
    assert stored(database, incident).closed_at == LATER
    assert told.events[-1] == (incident, Event.CLOSED)


def test_smoke_that_returns_opens_the_cleared_incident_again(
    engine: Incidents, database: Database
) -> None:
    incident = opened(engine, database)
    with database.work() as work:
        engine.clear(work, incident, LATER, "không còn thấy")
    again = opened(engine, database, captured_at=LATER + timedelta(minutes=1))
    assert again == incident
    assert stored(database, incident).cleared_at is None
    assert actions(database, incident)[-1] == Action.RETURNED


def test_a_device_trouble_closes_with_its_cause(engine: Incidents, database: Database) -> None:
    incident = opened(engine, database, type="device-trouble")
    with database.work() as work:
        engine.clear(work, incident, LATER, "đã có lại tín hiệu")
    assert stored(database, incident).closed_at == LATER
    assert opened(engine, database, type="device-trouble") != incident


def test_a_false_alarm_needs_its_reason_and_closes_at_once(
    engine: Incidents, database: Database
) -> None:
    incident = opened(engine, database)
    for reason in ("  ", "x" * 501):
        with pytest.raises(ReasonMissing, match="false-alarm"), database.work() as work:
            engine.acknowledge(
                work, incident, Verdict.FALSE_ALARM, who="lan", at=LATER, reason=reason
            )
    with database.work() as work:
        engine.acknowledge(
            work, incident, Verdict.FALSE_ALARM, who="lan", at=LATER, reason="sương mù"
        )
    row = stored(database, incident)
    assert (row.verdict, row.verdict_reason) == ("false-alarm", "sương mù")
    assert (row.acknowledged_by, row.acknowledged_at, row.closed_at) == ("lan", LATER, LATER)


def test_a_confirmed_fire_stays_open_until_someone_says_it_is_out(
    engine: Incidents, database: Database
) -> None:
    incident = opened(engine, database)
    with database.work() as work:
        engine.acknowledge(work, incident, Verdict.CONFIRMED, who="lan", at=NOON)
    assert stored(database, incident).closed_at is None
    with database.work() as work:
        engine.close(work, incident, who="minh", at=LATER, why="đã dập tắt")
    assert stored(database, incident).closed_at == LATER
    assert actions(database, incident) == [Action.OPENED, Action.ACKNOWLEDGED, Action.CLOSED]


def test_the_second_verdict_hears_of_the_first(engine: Incidents, database: Database) -> None:
    incident = opened(engine, database)
    with database.work() as work:
        engine.acknowledge(work, incident, Verdict.CONTROLLED_BURN, who="lan", at=NOON)
    with pytest.raises(AlreadyClosed) as refused, database.work() as work:
        engine.acknowledge(work, incident, Verdict.CONFIRMED, who="minh", at=LATER)
    assert (refused.value.verdict, refused.value.by) == ("controlled-burn", "lan")


def test_an_unknown_incident_is_named(engine: Incidents, database: Database) -> None:
    with pytest.raises(NoSuchIncident, match="'nope'"), database.work() as work:
        engine.clear(work, "nope", NOON, "")


def test_the_feed_hears_of_it_after_the_commit_and_not_of_what_was_undone(
    engine: Incidents, database: Database
) -> None:
    def fail_half_way() -> None:
        with database.work() as work:
            engine.raise_(work, alarm())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert database.feed.since(0) == []
    incident = opened(engine, database)
    [change] = database.feed.since(0) or []
    assert (change.topic, change.key) == (Topic.INCIDENT, incident)
