"""`hub run`, `agent run`, `phone run`: end in order and with 0 when they are asked to."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from ioc import settings
from ioc.broker import LOOPBACK, EmbeddedBroker, free_port, is_taken
from ioc.exits import Exit
from ioc.settings import Folder
from tests.ioc.conftest import until

LIMIT_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with EmbeddedBroker(tmp_path / "broker") as broker:
        made = Folder(
            path=tmp_path / "demo", console_port=free_port(), phone_port=free_port(),
            broker_url=broker.url, cameras=settings.rendered(),
        )  # fmt: skip
        made.write()
        yield made


def arguments(folder: Folder, name: str) -> list[str]:
    if name == "phone":
        port = str(folder.phone_port)
        secret = ["--secret-file", str(folder.secret)]
        return ["phone", "run", *secret, "--port", port, "--console", folder.console]
    path = folder.hub if name == "hub" else folder.agent(folder.cameras[0])
    return [name, "run", "--config", str(path)]


@pytest.fixture
def services(folder: Folder) -> Iterator["Services"]:
    started = Services(folder)
    yield started
    for service in started.all:
        service.process.kill()
        service.process.wait()


class Services:
    """Starts them as a service manager does."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.all: list[Service] = []
        self.environment: dict[str, str] = {}

    def start(self, name: str) -> Service:
        log = self.folder.log(f"{name}-{len(self.all)}")
        command = [sys.executable, "-m", "ioc.cli", *arguments(self.folder, name)]
        with log.open("wb") as out:
            process = subprocess.Popen(
                command, stdout=out, stderr=subprocess.STDOUT, env=os.environ | self.environment
            )
        service = Service(process=process, log=log)
        self.all.append(service)
        return service

    def until_up(self, name: str, service: Service) -> None:
        folder = self.folder
        ports = {"hub": folder.console_port, "phone": folder.phone_port}
        if name in ports:
            until(lambda: is_taken(ports[name]), f"the {name}'s port", LIMIT_S)
        else:
            until(lambda: "frames come" in service.said(), "the first frame", LIMIT_S)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda each: each.name)
@pytest.mark.parametrize("name", ["hub", "agent", "phone"])
def test_a_service_that_is_asked_to_end_ends_with_0(
    services: Services, name: str, number: signal.Signals
) -> None:
    service = services.start(name)
    services.until_up(name, service)
    service.process.send_signal(number)
    code = service.process.wait(LIMIT_S)
    assert (code, "Traceback" in service.said()) == (Exit.OK, False), service.said()


@pytest.mark.parametrize("name", ["hub", "agent"])
def test_systemd_hears_ready_then_signs_of_life_then_the_end(
    services: Services, name: str, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(LIMIT_S)
        services.environment = {
            "NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "2000000",
        }  # fmt: skip
        service = services.start(name)
        said = [systemd.recv(100)]
        while len(said) < 20 and not {b"READY=1", b"WATCHDOG=1"} <= set(said):
            said.append(systemd.recv(100))
        services.until_up(name, service)
        service.process.terminate()
        while said[-1] != b"STOPPING=1":
            said.append(systemd.recv(100))
        assert service.process.wait(LIMIT_S) == Exit.OK, service.said()
    assert set(said) == {b"READY=1", b"WATCHDOG=1", b"STOPPING=1"}
    assert said.count(b"READY=1") == said.count(b"STOPPING=1") == 1


def test_a_phone_page_that_somebody_watches_still_ends(services: Services) -> None:
    service = services.start("phone")
    services.until_up("phone", service)
    with httpx.stream("GET", f"{services.folder.phone}/events", timeout=LIMIT_S) as events:
        assert next(events.iter_lines())
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(LIMIT_S) == Exit.OK


@pytest.mark.parametrize("name", ["hub", "phone"])
def test_a_port_in_use_fails_and_is_said(services: Services, name: str) -> None:
    ports = {"hub": services.folder.console_port, "phone": services.folder.phone_port}
    with socket.create_server((LOOPBACK, ports[name])):
        service = services.start(name)
        assert service.process.wait(LIMIT_S) == Exit.FAILED
    assert "in use" in service.said()


def test_logs_are_in_utc_and_show_no_secret(services: Services) -> None:
    service = services.start("hub")
    services.until_up("hub", service)
    service.process.terminate()
    service.process.wait(LIMIT_S)
    first = service.said().splitlines()[0]
    assert first[10] == "T"
    assert first.split(" ")[0].endswith("Z")
    assert services.folder.secret.read_text().strip() not in service.said()
