"""Probes against real sockets and TLS servers."""

import shutil
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hub.engines import probes
from hub.engines.probe_settings import Probe
from hub.engines.probes import Impossible, look

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nxin chao"
ERROR = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"


def certificate(folder: Path, *, days: int, name: str) -> Path:
    """A self-signed certificate and its key in one PEM file; expired when `days` is negative."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(400))
        .not_valid_after(now + timedelta(days, seconds=3600))
        .add_extension(x509.SubjectAlternativeName([_alternative(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}{days}.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


def _alternative(name: str) -> x509.GeneralName:
    return x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)


@contextmanager
def server(handle: Callable[[socket.socket], object], pem: Path | None = None) -> Iterator[int]:
    """A port whose every connection is given to `handle`."""
    listener = socket.create_server(("127.0.0.1", 0))
    context = None
    if pem:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                link, _ = listener.accept()
            except OSError:
                return
            try:
                with link, context.wrap_socket(link, server_side=True) if context else link as talk:
                    handle(talk)
            except OSError:  # the client refused us, as some tests want
                continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def answers(text: bytes) -> Callable[[socket.socket], None]:
    def handle(link: socket.socket) -> None:
        link.recv(4096)
        link.sendall(text)

    return handle


def hangs(link: socket.socket) -> None:
    link.settimeout(10)
    while link.recv(4096):
        pass


def drips(link: socket.socket) -> None:
    """Never silent for long enough to time out, never done."""
    link.recv(4096)
    link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
    while True:
        threading.Event().wait(0.05)
        link.sendall(b".")


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def probe(kind: str, port: int = 0, /, **more: object) -> Probe:
    plain = {"url": f"http://127.0.0.1:{port}/"} if kind == "http" else {"host": "127.0.0.1"}
    raw = {"name": "p", "title_vi": "P", "kind": kind, "port": port, "timeout_s": 20, **plain}
    return Probe.model_validate(raw | more)


def test_an_open_port_is_up_and_has_a_latency() -> None:
    with server(hangs) as port:
        found = look(probe("tcp", port))
    assert (found.up, found.reason_vi) == (True, "")
    assert found.latency_ms is not None
    assert found.latency_ms > 0


def test_a_closed_port_is_refused() -> None:
    found = look(probe("tcp", closed_port()))
    assert (found.up, found.reason_vi) == (False, "Máy chủ từ chối kết nối")


@pytest.mark.parametrize(
    ("answer", "more", "reason"),
    [
        (HELLO, {}, ""),
        (HELLO, {"expect_text": "chao"}, ""),
        (HELLO, {"expect_text": "tạm biệt"}, "Nội dung không có “tạm biệt”"),
        (ERROR, {}, "Trả lời mã 503, cần 200"),
        (ERROR, {"expect_status": 503}, ""),
    ],
)
def test_a_page_must_answer_with_status_and_text(
    answer: bytes, more: dict[str, object], reason: str
) -> None:
    with server(answers(answer)) as port:
        found = look(probe("http", port, **more))
    assert (found.up, found.reason_vi) == (not reason, reason)


@pytest.mark.parametrize("handle", [hangs, drips])
def test_a_page_that_hangs_or_drips_runs_out_of_time(
    handle: Callable[[socket.socket], object],
) -> None:
    with server(handle) as port:
        found = look(probe("http", port, timeout_s=0.3))
    assert (found.up, found.reason_vi) == (False, "Quá thời gian chờ")


def test_a_page_behind_a_closed_port_is_refused() -> None:
    assert look(probe("http", closed_port())).reason_vi == "Máy chủ từ chối kết nối"


@pytest.mark.parametrize(
    ("days", "name", "trusted", "up", "reason"),
    [
        (90, "127.0.0.1", True, True, ""),
        (5, "127.0.0.1", True, True, "Chứng thư còn 5 ngày"),
        (-2, "127.0.0.1", True, False, "Chứng thư đã hết hạn"),
        (90, "mail.example", True, False, "Chứng thư không đúng tên máy chủ"),
        (90, "127.0.0.1", False, False, "Chứng thư tự ký, không được tin cậy"),
    ],
    ids=["good", "soon", "expired", "wrong host", "self-signed"],
)
def test_a_certificate_is_judged(
    tmp_path: Path, days: int, name: str, trusted: bool, up: bool, reason: str
) -> None:
    pem = certificate(tmp_path, days=days, name=name)
    with server(hangs, pem) as port:
        found = look(probe("tls", port, ca_file=pem if trusted else None))
    assert (found.up, found.reason_vi) == (up, reason)
    assert (found.expires_at is not None) is up
    if found.expires_at is not None:
        left = (found.expires_at - found.at) / timedelta(days=1)
        assert left == pytest.approx(days, abs=0.1)


def test_a_handshake_that_hangs_runs_out_of_time() -> None:
    with server(hangs) as port:
        assert look(probe("tls", port, timeout_s=0.3)).reason_vi == "Quá thời gian chờ"


def test_https_names_the_fault_of_the_certificate(tmp_path: Path) -> None:
    pem = certificate(tmp_path, days=-2, name="127.0.0.1")
    with server(answers(HELLO), pem) as port:
        found = look(probe("http", url=f"https://127.0.0.1:{port}/", ca_file=pem))
    assert (found.up, found.reason_vi) == (False, "Chứng thư đã hết hạn")


def test_a_name_is_looked_up() -> None:
    assert look(probe("dns", host="localhost")).up
    wrong = look(probe("dns", host="127.0.0.1", expect_address="10.0.0.1"))
    assert wrong.reason_vi == "Phân giải ra 127.0.0.1, cần 10.0.0.1"
    assert (
        look(probe("dns", host="no-such.invalid")).reason_vi == "Không phân giải được tên máy chủ"
    )


def test_a_ping_is_answered_or_honestly_not_possible() -> None:
    found = look(probe("ping"))
    assert found.up is not False
    assert bool(found.reason_vi) is (found.up is None)


def test_where_nothing_can_ping_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> socket.socket:
        raise PermissionError

    monkeypatch.setattr(socket, "socket", forbidden)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    found = look(probe("ping"))
    assert found.up is None
    assert "không có lệnh ping" in found.reason_vi
    with pytest.raises(Impossible):
        probes._ping(probe("ping"))


@pytest.mark.parametrize(
    ("script", "up", "reason"),
    [
        ("exit 0", True, ""),
        ("exit 1", False, "Không trả lời ping"),
        ("exit 2", None, "Lệnh ping không chạy được (mã 2)"),
        ("exec sleep 5", False, "Quá thời gian chờ"),
    ],
)
def test_where_sockets_may_not_the_program_pings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, up: bool | None, reason: str
) -> None:
    program = tmp_path / "ping"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(program))
    monkeypatch.setitem(probes.LOOKS, "ping", probes._ping_by_program)
    result = look(probe("ping", timeout_s=1))
    assert (result.up, result.reason_vi) == (up, reason)


class Wire:
    """A ping socket whose other end is the test: strangers' replies come before our own."""

    def __init__(self) -> None:
        self.replies: list[bytes] = []

    def connect(self, _: object) -> None: ...

    def settimeout(self, left: float) -> None:
        assert left > 0

    def send(self, request: bytes) -> None:
        assert request[0] == probes.ECHO_REQUEST
        own = bytes([probes.ECHO_REPLY]) + request[1:]
        self.replies = [own, bytes(24), own[:8] + b"another's token."]

    def recv(self, _: int) -> bytes:
        return self.replies.pop()


def test_only_our_own_reply_counts() -> None:
    wire = Wire()
    probes._echo(cast("socket.socket", wire), probe("ping"))
    assert wire.replies == []


@pytest.mark.parametrize(
    ("kind", "more", "remedy"),
    [
        ("http", {"url": "ftp://x"}, "url: write http"),
        ("tcp", {}, "port: a tcp probe needs one"),
        ("dns", {"host": ""}, "host: a dns probe needs one"),
        ("ping", {"timeout_s": 30, "every_s": 10}, "timeout_s: must not be longer"),
    ],
)
def test_a_probe_that_lacks_something_is_refused(
    kind: str, more: dict[str, object], remedy: str
) -> None:
    with pytest.raises(ValueError, match=remedy):
        probe(kind, 0, **more)
