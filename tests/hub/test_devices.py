"""What the hub knows of devices."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, Table, select

from hub.database import Database
from hub.devices import Devices, write_status
from hub.feed import Topic
from hub.records import cameras, devices
from hub.skew import SETTLED
from tests.hub.conftest import NOON
from tests.hub.messages import status, telemetry

SECOND = timedelta(seconds=1)


@pytest.fixture
def known(database: Database) -> Devices:
    return Devices(database)


def rows(database: Database, table: Table) -> list[Row[Any]]:
    with database.read() as connection:
        return list(connection.execute(select(table)))


def say(database: Database, **changes: Any) -> None:
    with database.work() as work:
        write_status(work, status(changes.pop("at", NOON), **changes), NOON)


def test_a_status_brings_title_and_cameras(database: Database) -> None:
    say(database)
    [device], [camera] = rows(database, devices), rows(database, cameras)
    assert (device.state, device.title) == ("online", "Tháp Prao")
    assert (camera.title, camera.lat, camera.azimuth_deg) == ("Camera Bắc", 15.9273, 90)
    assert [change.topic for change in database.feed.since(0) or []] == [Topic.DEVICE]


def test_a_last_will_marks_it_offline_and_keeps_what_it_is(database: Database) -> None:
    say(database)
    say(database, state="offline", reason="mất kết nối", title="", cameras=[])
    [device] = rows(database, devices)
    assert (device.state, device.reason, device.title) == ("offline", "mất kết nối", "Tháp Prao")
    assert len(rows(database, cameras)) == 1


def test_the_will_of_an_older_connection_is_overruled(database: Database) -> None:
    say(database, at=NOON + SECOND)
    say(database, at=NOON, state="offline")
    assert [row.state for row in rows(database, devices)] == ["online"]


def test_a_camera_that_was_taken_down_disappears(database: Database) -> None:
    say(database)
    say(database, at=NOON + SECOND, cameras=[{"name": "nam"}])
    assert [row.camera for row in rows(database, cameras)] == ["nam"]


def test_signs_of_life_are_written_together(database: Database, known: Devices) -> None:
    say(database)
    for second in range(5):
        known.heard(telemetry(NOON + second * SECOND), NOON + second * SECOND)
    known.flush()
    [device] = rows(database, devices)
    assert (device.last_seen_at, device.skew_s) == (NOON + 4 * SECOND, 0)


def test_nobody_heard_writes_nothing(database: Database, known: Devices) -> None:
    known.flush()
    assert database.feed.number == 0


def test_a_device_that_speaks_before_its_status_is_there(
    database: Database, known: Devices
) -> None:
    known.heard(telemetry(NOON), NOON)
    known.flush()
    assert [(row.device, row.title) for row in rows(database, devices)] == [
        ("thap-prao", "thap-prao")
    ]


def test_camera_figures_give_the_last_frame(database: Database, known: Devices) -> None:
    say(database)
    values = {"frame_age_s": 2.5, "frames_per_second": 5.0, "changing": 0.0}
    older = telemetry(NOON, measurement="camera", camera="bac", values={"frame_age_s": 9})
    newest = telemetry(NOON + SECOND, measurement="camera", camera="bac", values=values)
    known.heard(newest, NOON + SECOND)
    known.heard(older, NOON + SECOND)
    known.flush()
    [camera] = rows(database, cameras)
    assert camera.last_frame_at == NOON - timedelta(seconds=1.5)
    assert (camera.reported_at, camera.changing) == (NOON + SECOND, False)


def test_figures_of_an_unannounced_camera_make_it_known(database: Database, known: Devices) -> None:
    known.heard(telemetry(NOON, measurement="camera", camera="la", values={"luma": 1.0}), NOON)
    known.flush()
    assert [(row.camera, row.last_frame_at) for row in rows(database, cameras)] == [("la", None)]


def test_skew_is_told_once_settled_and_survives_a_restart(
    database: Database, known: Devices
) -> None:
    ahead = telemetry(NOON + 60 * SECOND)
    known.heard(ahead, NOON)
    assert known.skew_of("thap-prao") is None
    for _ in range(SETTLED):
        known.heard(ahead, NOON)
    assert known.skew_of("thap-prao") == 60
    known.flush()
    again = Devices(database)
    again.load()
    for _ in range(SETTLED):
        again.heard(telemetry(NOON), NOON)
    assert again.skew_of("thap-prao") == 60


def test_link_figures_are_of_the_last_interval(known: Devices) -> None:
    known.heard(telemetry(NOON), NOON + 3 * SECOND)
    known.heard(telemetry(NOON), NOON + SECOND)
    [figure] = known.link_figures()
    assert (figure.device, figure.messages, figure.delay_s, figure.skew_s) == (
        "thap-prao", 2, 3, -1,
    )  # fmt: skip
    assert known.link_figures() == []
