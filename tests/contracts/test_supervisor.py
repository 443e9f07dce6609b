"""sd_notify, heard on a real datagram socket."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts import supervisor


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        heard.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield heard


def test_systemd_is_told(systemd: socket.socket) -> None:
    assert supervisor.tell(supervisor.READY)
    assert systemd.recv(100) == b"READY=1"


def test_an_abstract_socket_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"ioc-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(f"\0{name}")
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
        assert supervisor.tell(supervisor.ENDING)
        assert heard.recv(100) == b"STOPPING=1"


def test_without_systemd_nobody_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not supervisor.tell(supervisor.READY)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    assert not supervisor.tell(supervisor.READY)


@pytest.mark.parametrize(
    ("asked", "meant", "patience"),
    [("30000000", True, 30.0), ("30000000", False, None), ("", True, None), ("0", True, None)],
)
def test_patience_is_that_of_the_unit(
    monkeypatch: pytest.MonkeyPatch, asked: str, meant: bool, patience: float | None
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", asked)
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid() if meant else 1))
    assert supervisor.patience_s() == patience


def test_signs_of_life_are_few(systemd: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "60000000")
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    pulse = supervisor.Pulse()
    for _ in range(3):
        pulse.beat()
    assert systemd.recv(100) == b"WATCHDOG=1"
    with pytest.raises(BlockingIOError):
        systemd.recv(100)


def test_no_sign_of_life_where_nobody_waits_for_one(
    systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    supervisor.Pulse().beat()
    with pytest.raises(BlockingIOError):
        systemd.recv(100)
