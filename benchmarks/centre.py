"""A centre to measure: Mosquitto, a hub process on its embedded store, and a phone."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.district import Packet, box_figures
from contracts.topics import QOS
from ioc.broker import LOOPBACK, MOSQUITTO, EmbeddedBroker, free_port
from ioc.children import Child, end
from ioc.settings import Folder
from provisioning.mosquitto import MESSAGES_IN_FLIGHT

PATIENCE_S = 300.0
"""For a machine that is busy with other things; nothing here takes half a minute by itself."""
RECEIPTS = "v1/down/+/receipt"


class WaitedInVain(RuntimeError):
    """What was waited for did not come; `tail` is the end of the hub's log, if it died."""

    def __init__(self, *, what: str, tail: str = "") -> None:
        self.what = what
        self.tail = tail
        super().__init__(f"waited in vain for {what}\n{tail}".rstrip())


def wait(condition: Callable[[], object], what: str, look_s: float = 0.002) -> None:
    """Raises WaitedInVain."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise WaitedInVain(what=what)
        time.sleep(look_s)


class Phone:
    """Accepts every webhook; `heard`: when the first of each camera came, by `perf_counter`."""

    def __init__(self) -> None:
        self.heard: dict[str, float] = {}
        phone = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                at = time.perf_counter()
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                phone.heard.setdefault(body["place"]["camera"], at)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Device:
    """An MQTT client for many devices; sends with the link's QoS."""

    def __init__(self, port: int, name: str) -> None:
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv311
        )
        self.client.max_inflight_messages_set(MESSAGES_IN_FLIGHT)
        self.client.connect(LOOPBACK, port)
        self.client.loop_start()

    def send(self, packet: Packet) -> mqtt.MQTTMessageInfo:
        return self.client.publish(*packet, qos=QOS)

    def send_all(self, packets: Iterator[Packet]) -> int:
        """How many were sent; returns when the broker has all."""
        sent = [self.send(packet) for packet in packets]
        for each in sent:
            each.wait_for_publish()
        return len(sent)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


class Receipts:
    """Counts receipted messages; `started_at`: when the first came, by `perf_counter`."""

    def __init__(self, listener: Device) -> None:
        self.count = 0
        self.started_at = 0.0
        listener.client.on_message = self._hear
        listener.client.subscribe(RECEIPTS, QOS)

    def _hear(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        if self.count == 0:
            self.started_at = time.perf_counter()
        spans = json.loads(message.payload)["spans"]
        self.count += sum(span["last"] - span["first"] + 1 for span in spans)


@contextmanager
def device(port: int, name: str) -> Iterator[Device]:
    made = Device(port, name)
    try:
        yield made
    finally:
        made.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A hub process and the address of its console."""

    process: Child
    console: str

    @property
    def pid(self) -> int:
        """Raises WaitedInVain with the hub's last words when it is dead."""
        if self.process.pid is None or self.process.exit_code is not None:
            raise WaitedInVain(what="a hub that lives", tail=self.process.tail())
        return self.process.pid

    def health(self) -> dict[str, Any]:
        """What the console says; empty while it does not answer yet.  Raises WaitedInVain."""
        assert self.pid
        try:
            answer = httpx.get(f"{self.console}/healthz", trust_env=False, timeout=10)
        except httpx.HTTPError:
            return {}
        read: dict[str, Any] = answer.json()
        return read

    def is_idle(self) -> bool:
        """Everything that came is in incidents, in the time series and at the phone."""
        health = self.health()
        waiting = ("inbox_undone", "series_backlog", "notifications_pending")
        return bool(health) and not any(health[name] for name in waiting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """`broker_port` on loopback; the hub may be started more than once on the same files."""

    broker_port: int
    folder: Folder
    phone: Phone

    @contextmanager
    def hub(self) -> Iterator[Hub]:
        arguments = ["hub", "run", "--config", str(self.folder.hub)]
        process = Child(name="hub", arguments=arguments, log=self.folder.log("hub"))
        process.start()
        hub = Hub(process=process, console=self.folder.console)
        try:
            wait(lambda: hub.health().get("ok"), "the hub's console", look_s=0.1)
            yield hub
        finally:
            end([process])

    def until_it_receipts(self) -> None:
        """Before the hub subscribes for the first time nobody keeps anything for it."""
        answered = threading.Event()
        with device(self.broker_port, "probe") as probe:
            probe.client.on_message = lambda *_: answered.set()
            probe.client.subscribe(RECEIPTS, QOS)
            packet = box_figures(0, seq=1, epoch=2)
            while not answered.wait(0.1):
                probe.send(packet)


@contextmanager
def centre(*, district: bool = False) -> Iterator[Centre]:
    """A broker and a phone, in a folder of its own; raises BrokerMissing.  With a `district` the
    hub reads units from the folder's catalogue, which is to be filled."""
    with (
        TemporaryDirectory(prefix="ioc-bench-") as name,
        EmbeddedBroker(Path(name) / "broker", MOSQUITTO) as broker,
    ):
        phone = Phone()
        folder = Folder(
            path=Path(name), console_port=free_port(), phone_port=phone.port,
            broker_url=broker.url, cameras=(), district=district,
        )  # fmt: skip
        folder.write()
        try:
            yield Centre(broker_port=broker.port, folder=folder, phone=phone)
        finally:
            phone.close()
