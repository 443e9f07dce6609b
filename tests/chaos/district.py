"""A district that a test may hurt: box, broker, InfluxDB, hub and phone, each a process of its own.

The judgement is by sequence numbers: what the box counted is what the hub's ledger, the time
series, the incidents and the phone have, each once.
"""

import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.chaos.edge_box import DEVICE
from tests.hub.daemons import Daemon, Influxd, Mosquitto, free_port
from tests.waiting import until

DRAIN_S = 240.0
HUB = """
import sys
from pathlib import Path
from hub import broker, server
broker.KEEPALIVE_S = 2
server.run(Path(sys.argv[1]))
"""
"""A keepalive so short that a hub which hangs for seconds finds its connections gone."""


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code > 0
    except httpx.HTTPError:
        return False


class Phone(Daemon):
    """The demo's phone with its journal: believes signed calls, shows each key once."""

    def __init__(self, folder: Path, secret: Path) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "ioc.cli", "phone", "run", "--secret-file", str(secret)]
        command += ["--port", str(self.port), "--journal", str(folder / "phone.jsonl")]
        command += ["--console", "http://127.0.0.1:9"]
        super().__init__(command, folder / "phone.log", lambda: answers(self._received))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def _received(self) -> str:
        return f"http://127.0.0.1:{self.port}/received.json"

    def received(self) -> dict[str, Any]:
        """Everything that it shows, with counts."""
        read: dict[str, Any] = httpx.get(self._received, trust_env=False, timeout=30).json()
        return read

    def opened(self) -> list[str]:
        """The incidents whose opening it shows, as often as it shows it."""
        bodies = [call["body"] for call in self.received()["calls"]]
        return [body["incident"] for body in bodies if body["event"] == "incident.opened"]


class District:
    """Everything on loopback and in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "secret").write_text("s" * 32)
        self.broker, self.influx = Mosquitto(folder / "broker"), Influxd(folder / "influx")
        self.phone = Phone(folder, folder / "secret")
        self.hub = self._make_hub()
        box = [sys.executable, "-m", "tests.chaos.edge_box", str(folder), self.broker.url]
        self.edge = Daemon(box, folder / "edge.log", (folder / "outbox.db").exists)

    def _make_hub(self) -> Daemon:
        config, port = self.folder / "hub.toml", free_port()
        config.write_text(
            f'[broker]\nurl = "{self.broker.url}"\n'
            f"[console]\nport = {port}\n"
            f'[influx]\napi = "v1"\nurl = "{self.influx.url}"\n'
            f'[[webhook]]\nname = "phone"\nurl = "{self.phone.url}"\nsecret_file = "secret"\n'
        )
        command = [sys.executable, "-c", HUB, str(config)]
        return Daemon(
            command, self.folder / "hub.log", lambda: answers(f"http://127.0.0.1:{port}/healthz")
        )

    def start(self) -> None:
        for daemon in (self.broker, self.influx, self.phone):
            daemon.start()
        created = httpx.post(
            f"{self.influx.url}/query", params={"q": "CREATE DATABASE ioc"}, trust_env=False
        )
        assert created.status_code == 200
        self.hub.start()
        self.edge.start()

    def stop(self) -> None:
        for daemon in (self.edge, self.hub, self.phone, self.influx, self.broker):
            daemon.kill()

    def said(self, name: str) -> str:
        """The log of `hub` or `edge`."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")

    def box(self, query: str) -> list[tuple[Any, ...]]:
        return rows(self.folder / "outbox.db", query)

    def centre(self, query: str) -> list[tuple[Any, ...]]:
        return rows(self.folder / "hub.db", query)

    def counted(self) -> int:
        """Messages that the box has put on its disk so far."""
        try:
            return sum(int(seq) for _, seq in self.box("SELECT name, seq FROM lane"))
        except sqlite3.OperationalError:
            return 0

    def is_drained(self) -> bool:
        """Nothing waits anywhere: box, inbox, spool, phones."""
        waiting = self.box("SELECT count(*) FROM message")
        undone = self.centre("SELECT count(*) FROM inbox WHERE state = 'new'")
        spooled = self.centre("SELECT count(*) FROM spool")
        pending = self.centre("SELECT count(*) FROM notifications WHERE state = 'pending'")
        return not any(found[0][0] for found in (waiting, undone, spooled, pending))

    def judge(self) -> str:
        """Ends the traffic, waits until all is delivered, compares; says what there was."""
        (self.folder / "enough").touch()
        until(self.is_drained, DRAIN_S, look_s=0.5)
        said = dict(self.box("SELECT name, seq FROM lane"))
        self._everything_is_in_the_ledger(said)
        self._each_figure_is_one_point(int(said["bulk"]))
        self._each_alarm_is_shown_once(int(said["alarm"]))
        assert self.centre("SELECT count(*) FROM quarantine") == [(0,)]
        return f"{said['alarm']} alarms and {said['bulk']} figures, 0 lost, 0 doubled"

    def _everything_is_in_the_ledger(self, said: dict[str, Any]) -> None:
        ledger = self.centre(f"SELECT lane, first, last FROM ledger WHERE device = '{DEVICE}'")
        assert sorted(ledger) == [("alarm", 1, said["alarm"]), ("bulk", 1, said["bulk"])]

    def _each_figure_is_one_point(self, figures: int) -> None:
        values = self.influx.column("SELECT cpu_percent FROM box")
        seqs = Counter(int(str(value).split(".")[0]) for value in values)
        assert seqs == Counter(range(1, figures + 1))

    def _each_alarm_is_shown_once(self, alarms: int) -> None:
        cameras = [row[0] for row in self.centre("SELECT camera FROM sightings")]
        assert Counter(cameras) == Counter(f"cam-{seq}" for seq in range(1, alarms + 1))
        opened = [row[0] for row in self.centre(
            "SELECT incident FROM incident_history WHERE action = 'opened' AND incident IN"
            " (SELECT id FROM incidents WHERE type = 'forest-fire')")]  # fmt: skip
        assert len(opened) == len(set(opened)) == alarms
        shown = Counter(self.phone.opened())
        assert {incident: shown[incident] for incident in opened} == dict.fromkeys(opened, 1)


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30) as connection:
        found: list[tuple[Any, ...]] = connection.execute(query).fetchall()
        return found


@contextmanager
def running(folder: Path) -> Iterator[District]:
    """Started; everything is killed at the end, whatever happened."""
    district = District(folder)
    try:
        district.start()
        yield district
    finally:
        district.stop()
