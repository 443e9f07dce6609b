"""Silent devices and blind cameras."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select, update

from hub.config import Rules
from hub.database import Database
from hub.devices import Devices, write_status
from hub.incidents import Incidents
from hub.notifications import Announcer
from hub.places import district
from hub.records import devices, incidents
from hub.watch import SERIES, Watch
from tests.hub.conftest import NOON
from tests.hub.messages import status, telemetry

MINUTE = timedelta(minutes=1)


class Post:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.devices = Devices(database)
        self.watch = Watch(Incidents(Announcer((), "")), district(), Rules())
        with database.work() as work:
            write_status(work, status(NOON), NOON)

    def look(self, at: datetime, refusal: str = "") -> None:
        with self.database.work() as work:
            self.watch.look(work, at, refusal)

    def frame(self, at: datetime, **values: float) -> None:
        message = telemetry(at, measurement="camera", camera="bac", values=values)
        self.devices.heard(message, at)
        self.devices.flush()

    def all(self) -> list[Row[Any]]:
        with self.database.read() as connection:
            return list(connection.execute(select(incidents).order_by(incidents.c.id)))


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


def test_a_device_that_is_heard_is_no_news(post: Post) -> None:
    post.look(NOON + 4 * MINUTE)
    assert post.all() == []


def test_a_silent_device_opens_one_incident_with_its_place(post: Post) -> None:
    for minutes in (6, 7):
        post.look(NOON + minutes * MINUTE)
    [trouble] = post.all()
    assert trouble.title_vi == "Mất tín hiệu tháp Prao"
    assert trouble.text_vi == "Không có tín hiệu từ 12:00:00 ngày 01/04/2026."
    assert (trouble.type, trouble.severity) == ("device-trouble", "warning")
    assert (trouble.captured_at, trouble.commune) == (NOON, "Xã Đông Giang")


def test_its_own_reason_is_passed_on(post: Post) -> None:
    with post.database.work() as work:
        write_status(work, status(NOON, state="offline", reason="pin yếu"), NOON)
    post.look(NOON + 6 * MINUTE)
    assert "Lý do: pin yếu." in post.all()[0].text_vi


def test_a_device_that_returns_closes_its_incident(post: Post) -> None:
    post.look(NOON + 6 * MINUTE)
    post.frame(NOON + 7 * MINUTE, frame_age_s=0)
    post.look(NOON + 8 * MINUTE)
    [trouble] = post.all()
    assert trouble.closed_at == NOON + 8 * MINUTE


def test_a_camera_without_fresh_frames_is_blind_while_its_device_lives(post: Post) -> None:
    post.frame(NOON + 4 * MINUTE, frame_age_s=150)
    post.look(NOON + 4 * MINUTE)
    [trouble] = post.all()
    assert trouble.title_vi == "Camera không quan sát được – tháp Prao, camera Bắc"
    assert trouble.text_vi.startswith("Không có hình mới từ 12:01:30")


def test_a_frozen_picture_is_blindness(post: Post) -> None:
    post.frame(NOON + MINUTE, frame_age_s=0.1, changing=0)
    post.look(NOON + MINUTE)
    assert [row.text_vi for row in post.all()] == ["Hình đứng yên, không thay đổi."]
    post.frame(NOON + 2 * MINUTE, frame_age_s=0.1, changing=1)
    post.look(NOON + 2 * MINUTE)
    assert post.all()[0].closed_at is not None


def test_a_silent_device_is_one_trouble_and_not_one_for_each_camera(post: Post) -> None:
    post.frame(NOON, frame_age_s=0.1)
    post.look(NOON + 10 * MINUTE)
    assert [row.originator for row in post.all()] == ["thap-prao"]


def test_a_series_store_that_refuses_us_is_an_incident_until_it_takes_us(post: Post) -> None:
    post.look(NOON, refusal="HTTP 401: unauthorized")
    [trouble] = post.all()
    assert (trouble.originator, trouble.type) == (SERIES, "hub-trouble")
    post.look(NOON + MINUTE)
    assert post.all()[0].closed_at == NOON + MINUTE


def test_the_trouble_of_a_device_that_was_removed_is_closed(post: Post) -> None:
    post.look(NOON + 6 * MINUTE)
    with post.database.work() as work:
        work.connection.execute(devices.delete())
    post.look(NOON + 7 * MINUTE)
    assert post.all()[0].closed_at is not None


def test_a_wrong_clock_of_a_device_does_not_make_it_silent(post: Post) -> None:
    with post.database.work() as work:
        work.connection.execute(update(devices).values(status_at=NOON - 600 * MINUTE))
    post.look(NOON + MINUTE)
    assert post.all() == []


def test_what_ails_a_device_that_is_online_is_an_incident_until_it_is_mended(post: Post) -> None:
    ill = status(NOON, reason="mô hình cấu hình bị từ chối")
    with post.database.work() as work:
        write_status(work, ill, NOON)
    for minutes in (1, 2):
        post.look(NOON + minutes * MINUTE)
    [trouble] = post.all()
    assert trouble.title_vi == "Thiết bị tự báo trục trặc – tháp Prao"
    assert trouble.text_vi == "mô hình cấu hình bị từ chối"
    assert trouble.closed_at is None
    with post.database.work() as work:
        write_status(work, status(NOON + 3 * MINUTE), NOON + 3 * MINUTE)
    post.look(NOON + 4 * MINUTE)
    [trouble] = post.all()
    assert trouble.closed_at is not None
