"""How fast the hub makes messages durable, how soon a phone hears of a fire, how much it weighs.

    python -m benchmarks.hub_ingest [--messages 50000] [--devices 1000] [--sightings 200]

Prints one line a figure.  The peer is a bare paho consumer of the same messages in the same run:
automatic acknowledgement, no decoding, nothing stored.  Both drain what the broker kept.
Needs mosquitto on PATH or in /usr/sbin.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import psutil
from paho.mqtt.enums import CallbackAPIVersion

from contracts.clock import utc_now
from contracts.codec import encode
from contracts.identity import new_ulid
from contracts.sighting import Sighting
from contracts.telemetry import Telemetry

BROKER = """listener {port} 127.0.0.1
allow_anonymous true
max_inflight_messages 1000
max_queued_messages 1000000
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is sent."""

    messages: int
    devices: int
    sightings: int


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait(condition: Callable[[], object], limit_s: float = 120) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the benchmark waited in vain")
        time.sleep(0.002)


@contextmanager
def broker(folder: Path) -> Iterator[int]:
    port = free_port()
    (folder / "mosquitto.conf").write_text(BROKER.format(port=port))
    program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        sys.exit("mosquitto is not installed: apt-get install mosquitto")
    process = subprocess.Popen(
        [program, "-c", str(folder / "mosquitto.conf")], stderr=subprocess.DEVNULL
    )
    try:
        wait(lambda: _listens(port))
        yield port
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def figures(load: Load, epoch: int = 1) -> list[tuple[str, bytes]]:
    """Telemetry of all devices in turn, as topic and payload."""
    made = []
    for number in range(load.messages):
        now = utc_now()
        message = Telemetry(
            id=new_ulid(),
            device=f"thap-{number % load.devices + 1}",
            lane="bulk",  # type: ignore[arg-type]
            epoch=epoch,
            seq=number // load.devices + 1,
            captured_at=now,
            sent_at=now,
            measurement="box",  # type: ignore[arg-type]
            values={"cpu_percent": 12.5, "cpu_temperature_c": 51.0, "outbox_bulk": 3.0},
        )
        made.append((str(message.topic), encode(message)))
    return made


def client(port: int, name: str, **options: Any) -> mqtt.Client:
    made = mqtt.Client(
        CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv311, **options
    )
    made.max_inflight_messages_set(1000)
    made.connect("127.0.0.1", port)
    made.loop_start()
    return made


def publish(port: int, messages: list[tuple[str, bytes]]) -> None:
    """Into the broker's queue, every one acknowledged by it."""
    sender = client(port, "sender")
    sent = [sender.publish(topic, payload, qos=1) for topic, payload in messages]
    for each in sent:
        each.wait_for_publish()
    sender.disconnect()
    sender.loop_stop()


def subscribe_and_leave(port: int, name: str) -> None:
    """Makes a persistent session that the broker fills while nobody reads."""
    done = threading.Event()
    made = mqtt.Client(
        CallbackAPIVersion.VERSION2, client_id=name, clean_session=False, protocol=mqtt.MQTTv311
    )
    made.on_subscribe = lambda *_: done.set()
    made.connect("127.0.0.1", port)
    made.loop_start()
    made.subscribe("v1/up/+/bulk/#", 1)
    done.wait(30)
    made.disconnect()
    made.loop_stop()


def peer_rate(port: int, messages: list[tuple[str, bytes]]) -> float:
    """Messages a second that a consumer drains which stores nothing."""
    subscribe_and_leave(port, "peer")
    publish(port, messages)
    count = 0

    def on_message(_client: mqtt.Client, _data: Any, _message: mqtt.MQTTMessage) -> None:
        nonlocal count
        count += 1

    reader = mqtt.Client(
        CallbackAPIVersion.VERSION2, client_id="peer", clean_session=False, protocol=mqtt.MQTTv311
    )
    reader.on_message = on_message
    start = time.perf_counter()
    reader.connect("127.0.0.1", port)
    reader.loop_start()
    wait(lambda: count >= len(messages))
    rate = len(messages) / (time.perf_counter() - start)
    reader.unsubscribe("v1/up/+/bulk/#")
    reader.disconnect()
    reader.loop_stop()
    return rate


class Phone:
    """Notes when each webhook came."""

    def __init__(self) -> None:
        self.heard: dict[str, float] = {}
        phone = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                at = time.perf_counter()
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                phone.heard[body["place"]["camera"]] = at
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/"


