"""Twenty rounds of kill -9 over edge, broker, hub and database while traffic flows.

Proof by sequence numbers: what the box counted is what the hub's ledger, the time series, the
incidents and the phone have, each once.
"""

import json
import random
import signal
import sqlite3
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.chaos.edge_box import DEVICE
from tests.hub.daemons import Daemon, Influxd, Mosquitto, free_port
from tests.waiting import until

pytestmark = pytest.mark.chaos

ROUNDS = 20
DRAIN_S = 240.0
HUB = "import sys; from pathlib import Path; from hub.server import run; run(Path(sys.argv[1]))"


class Phone:
    """Takes every call and remembers its key."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, str]] = []
        phone = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                key = self.headers["Idempotency-Key"]
                phone.calls.append((body["event"], body["incident"], key))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def opened(self) -> dict[str, set[str]]:
        """Incident to the keys under which its opening was told."""
        keys: dict[str, set[str]] = {}
        for event, incident, key in self.calls:
            if event == "incident.opened":
                keys.setdefault(incident, set()).add(key)
        return keys

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def phone() -> Iterator[Phone]:
    opened = Phone()
    yield opened
    opened.stop()


def hub_process(folder: Path, broker: Mosquitto, influx: Influxd, phone: Phone) -> Daemon:
    (folder / "secret").write_text("s" * 32)
    config = folder / "hub.toml"
    port = free_port()
    config.write_text(
        f'[broker]\nurl = "{broker.url}"\n'
        f"[console]\nport = {port}\n"
        f'[influx]\napi = "v1"\nurl = "{influx.url}"\n'
        f'[[webhook]]\nname = "phone"\nurl = "{phone.url}"\nsecret_file = "secret"\n'
    )

    def ready() -> bool:
        try:
            answer = httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
            return int(answer.status_code) > 0
        except httpx.HTTPError:
            return False

    return Daemon([sys.executable, "-c", HUB, str(config)], folder / "hub.log", ready)


def edge_process(folder: Path, broker: Mosquitto) -> Daemon:
    command = [sys.executable, "-m", "tests.chaos.edge_box", str(folder), broker.url]
    return Daemon(command, folder / "edge.log", (folder / "outbox.db").exists)


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30) as connection:
        found: list[tuple[Any, ...]] = connection.execute(query).fetchall()
        return found


def drained(folder: Path) -> bool:
    """Nothing waits anywhere: box, inbox, spool, phones."""
    waiting = rows(folder / "outbox.db", "SELECT count(*) FROM message")[0][0]
    hub = folder / "hub.db"
    undone = rows(hub, "SELECT count(*) FROM inbox WHERE state = 'new'")[0][0]
    spooled = rows(hub, "SELECT count(*) FROM spool")[0][0]
    pending = rows(hub, "SELECT count(*) FROM notifications WHERE state = 'pending'")[0][0]
    return not any((waiting, undone, spooled, pending))


def test_twenty_kills_lose_nothing_and_double_nothing(tmp_path: Path, phone: Phone) -> None:
    broker, influx = Mosquitto(tmp_path / "broker"), Influxd(tmp_path / "influx")
    hub, edge = hub_process(tmp_path, broker, influx, phone), edge_process(tmp_path, broker)
    chance = random.Random(20)
    victims = [broker, influx, hub, edge] * (ROUNDS // 4)
    chance.shuffle(victims)
    started: list[Daemon] = []
    try:
        for daemon in (broker, influx, hub, edge):
            daemon.start()
            started.append(daemon)
            if daemon is influx:
                created = httpx.post(
                    f"{influx.url}/query", params={"q": "CREATE DATABASE ioc"}, trust_env=False
                )
                assert created.status_code == 200
        for victim in victims:
            goal = counted(tmp_path) + chance.randint(20, 150)
            until(partial(counted_to, tmp_path, goal), 60)
            victim.kill()
            victim.start()
        (tmp_path / "enough").touch()
        until(lambda: drained(tmp_path), DRAIN_S, look_s=0.5)
        judge(tmp_path, influx, phone)
    finally:
        for daemon in reversed(started):
            daemon.end(signal.SIGKILL)


def counted_to(folder: Path, goal: int) -> bool:
    return counted(folder) >= goal


def counted(folder: Path) -> int:
    """Messages that the box has put on its disk so far."""
    try:
        return sum(int(seq) for _, seq in rows(folder / "outbox.db", "SELECT name, seq FROM lane"))
    except sqlite3.OperationalError:
        return 0


def judge(folder: Path, influx: Influxd, phone: Phone) -> None:
    said = dict(rows(folder / "outbox.db", "SELECT name, seq FROM lane"))
    hub = folder / "hub.db"
    ledger = rows(hub, f"SELECT lane, first, last FROM ledger WHERE device = '{DEVICE}'")
    assert sorted(ledger) == [("alarm", 1, said["alarm"]), ("bulk", 1, said["bulk"])]

    values = influx.column("SELECT cpu_percent FROM box")
    assert Counter(int(str(value).split(".")[0]) for value in values) == Counter(
        range(1, int(said["bulk"]) + 1)
    )

    cameras = [row[0] for row in rows(hub, "SELECT camera FROM sightings")]
    assert Counter(cameras) == Counter(f"cam-{seq}" for seq in range(1, int(said["alarm"]) + 1))
    opened = [row[0] for row in rows(
        hub, "SELECT incident FROM incident_history WHERE action = 'opened' AND incident IN"
        " (SELECT id FROM incidents WHERE type = 'forest-fire')")]  # fmt: skip
    assert len(opened) == len(set(opened)) == said["alarm"]

    told = phone.opened()
    assert set(opened) <= set(told)
    assert {len(told[incident]) for incident in opened} == {1}
    assert rows(hub, "SELECT count(*) FROM quarantine") == [(0,)]
    print(f"{ROUNDS} kills: {said['alarm']} alarms and {said['bulk']} figures, 0 lost, 0 doubled")
