"""The link to a real broker."""

import select as select_module
import threading
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from hub.broker import Delivery, Link
from hub.config import HubBroker
from tests.hub.daemons import Mosquitto
from tests.waiting import until


class Ear:
    """What the link delivered."""

    def __init__(self) -> None:
        self.heard: list[Delivery] = []

    def __call__(self, delivery: Delivery) -> None:
        self.heard.append(delivery)

    @property
    def payloads(self) -> list[bytes]:
        return [each.payload for each in self.heard]


def link(server: Mosquitto, ear: Ear) -> Link:
    made = Link(
        HubBroker(url=server.url), name="test", client_id="hub-test", filters=("v1/up/#",),
        on_delivery=ear,
    )  # fmt: skip
    made.start()
    until(lambda: made.connected)
    return made


def send(server: Mosquitto, *payloads: bytes) -> None:
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", server.port)
    client.loop_start()
    for payload in payloads:
        client.publish("v1/up/a/alarm/sighting", payload, qos=1).wait_for_publish()
    client.disconnect()
    client.loop_stop()


@pytest.fixture
def ear() -> Ear:
    return Ear()


def test_what_was_acknowledged_does_not_come_again_and_the_rest_does(
    mosquitto: Mosquitto, ear: Ear
) -> None:
    first = link(mosquitto, ear)
    until_subscribed(mosquitto, ear)
    send(mosquitto, b"1", b"2", b"3")
    until(lambda: ear.payloads[-3:] == [b"1", b"2", b"3"])
    for each in ear.heard[:-1]:
        first.acknowledge(each)
    first.stop()
    ear.heard.clear()
    second = link(mosquitto, ear)
    until(lambda: ear.payloads == [b"3"])
    second.stop()


def sends_until(server: Mosquitto, payload: bytes, heard: list[bytes]) -> list[bytes]:
    send(server, payload)
    return heard


def until_subscribed(server: Mosquitto, ear: Ear) -> None:
    """A subscription has no ready sign of its own: the first message that comes is it."""

    def heard() -> bool:
        send(server, b"?")
        return b"?" in ear.payloads

    until(heard)
    until(lambda: ear.payloads.count(b"?") >= 1)


def test_an_acknowledgement_of_an_older_connection_is_dropped(
    mosquitto: Mosquitto, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = link(mosquitto, ear)
    until_subscribed(mosquitto, ear)
    stale = ear.heard[-1]
    mosquitto.end()
    until(lambda: not first.connected)
    ear.heard.clear()
    mosquitto.start()
    until(lambda: first.connected and ear.heard)
    acknowledged: list[int] = []

    def note(mid: int, _qos: int) -> MQTTErrorCode:
        acknowledged.append(mid)
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    monkeypatch.setattr(first._client, "ack", note)
    first.acknowledge(stale)
    assert acknowledged == []
    first.acknowledge(ear.heard[-1])
    assert acknowledged == [ear.heard[-1].mid]
    first.stop()


def test_a_process_that_hung_while_its_connection_died_does_not_lock_itself_out(
    mosquitto: Mosquitto, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by a hub frozen for a minute: the thread that acknowledged was the first to write
    to the dead connection, ran "disconnected" itself and waited for a lock that it held."""
    broken = link(mosquitto, ear)
    until_subscribed(mosquitto, ear)
    asleep, awake = threading.Event(), threading.Event()
    select = select_module.select

    def sleeping(*wanted: Any) -> Any:
        asleep.set()
        awake.wait()
        return select(*wanted)

    monkeypatch.setattr(select_module, "select", sleeping)
    until(asleep.is_set)
    mosquitto.kill()

    def acknowledge() -> None:
        for _ in range(5):
            broken.acknowledge(ear.heard[-1])

    acknowledging = threading.Thread(target=acknowledge, daemon=True)
    acknowledging.start()
    acknowledging.join(10)
    awake.set()
    assert not acknowledging.is_alive()
    mosquitto.start()
    until(lambda: broken.connected)
    broken.stop()


def test_a_broker_killed_and_restarted_is_found_again(mosquitto: Mosquitto, ear: Ear) -> None:
    made = link(mosquitto, ear)
    mosquitto.kill()
    until(lambda: not made.connected)
    made.publish("v1/down/a/receipt", b"nobody hears this")
    mosquitto.start()
    until(lambda: made.connected)
    until_subscribed(mosquitto, ear)
    made.stop()


def test_a_hub_that_starts_before_its_broker_waits(tmp_path: Path, ear: Ear) -> None:
    server = Mosquitto(tmp_path / "later")
    made = Link(
        HubBroker(url=server.url), name="test", client_id="hub-test", filters=("v1/up/#",),
        on_delivery=ear,
    )  # fmt: skip
    made.start()
    server.start()
    until(lambda: made.connected)
    made.stop()
    server.end()


def test_a_failing_callback_is_logged_and_the_link_comes_back(
    mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[bytes] = []

    def fail_once(delivery: Delivery) -> None:
        heard.append(delivery.payload)
        if len(heard) == 1:
            raise KeyError("once")

    made = Link(
        HubBroker(url=mosquitto.url), name="test", client_id="hub-test", filters=("v1/up/#",),
        on_delivery=fail_once,
    )  # fmt: skip
    made.start()
    until(lambda: made.connected)
    until(lambda: sends_until(mosquitto, b"x", heard))
    until(lambda: len(heard) > 1)
    made.stop()
    assert "broker link test failed; it starts again" in caplog.text


def test_a_blocked_reader_loses_nothing(mosquitto: Mosquitto) -> None:
    gate = threading.Semaphore(0)
    heard: list[bytes] = []

    def slow(delivery: Delivery) -> None:
        gate.acquire()
        heard.append(delivery.payload)
        made.acknowledge(delivery)

    made = Link(
        HubBroker(url=mosquitto.url), name="test", client_id="hub-test", filters=("v1/up/#",),
        on_delivery=slow,
    )  # fmt: skip
    gate.release()
    made.start()
    until(lambda: made.connected)
    until(lambda: sends_until(mosquitto, b"?", heard))
    sent = [str(number).encode() for number in range(500)]
    send(mosquitto, *sent)
    assert len(heard) <= 2
    gate.release(10_000)
    until(lambda: len(set(heard) - {b"?"}) == 500)
    assert [each for each in heard if each != b"?"] == sent
    made.stop()
