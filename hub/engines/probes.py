"""Probes of the digital infrastructure: one look each, bounded in time, with a reason in words.

`look` runs in the caller's thread and is bounded by sockets' own timeouts; a name server that hangs
can hold it longer, which `hub.engines.prober` cuts off.
"""

import os
import shutil
import socket
import ssl
import struct
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx

from contracts.clock import utc_now
from hub.engines.probe_settings import Kind, Probe

BODY_BYTES = 262_144
"""A page that must hold a text holds it in its first quarter of a megabyte."""
ECHO_REQUEST, ECHO_REPLY = 8, 0
NOT_YET, EXPIRED, SELF_SIGNED, SELF_SIGNED_CHAIN, NO_ISSUER = 9, 10, 18, 19, 20
WRONG_HOST, WRONG_ADDRESS = 62, 64
"""Verification codes of OpenSSL (X509_V_ERR_*)."""
CERTIFICATE_VI = {
    EXPIRED: "Chứng thư đã hết hạn",
    NOT_YET: "Chứng thư chưa có hiệu lực",
    WRONG_HOST: "Chứng thư không đúng tên máy chủ",
    WRONG_ADDRESS: "Chứng thư không đúng tên máy chủ",
    SELF_SIGNED: "Chứng thư tự ký, không được tin cậy",
    SELF_SIGNED_CHAIN: "Chứng thư tự ký, không được tin cậy",
    NO_ISSUER: "Không rõ nơi cấp chứng thư",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one look saw.  `up` None: it could not be looked at from here.

    `reason_vi` is empty when all is well; with `up` true it is a warning.
    """

    probe: Probe
    at: datetime
    up: bool | None
    latency_ms: float | None
    reason_vi: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What a kind of probe says beside having come through."""

    reason_vi: str = ""
    expires_at: datetime | None = None


class Impossible(Exception):
    """This machine cannot look in that way."""

    def __init__(self, why_vi: str) -> None:
        self.why_vi = why_vi
        super().__init__(why_vi)


class Unwell(Exception):
    """It answered, but not as it should."""

    def __init__(self, why_vi: str) -> None:
        self.why_vi = why_vi
        super().__init__(why_vi)


def look(probe: Probe) -> Result:
    """One look; never raises for what is wrong out there."""
    at, began = utc_now(), time.monotonic()
    try:
        seen = LOOKS[probe.kind](probe)
    except Impossible as impossible:
        return _result(probe, at, up=None, reason_vi=impossible.why_vi)
    except Unwell as unwell:
        return _result(probe, at, up=False, reason_vi=unwell.why_vi)
    except (OSError, httpx.HTTPError) as error:
        return _result(probe, at, up=False, reason_vi=_why_vi(error))
    return Result(
        probe=probe,
        at=at,
        up=True,
        latency_ms=(time.monotonic() - began) * 1000,
        reason_vi=seen.reason_vi,
        expires_at=seen.expires_at,
    )


def overdue(probe: Probe, at: datetime) -> Result:
    """Of a look that began at `at` and did not come back."""
    return _result(probe, at, up=False, reason_vi=f"Không trả lời trong {probe.timeout_s:g} giây")


def _result(probe: Probe, at: datetime, *, up: bool | None, reason_vi: str) -> Result:
    return Result(probe=probe, at=at, up=up, latency_ms=None, reason_vi=reason_vi)


def _tcp(probe: Probe) -> _Seen:
    socket.create_connection((probe.host, probe.port), probe.timeout_s).close()
    return _Seen()


def _http(probe: Probe) -> _Seen:
    deadline = time.monotonic() + probe.timeout_s
    verify = _trust(probe) if probe.url.startswith("https") else True
    with (
        httpx.Client(timeout=probe.timeout_s, verify=verify, trust_env=False) as client,
        client.stream("GET", probe.url) as answer,
    ):
        if answer.status_code != probe.expect_status:
            raise Unwell(f"Trả lời mã {answer.status_code}, cần {probe.expect_status}")
        body = b""
        for chunk in answer.iter_bytes():
            body += chunk
            if time.monotonic() > deadline:
                raise TimeoutError
            if len(body) > BODY_BYTES:
                break
    if probe.expect_text.encode() not in body:
        raise Unwell(f"Nội dung không có “{probe.expect_text}”")
    return _Seen()


def _tls(probe: Probe) -> _Seen:
    deadline = time.monotonic() + probe.timeout_s
    with socket.create_connection((probe.host, probe.port), probe.timeout_s) as plain:
        plain.settimeout(max(deadline - time.monotonic(), 0.001))
        with _trust(probe).wrap_socket(plain, server_hostname=probe.host) as secure:
            certificate = secure.getpeercert() or {}
    expires_at = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    left = expires_at - utc_now()
    soon = left < timedelta(days=probe.warn_days)
    warning = f"Chứng thư còn {max(left.days, 0)} ngày" if soon else ""
    return _Seen(reason_vi=warning, expires_at=expires_at)


def _trust(probe: Probe) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=probe.ca_file)


