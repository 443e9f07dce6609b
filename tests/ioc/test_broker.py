"""The embedded broker, of each kind that is installed: what the device link stands on."""

import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import psutil
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from contracts.evidence import PICTURE_BYTES
from ioc.broker import (
    MOSQUITTO,
    NATS,
    RECIPES,
    BrokerMissing,
    BrokerSilent,
    EmbeddedBroker,
    PortTaken,
    Recipe,
    choose,
    free_port,
)
from tests.ioc.conftest import PATIENCE_S, until

NOWHERE = Recipe(name="nobody", programs=("no-such-broker",), command=lambda *_: [])


@pytest.fixture(params=RECIPES, ids=lambda recipe: recipe.name)
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EmbeddedBroker]:
    recipe: Recipe = request.param
    if recipe.find() is None:
        pytest.skip(f"{recipe.name} is not installed")
    with EmbeddedBroker(tmp_path / "broker", recipe) as running:
        yield running


class Client:
    """A paho client that remembers what came."""

    def __init__(self, broker: EmbeddedBroker, name: str, will: str | None = None) -> None:
        self.came: list[mqtt.MQTTMessage] = []
        self._ready = threading.Event()
        self.paho = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=name, clean_session=will is not None
        )
        self.paho.on_connect = lambda *_: self._ready.set()
        self.paho.on_message = lambda _c, _d, message: self.came.append(message)
        if will:
            self.paho.will_set(will, b"offline", qos=1, retain=True)
        self.paho.connect("127.0.0.1", broker.port)
        self.paho.loop_start()
        assert self._ready.wait(PATIENCE_S), f"{name} did not connect"

    def subscribe(self, topic: str) -> None:
        granted = threading.Event()
        self.paho.on_subscribe = lambda *_: granted.set()
        self.paho.subscribe(topic, qos=1)
        assert granted.wait(PATIENCE_S), f"{topic} was not granted"

    def publish(self, topic: str, body: bytes, *, retain: bool = False) -> None:
        self.paho.publish(topic, body, qos=1, retain=retain).wait_for_publish(PATIENCE_S)

    def bodies(self) -> list[bytes]:
        return [bytes(message.payload) for message in self.came]

    def leave(self) -> None:
        self.paho.disconnect()
        self.paho.loop_stop()


def test_messages_wait_for_a_hub_that_is_away(broker: EmbeddedBroker) -> None:
    hub = Client(broker, "hub")
    hub.subscribe("v1/up/+/alarm/#")
    hub.leave()
    box = Client(broker, "box")
    sent = [str(number).encode() for number in range(50)]
    for body in sent:
        box.publish("v1/up/box/alarm/sighting", body)
    again = Client(broker, "hub")
    until(lambda: again.bodies() == sent, "the queued messages")
    again.leave()
    box.leave()


def test_a_cut_link_is_told_by_the_retained_will(broker: EmbeddedBroker) -> None:
    box = Client(broker, "box", will="v1/up/box/status")
    wire = box.paho.socket()
    assert isinstance(wire, socket.socket)
    box.paho.reconnect_delay_set(3600, 3600)
    wire.shutdown(socket.SHUT_RDWR)
    hub = Client(broker, "hub")
    hub.subscribe("v1/up/+/status")
    until(lambda: hub.bodies() == [b"offline"], "the last will")
    hub.leave()
    box.leave()


def test_the_largest_picture_passes(broker: EmbeddedBroker) -> None:
    hub, box = Client(broker, "hub"), Client(broker, "box")
    hub.subscribe("v1/up/+/bulk/#")
    body = b"x" * PICTURE_BYTES
    box.publish("v1/up/box/bulk/evidence", body)
    until(lambda: hub.bodies() == [body], "the picture")
    hub.leave()
    box.leave()


def test_after_kill_9_it_is_at_the_same_address(broker: EmbeddedBroker) -> None:
    first = broker.pid
    broker.kill()
    assert broker.exit_code == -9
    broker.start()
    assert broker.pid != first
    client = Client(broker, "hub")
    client.leave()


def test_stop_leaves_no_process(broker: EmbeddedBroker) -> None:
    pid = broker.pid
    assert pid is not None
    broker.stop()
    broker.stop()
    assert not psutil.pid_exists(pid)


def test_it_listens_on_loopback_alone(broker: EmbeddedBroker) -> None:
    sockets = psutil.Process(broker.pid).net_connections()
    hosts = {entry.laddr.ip for entry in sockets if entry.status == psutil.CONN_LISTEN}
    assert hosts == {"127.0.0.1"}


def test_a_port_in_use_is_not_taken_for_our_own_broker(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path / "one") as first:
        second = EmbeddedBroker(tmp_path / "two", port=first.port)
        with pytest.raises(PortTaken, match=str(first.port)):
            second.start()


def broken(program: Path, _folder: Path, _port: int) -> list[str]:
    return [str(program), "-c", "import sys; sys.exit('no such disk')"]


def test_a_broker_that_ends_at_once_is_told_in_its_own_words(tmp_path: Path) -> None:
    recipe = Recipe(name="broken", programs=(sys.executable,), command=broken)
    with pytest.raises(BrokerSilent, match="no such disk") as silent:
        EmbeddedBroker(tmp_path, recipe).start()
    assert silent.value.exit_code == 1


def test_mosquitto_is_preferred_and_nats_stands_in() -> None:
    assert choose() is (MOSQUITTO if MOSQUITTO.find() else NATS)
    assert choose([NOWHERE, NATS]) is NATS


def test_no_broker_at_all_says_what_to_install() -> None:
    with pytest.raises(BrokerMissing, match=r"dong-giang-ioc\[demo\]") as missing:
        choose([NOWHERE])
    assert missing.value.names == ("nobody",)


def test_a_broker_that_vanished_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BrokerMissing):
        EmbeddedBroker(tmp_path, NOWHERE).start()


def test_free_ports_are_free() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", free_port()))
