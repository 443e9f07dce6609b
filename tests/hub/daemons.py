"""Real servers that a test may stop, kill with -9 and start again on the same port and files."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.waiting import until

START_S = 90.0
"""For a machine that is busy with other things; a hub needs two seconds."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def program(name: str) -> str:
    """Its path; skips the test aloud where it is not installed."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed: make servers")
    return found


class Daemon:
    """One server process; `ready` tells when it serves."""

    def __init__(self, command: list[str], log: Path, ready: Callable[[], bool]) -> None:
        self._command = command
        self._log = log
        self._ready = ready
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        until(self._ready, START_S, look_s=0.1)  # who looks all the time takes its core

    def end(self, number: int = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None

    def kill(self) -> None:
        """As a power cut does it."""
        self.end(signal.SIGKILL)

    def freeze(self) -> None:
        """It keeps its connections, and the kernel accepts more; nobody answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)


class Mosquitto(Daemon):
    """Keeps its sessions in a file, as in the field, and is trusted with nothing."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        folder.mkdir()
        config = folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
            f"persistence_location {folder}/\nmax_inflight_messages 1000\n"
            "max_queued_messages 100000\nuser root\n"
        )
        command = [program("mosquitto"), "-c", str(config)]
        super().__init__(command, folder / "log", self._listens)

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Influxd(Daemon):
    """InfluxDB 1.x with its data in `folder`; with `auth` it asks for a password."""

    def __init__(self, folder: Path, *, auth: bool = False) -> None:
        self.port, backup = free_port(), free_port()
        folder.mkdir()
        config = folder / "influxdb.conf"
        config.write_text(
            f'reporting-disabled = true\nbind-address = "127.0.0.1:{backup}"\n'
            f'[meta]\ndir = "{folder}/meta"\n'
            f'[data]\ndir = "{folder}/data"\nwal-dir = "{folder}/wal"\n'
            f'[http]\nbind-address = "127.0.0.1:{self.port}"\nlog-enabled = false\n'
            f"auth-enabled = {str(auth).lower()}\n"
            "[monitor]\nstore-enabled = false\n"
        )
        command = [program("influxd"), "run", "-config", str(config)]
        super().__init__(command, folder / "log", self._answers)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/ping", trust_env=False).status_code == 204
        except httpx.HTTPError:
            return False

    def column(self, query: str, database: str = "ioc") -> list[object]:
        """The second column of the first series of a query."""
        answer = httpx.get(
            f"{self.url}/query", params={"db": database, "q": query, "epoch": "ns"}, trust_env=False
        ).json()
        series = answer["results"][0].get("series", [{"values": []}])
        return [row[1] for row in series[0]["values"]]
