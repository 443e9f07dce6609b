"""What the demo overhears on the device link, from a real broker."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from contracts import codec
from contracts.identity import Lane, new_ulid
from contracts.measurement import Measurement
from contracts.sighting import Label, Sighting, State
from contracts.status import Presence, Status
from contracts.telemetry import Telemetry
from ioc.broker import EmbeddedBroker
from ioc.observer import Observer
from tests.ioc.conftest import PATIENCE_S, until

NOON = datetime(2026, 4, 1, 5, 0, tzinfo=UTC)


class Box:
    """Publishes as a device does."""

    def __init__(self, port: int) -> None:
        ready = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = lambda *_: ready.set()
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert ready.wait(PATIENCE_S)
        self._seq = 0

    def say(self, message: Status | Sighting | Telemetry) -> None:
        self._last = message
        body = codec.encode(message)
        retain = isinstance(message, Status)
        self._client.publish(str(message.topic), body, qos=1, retain=retain)

    def say_again(self) -> None:
        """As an outbox does that was not receipted."""
        self.say(self._last)

    def garbage(self) -> None:
        self._client.publish("v1/up/thap-prao/alarm/sighting", b"{", qos=1)

    def status(self, state: Presence) -> None:
        self.say(Status(device="thap-prao", state=state, at=NOON))

    def sighting(self, sighting: str, state: State) -> None:
        self._seq += 1
        self.say(
            Sighting(
                id=new_ulid(), device="thap-prao", lane=Lane.ALARM, epoch=1, seq=self._seq,
                captured_at=NOON, first_seen_at=NOON, sighting=sighting, state=state,
                camera="cam-1", label=Label.SMOKE, score=0.9, frames=5,
            )
        )  # fmt: skip

    def telemetry(self, scored: int, inference_ms: float) -> None:
        self._seq += 1
        self.say(
            Telemetry(
                id=new_ulid(), device="thap-prao", lane=Lane.BULK, epoch=1, seq=self._seq,
                captured_at=NOON, measurement=Measurement.CAMERA, camera="cam-1",
                values={"frames_scored": scored, "inference_ms": inference_ms},
            )
        )  # fmt: skip

    def leave(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    with EmbeddedBroker(tmp_path / "broker") as broker:
        yield broker.port


@pytest.fixture
def box(port: int) -> Iterator[Box]:
    box = Box(port)
    yield box
    box.leave()


@pytest.fixture
def observer(port: int) -> Iterator[Observer]:
    observer = Observer(port)
    observer.start()
    yield observer
    observer.stop()


def test_presence_is_news_only_when_it_changes(box: Box, observer: Observer) -> None:
    for state in (Presence.ONLINE, Presence.ONLINE, Presence.OFFLINE):
        box.status(state)
    news = [observer.news.get(timeout=PATIENCE_S) for _ in range(2)]
    assert [each.state for each in news] == [Presence.ONLINE, Presence.OFFLINE]
    assert observer.online == set()


def test_a_device_that_was_there_before_is_heard_of(box: Box, port: int) -> None:
    box.status(Presence.ONLINE)
    observer = Observer(port)
    observer.start()
    until(lambda: observer.online == {"thap-prao"}, "the retained status")
    observer.stop()


def test_a_sighting_is_news_once(box: Box, observer: Observer) -> None:
    seen = new_ulid()
    for state in (State.OPENED, State.OPENED, State.UPDATED, State.CLOSED):
        box.sighting(seen, state)
    box.sighting(new_ulid(), State.OPENED)
    until(lambda: len(observer.sightings) == 2, "both sightings")
    assert observer.news.qsize() == 2


def test_camera_figures_are_collected(box: Box, observer: Observer) -> None:
    box.telemetry(10, 40.0)
    box.telemetry(20, 44.0)
    box.say_again()
    until(lambda: "thap-prao/cam-1" in observer.figures(), "the telemetry")
    until(lambda: observer.figures()["thap-prao/cam-1"].frames_scored == 30, "the second report")
    box.garbage()
    until(lambda: observer.unreadable == 1, "what was sent after the repetition")
    assert observer.figures()["thap-prao/cam-1"].inference_ms == [40.0, 44.0]


def test_what_cannot_be_read_is_counted(box: Box, observer: Observer) -> None:
    box.garbage()
    until(lambda: observer.unreadable == 1, "the garbage")
