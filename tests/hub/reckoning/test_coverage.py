"""Minutes that cameras and towers saw, from telemetry in a real time series."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from contracts.identity import new_ulid
from hub.arrival import line_of
from hub.catalogue.periods import Span, containing
from hub.database import Database
from hub.devices import write_status
from hub.incident import Place, Verdict
from hub.incidents import Incidents
from hub.knowledge import Knowledge
from hub.reckoning import coverage
from hub.reckoning.reckoner import Reckoner
from hub.records import spool
from hub.timeseries.duck import DuckStore
from hub.timeseries.store import Unavailable
from tests.hub.conftest import alarm
from tests.hub.messages import status, telemetry
from tests.hub.reckoning.conftest import NOW, House, told

HOUR = containing(Span.HOUR, NOW).start - timedelta(hours=1)
"""The last full one."""
CAMERA, TOWER = "thap-prao/bac", "thap-prao"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def series(tmp_path: Path) -> Iterator[DuckStore]:
    store = DuckStore(tmp_path / "series.duckdb")
    yield store
    store.close()


@pytest.fixture
def watched(house: House, series: DuckStore, database: Database, knowledge: Knowledge) -> House:
    """A hub that knows the device since the beginning of the last full hour."""
    with database.work() as work:
        write_status(work, status(HOUR), HOUR)
    reckoner = Reckoner(
        database=database, catalogue=knowledge.catalogue, admission=house.admission, series=series
    )
    return House(database=database, admission=house.admission, reckoner=reckoner)


def saw(series: DuckStore, minutes: range, *, age: float = 1, changing: float = 1) -> None:
    series.write(
        [
            line_of(
                telemetry(
                    HOUR + minute * MINUTE, measurement="camera", camera="bac", seq=minute + 1,
                    values={"frame_age_s": age, "changing": changing},
                )
            )
            for minute in minutes
        ]
    )  # fmt: skip


def test_minutes_with_a_fresh_changing_picture_are_seen(watched: House, series: DuckStore) -> None:
    saw(series, range(30))
    saw(series, range(30, 40), age=900)
    saw(series, range(40, 50), changing=0)
    watched.reckoner.reckon(NOW)
    assert watched.found("cameras.minutes-online", CAMERA) == [30]
    assert watched.found("cameras.minutes-expected", CAMERA) == [60]
    assert watched.found("forest-fire.minutes-online", TOWER) == [30]
    [term] = watched.working("cameras.minutes-online", CAMERA).trace["inputs"]
    assert (term["name_vi"], term["value"]) == (CAMERA, 30)


def test_a_camera_that_was_never_seen_was_blind_and_a_unit_without_camera_says_so(
    watched: House,
) -> None:
    watched.reckoner.reckon(NOW)
    assert watched.found("cameras.minutes-online", CAMERA) == [0]
    assert watched.found("forest-fire.tower-days", TOWER) == []
    assert watched.working("cameras.minutes-online", "thap-la/nam").why_vi == (
        "Chưa thiết bị nào báo camera của đơn vị thap-la/nam."
    )


def test_late_telemetry_counts_with_the_next_hour(watched: House, series: DuckStore) -> None:
    watched.reckoner.reckon(NOW)
    saw(series, range(60))
    watched.reckoner.reckon(NOW + MINUTE)
    assert watched.found("cameras.minutes-online", CAMERA) == [0], "read once an hour"
    watched.reckoner.reckon(NOW + timedelta(hours=1))
    assert watched.found("cameras.minutes-online", CAMERA) == [61], "the last look holds on"
    assert watched.found("cameras.minutes-expected", CAMERA) == [120]


def test_while_the_time_series_is_behind_or_away_nothing_is_claimed(
    watched: House, monkeypatch: pytest.MonkeyPatch, series: DuckStore
) -> None:
    monkeypatch.setattr(coverage, "BEHIND", 0)
    with watched.database.work() as work:
        work.connection.execute(insert(spool).values(line="x"))
    watched.reckoner.reckon(NOW)
    assert "chưa nhận đủ" in watched.working("cameras.minutes-online", CAMERA).why_vi
    monkeypatch.setattr(coverage, "BEHIND", 1)

    def away(*_: object) -> None:
        raise Unavailable(store="influx", answer="HTTP 503")

    monkeypatch.setattr(series, "samples", away)
    watched.reckoner.reckon(NOW + timedelta(hours=1))
    assert "HTTP 503" in watched.working("cameras.minutes-online", CAMERA).why_vi
    assert watched.found("cameras.minutes-online", CAMERA) == []


def test_false_alarms_of_a_tower_are_counted_and_another_systems_count_is_left_alone(
    watched: House, series: DuckStore
) -> None:
    saw(series, range(60))
    incidents = Incidents(lambda *_: None)
    with watched.database.work() as work:
        for camera in (CAMERA, "thap-prao-2/bac"):
            fire = alarm(
                originator=new_ulid(), captured_at=HOUR, received_at=HOUR,
                place=Place(camera=camera),
            )  # fmt: skip
            name = incidents.raise_(work, fire).incident
            incidents.acknowledge(
                work, name, Verdict.FALSE_ALARM, who="an", at=_at(5), reason="khói bếp"
            )
    day = containing(Span.DAY, NOW)
    watched.tell(told("forest-fire.minutes-online", TOWER, day, 7))
    watched.reckoner.reckon(NOW)
    assert watched.found("forest-fire.false-alarms", TOWER) == [1]
    assert watched.found("forest-fire.tower-days", TOWER) == [1]
    assert watched.found("forest-fire.minutes-online", TOWER) == [7]


def _at(minutes: int) -> datetime:
    return HOUR + minutes * MINUTE
