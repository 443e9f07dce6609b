"""The story in words: told once, in order, and proven by a picture."""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from contracts.clock import utc_now
from contracts.identity import Lane, new_ulid
from contracts.sighting import Bearing, Label, Sighting, State
from contracts.status import Presence, Status
from ioc.observer import Observer
from ioc.phone import create_app
from ioc.phone_client import PhoneClient
from ioc.signature import sign
from ioc.story import Story
from tests.ioc.conftest import FakeConsole, jpeg, serving

SECRET = b"secret of the test"


class Told:
    """A story whose device link is silent and whose phone is real."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.observer = Observer(port=0)
        self.phone = PhoneClient(address)
        self.lines: list[str] = []
        self.story = Story(
            observer=self.observer, phone=self.phone, say=self.lines.append, began=time.monotonic()
        )

    def hook(self, event: str, incident: str, **more: Any) -> None:
        body = {
            "event": f"incident.{event}", "incident": incident, "type": "forest-fire",
            "title_vi": "Nghi có khói rừng", "sent_at": utc_now().isoformat(),
            "place": {"camera": "thap-prao/cam-1", "commune": "Xã Đông Giang"},
            "picture": f"/evidence/{incident}",
        } | more  # fmt: skip
        raw = json.dumps(body).encode()
        stamp = sign(SECRET, raw, int(time.time()))
        headers = {"IOC-Signature": stamp, "Idempotency-Key": new_ulid()}
        answer = httpx.post(f"{self.address}/hook", content=raw, headers=headers)
        assert answer.status_code == 200

    def listen(self) -> list[str]:
        """The lines of one round."""
        known = len(self.lines)
        self.story.listen()
        return self.lines[known:]


@pytest.fixture
def told(console: FakeConsole) -> Iterator[Told]:
    with serving(create_app(secret=SECRET, console=console.url)) as address:
        made = Told(address)
        yield made
        made.phone.close()


def test_presence_and_sightings_are_told(told: Told) -> None:
    now = utc_now()
    told.observer.news.put(
        Status(device="thap-prao", title="Tháp Prao", state=Presence.ONLINE, at=now)
    )
    told.observer.news.put(
        Sighting(
            id=new_ulid(), device="thap-prao", lane=Lane.ALARM, epoch=1, seq=1, captured_at=now,
            first_seen_at=now, sighting=new_ulid(), state=State.OPENED, camera="cam-1",
            label=Label.SMOKE, score=0.87, frames=6,
            bearing=Bearing(azimuth_deg=26.7, sigma_deg=1, width_deg=2),
        )
    )  # fmt: skip
    told.observer.news.put(Status(device="thap-prao", state=Presence.OFFLINE, at=now))
    online, sighted, offline = told.listen()
    assert "Tháp Prao đã nối" in online
    assert "thấy khói, hướng 27°, điểm 0.87 qua 6 khung hình" in sighted
    assert "thap-prao mất nối" in offline
    assert told.story.first_sighting_s is not None


def test_an_incident_is_proven_when_its_picture_comes(told: Told, console: FakeConsole) -> None:
    console.missing.add("/evidence/A")
    told.hook("opened", "A")
    [line] = told.listen()
    assert "Điện thoại nhận tin sau" in line
    before = told.story.proven
    console.missing.clear()
    [line] = told.listen()
    assert "Có ảnh bằng chứng" in line
    assert (before, told.story.proven) == (False, True)
    [fire] = told.story.fires
    assert (fire.picture_bytes, fire.camera) == (len(jpeg()), "thap-prao/cam-1")
    assert told.listen() == []


def test_a_devices_trouble_is_told_and_proves_nothing(told: Told) -> None:
    told.hook("opened", "A", type="device-trouble", title_vi="Mất liên lạc")
    told.listen()
    told.listen()
    assert [each.type for each in told.story.incidents] == ["device-trouble"]
    assert told.story.fires == ()
    assert not told.story.proven


def test_an_update_is_told_without_a_delay(told: Told) -> None:
    told.hook("opened", "A")
    told.hook("updated", "A")
    lines = told.listen()
    assert "sau" in lines[0]
    assert "incident.updated" in lines[1]
    assert " ms" not in lines[1]
    assert len(told.story.incidents) == 1


def test_a_phone_that_is_not_up_yet_has_no_news(told: Told) -> None:
    away = PhoneClient("http://127.0.0.1:9")
    assert away.poll() == []
    assert away.picture(0) == b""
    away.close()
