"""The whole hub as a process: killed, its broker killed, and nothing lost or doubled."""

import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import select

from contracts.clock import utc_now
from contracts.codec import encode
from contracts.identity import Lane
from contracts.measurement import SHAPES, Measurement
from contracts.receipt import Receipt
from hub.config import load
from hub.records import spool
from hub.server import Hub, client_id, open_database
from tests.hub.daemons import Mosquitto, free_port
from tests.hub.messages import sighting, telemetry
from tests.waiting import until

RUN = """
import logging, sys
from pathlib import Path
from hub.server import run
logging.basicConfig(level="INFO")
sys.exit(run(Path(sys.argv[1])))
"""


@pytest.fixture
def config(tmp_path: Path, mosquitto: Mosquitto) -> Path:
    path = tmp_path / "hub.toml"
    path.write_text(
        f'[broker]\nurl = "{mosquitto.url}"\n[console]\nport = {free_port()}\n'
        '[influx]\napi = "v1"\nurl = "http://127.0.0.1:9"\n'
    )
    return path


Started = subprocess.Popen[bytes]


@pytest.fixture
def start(config: Path) -> Iterator[Callable[[], Started]]:
    """Starts a hub process; none outlives the test."""
    made: list[Started] = []

    def start_one() -> Started:
        with log_of(config).open("wb") as log:
            made.append(
                subprocess.Popen([sys.executable, "-c", RUN, str(config)], stdout=log, stderr=log)
            )
        return made[-1]

    yield start_one
    for process in made:
        process.kill()
        process.wait()


def log_of(config: Path) -> Path:
    return config.parent / "hub.log"


def runs(config: Path) -> bool:
    """Whether the newest hub says so."""
    return "hub runs" in log_of(config).read_text()


AGAIN_S = 1.5


class Device:
    """Sends what is not receipted, again and again, as an outbox does."""

    def __init__(self, port: int) -> None:
        self.unreceipted: dict[tuple[Lane, int], tuple[str, bytes]] = {}
        self._sent: dict[tuple[Lane, int], float] = {}
        self._lock = threading.Lock()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="thap-prao")
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe("v1/down/+/receipt", 1)
        self._client.on_message = self._receipted
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def write(self, lane: Lane, seq: int) -> None:
        now = utc_now()
        message = sighting(now, seq) if lane is Lane.ALARM else telemetry(now, seq)
        with self._lock:
            self.unreceipted[lane, seq] = (str(message.topic), encode(message))

    def send(self) -> None:
        """The oldest hundred, those again that found no receipt for a while."""
        now = time.monotonic()
        with self._lock:
            oldest = list(self.unreceipted.items())[:100]
        for key, (topic, payload) in oldest:
            if now - self._sent.get(key, -AGAIN_S) >= AGAIN_S and self._client.is_connected():
                self._sent[key] = now
                self._client.publish(topic, payload, qos=1)

    def _receipted(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        receipt = Receipt.model_validate_json(message.payload)
        with self._lock:
            for span in receipt.spans:
                for seq in range(span.first, span.last + 1):
                    self.unreceipted.pop((receipt.lane, seq), None)

    def is_rid_of_all(self) -> bool:
        self.send()
        return not self.unreceipted

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def column(config: Path, query: str) -> list[object]:
    with sqlite3.connect(config.parent / "hub.db") as connection:
        values = [row[0] for row in connection.execute(query)]
    connection.close()
    return values


@pytest.mark.parametrize("victim", ["hub", "broker", "both"])
def test_killed_at_random_points_it_loses_nothing_and_doubles_nothing(
    config: Path, mosquitto: Mosquitto, start: Callable[[], Started], victim: str
) -> None:
    chance = random.Random(victim)
    device = Device(mosquitto.port)
    hub = start()
    alarms, figures = 60, 400
    for seq in range(1, figures + 1):
        device.write(Lane.BULK, seq)
        if seq <= alarms:
            device.write(Lane.ALARM, seq)
    for _ in range(4):
        goal = max(len(device.unreceipted) - chance.randint(1, 80), 0)

        def enough(goal: int = goal) -> bool:
            device.send()
            return len(device.unreceipted) <= goal

        until(enough, limit_s=60, look_s=0.1)
        if victim in ("hub", "both"):
            hub.kill()
            hub.wait()
            hub = start()
        if victim in ("broker", "both"):
            mosquitto.kill()
            mosquitto.start()

    until(device.is_rid_of_all, limit_s=60, look_s=0.3)
    until(lambda: column(config, "SELECT count(*) FROM inbox WHERE state = 'new'") == [0])
    until(lambda: runs(config))
    hub.send_signal(signal.SIGTERM)
    assert hub.wait(60) == 0
    device.close()
    seqs = column(config, "SELECT seq FROM inbox WHERE lane = 'alarm' ORDER BY seq")
    assert seqs == list(range(1, alarms + 1))
    lines = column(config, "SELECT line FROM spool WHERE line LIKE 'box,%'")
    assert len(set(lines)) == len(lines) == figures
    assert column(config, "SELECT sum(refreshes) + count(*) FROM incidents") == [alarms]
    assert column(config, "SELECT count(*) FROM sightings") == [alarms]
    assert column(config, "SELECT first || '-' || last FROM ledger ORDER BY lane") == [
        f"1-{alarms}", f"1-{figures}",
    ]  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(
    config: Path, start: Callable[[], Started], number: signal.Signals
) -> None:
    hub = start()
    until(lambda: runs(config))
    hub.send_signal(number)
    assert hub.wait(60) == 0
    assert "hub ended" in log_of(config).read_text()


def test_a_signal_while_it_still_starts_ends_it_cleanly_too(
    config: Path, start: Callable[[], Started]
) -> None:
    hub = start()
    until((config.parent / "hub.db").exists)
    hub.send_signal(signal.SIGTERM)
    assert hub.wait(60) == 0


def test_health_tells_what_is_wrong_and_what_was_done(config: Path, mosquitto: Mosquitto) -> None:
    hub = Hub(load(config))
    hub.start()
    until(lambda: hub.health().broker_connected)
    device = Device(mosquitto.port)
    device.write(Lane.ALARM, 1)
    device.write(Lane.BULK, 1)
    until(device.is_rid_of_all, look_s=0.1)
    until(lambda: hub.health().last_processed_at)
    until(lambda: hub.health().series_error)
    health = hub.health()
    assert health.series_backlog >= 1
    assert any("Chuỗi thời gian" in trouble for trouble in health.troubles)
    assert health.last_message_at is not None
    device.close()
    mosquitto.end()
    until(lambda: not hub.health().broker_connected)
    assert "Mất kết nối với máy chủ MQTT." in hub.health().troubles
    hub.stop()
    mosquitto.start()


def test_an_installation_keeps_its_name_at_the_broker(config: Path) -> None:
    database = open_database(load(config))
    name = client_id(database)
    assert client_id(database) == name
    assert len(name) > 16
    database.close()


def test_the_hub_writes_its_own_state_as_a_series(config: Path) -> None:
    hub = Hub(load(config))
    try:
        hub._housekeeping._write_hub()
        with hub.database.read() as connection:
            [line] = connection.scalars(select(spool.c.line)).all()
    finally:
        hub.stop()
    assert line.startswith("hub,hub=")
    fields = dict(pair.split("=") for pair in line.split(" ")[1].split(","))
    assert set(fields) == set(SHAPES[Measurement.HUB].fields)
    assert float(fields["inbox_undone"]) == 0