def _dns(probe: Probe) -> _Seen:
    found = {str(answer[4][0]) for answer in socket.getaddrinfo(probe.host, None)}
    if probe.expect_address and probe.expect_address not in found:
        raise Unwell(f"Phân giải ra {', '.join(sorted(found))}, cần {probe.expect_address}")
    return _Seen()


def _ping(probe: Probe) -> _Seen:
    """By an unprivileged datagram socket, else by the program, else honestly not."""
    try:
        echo = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
    except OSError:
        return _ping_by_program(probe)
    with echo:
        _echo(echo, probe)
    return _Seen()


def _echo(echo: socket.socket, probe: Probe) -> None:
    """One request; the kernel fills in identifier and checksum and hands over our replies only."""
    deadline = time.monotonic() + probe.timeout_s
    token = os.urandom(16)
    echo.connect((probe.host, 0))
    echo.send(struct.pack("!BBHHH", ECHO_REQUEST, 0, 0, 0, 1) + token)
    while (left := deadline - time.monotonic()) > 0:
        echo.settimeout(left)
        reply = echo.recv(1024)
        if reply[0] == ECHO_REPLY and reply[8:] == token:
            return
    raise TimeoutError


def _ping_by_program(probe: Probe) -> _Seen:
    program = shutil.which("ping")
    if program is None:
        raise Impossible("Máy này không cho phép ping: không có quyền ICMP và không có lệnh ping")
    wait = str(max(round(probe.timeout_s), 1))
    try:
        ran = subprocess.run(
            [program, "-n", "-c", "1", "-W", wait, "--", probe.host],
            capture_output=True,
            timeout=probe.timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    if ran.returncode == 1:
        raise Unwell("Không trả lời ping")
    if ran.returncode:
        raise Impossible(f"Lệnh ping không chạy được (mã {ran.returncode})")
    return _Seen()


def _why_vi(error: Exception) -> str:
    """The reason for people; httpx keeps the socket's error as a cause."""
    chain: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in chain:
        chain.append(one)
        one = one.__cause__ or one.__context__
    for link in reversed(chain):
        if words := _words(link):
            return words
    return f"Lỗi kết nối: {error}"


def _words(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return CERTIFICATE_VI.get(
            error.verify_code, f"Chứng thư bị từ chối: {error.verify_message}"
        )
    if isinstance(error, socket.gaierror):
        return "Không phân giải được tên máy chủ"
    if isinstance(error, ConnectionRefusedError):
        return "Máy chủ từ chối kết nối"
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return "Quá thời gian chờ"
    if isinstance(error, ssl.SSLError):
        return "Bắt tay TLS thất bại"
    return ""


LOOKS: dict[Kind, Callable[[Probe], _Seen]] = {
    "tcp": _tcp,
    "http": _http,
    "tls": _tls,
    "dns": _dns,
    "ping": _ping,
}