@contextmanager
def hub(folder: Path, port: int, phone: Phone) -> Iterator[psutil.Process]:
    """A hub process with its embedded time series; stopped by SIGTERM at the end."""
    config = folder / "hub.toml"
    config.write_text(
        f'[broker]\nurl = "mqtt://127.0.0.1:{port}"\n[console]\nport = {free_port()}\n'
        f'[[webhook]]\nname = "phone"\nurl = "{phone.url}"\nsecret_env = "IOC_BENCHMARK"\n'
    )
    code = (
        "import sys; from pathlib import Path; from hub.server import run; run(Path(sys.argv[1]))"
    )
    process = psutil.Popen(
        [sys.executable, "-c", code, str(config)], env=os.environ | {"IOC_BENCHMARK": "s"}
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


class Receipts:
    """Counts receipted messages; the clock starts with the first."""

    def __init__(self) -> None:
        self.count = 0
        self.started_at = 0.0

    def __call__(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        if self.count == 0:
            self.started_at = time.perf_counter()
        spans = json.loads(message.payload)["spans"]
        self.count += sum(span["last"] - span["first"] + 1 for span in spans)


def wait_until_it_answers(port: int) -> None:
    """A device asks until the hub's first receipt; before it subscribes, nobody keeps anything."""
    answered = threading.Event()
    device = client(port, "probe")
    device.on_message = lambda *_: answered.set()
    device.subscribe("v1/down/+/receipt", 1)
    [(topic, payload)] = figures(Load(messages=1, devices=1, sightings=0), epoch=2)
    while not answered.wait(0.1):
        device.publish(topic, payload, qos=1)
    device.disconnect()
    device.loop_stop()


@contextmanager
def receipts(port: int) -> Iterator[Receipts]:
    """Listens to what the hub tells the devices."""
    heard = Receipts()
    listener = client(port, "listener")
    listener.on_message = heard
    listener.subscribe("v1/down/+/receipt", 1)
    yield heard
    listener.disconnect()
    listener.loop_stop()


def alarm_latencies_ms(port: int, phone: Phone, count: int) -> list[float]:
    """From the publish of a sighting to its webhook, one after the other."""
    sender = client(port, "camera")
    took = []
    for number in range(count):
        now = utc_now()
        camera = f"c{number}"
        message = Sighting(
            id=new_ulid(),
            device="thap-prao",
            lane="alarm",  # type: ignore[arg-type]
            epoch=1,
            seq=number + 1,
            captured_at=now,
            sent_at=now,
            sighting=new_ulid(),
            state="opened",  # type: ignore[arg-type]
            camera=camera,
            label="smoke",  # type: ignore[arg-type]
            score=0.8,
            first_seen_at=now,
            frames=4,
        )
        start = time.perf_counter()
        sender.publish(str(message.topic), encode(message), qos=1)
        key = f"thap-prao/{camera}"
        wait(lambda key=key: key in phone.heard)  # type: ignore[misc]
        took.append((phone.heard[key] - start) * 1e3)
    sender.disconnect()
    sender.loop_stop()
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--devices", type=int, default=1_000)
    parser.add_argument("--sightings", type=int, default=200)
    load = Load(**vars(parser.parse_args()))
    with tempfile.TemporaryDirectory() as name, broker(Path(name)) as port:
        peer = peer_rate(port, figures(load))
        phone = Phone()
        with hub(Path(name), port, phone):
            wait_until_it_answers(port)
            took = alarm_latencies_ms(port, phone, load.sightings + 5)[5:]
        publish(port, figures(load))
        with receipts(port) as heard, hub(Path(name), port, phone) as process:
            wait(lambda: heard.count >= load.messages)
            rate = heard.count / (time.perf_counter() - heard.started_at)
            rss = process.memory_info().rss / 1e6
    report(load, peer, rate, took, rss)


def report(load: Load, peer: float, rate: float, took: list[float], rss: float) -> None:
    p99 = statistics.quantiles(took, n=100)[98]
    print(f"durable messages/s          {rate:10.0f}   ({load.messages} of {load.devices} devices)")
    print(f"peer messages/s             {peer:10.0f}   (acknowledges at once, stores nothing)")
    print(f"ratio                       {rate / peer:10.2f}")
    print(f"sighting to webhook p50 ms  {statistics.median(took):10.1f}   ({len(took)} sightings)")
    print(f"sighting to webhook p99 ms  {p99:10.1f}")
    print(f"hub RSS MB                  {rss:10.0f}")


if __name__ == "__main__":
    main()
