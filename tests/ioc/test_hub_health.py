"""`ioc hub health`: asks the hub on this machine, whatever it listens on."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from hub.config import Console
from ioc import cli
from ioc.exits import Exit


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()
        self.wfile.write(json.dumps({"troubles": [], "inbox_undone": 0}).encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def answering(host: str) -> Iterator[int]:
    class Server(HTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

    with Server((host, 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def ask(tmp_path: Path, host: str, port: int) -> int:
    (tmp_path / "hub.toml").write_text(f'[console]\nlisten = "{host}"\nport = {port}\n')
    return cli.main(["hub", "health", "--config", str(tmp_path / "hub.toml")])


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_hub_that_answers_is_well(
    tmp_path: Path, host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if ":" in host and not socket.has_ipv6:
        pytest.skip("this machine speaks no IPv6")
    with answering(host) as port:
        assert ask(tmp_path, host, port) == Exit.OK
    assert "inbox_undone: 0" in capsys.readouterr().out


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_hub_that_is_away_is_said(
    tmp_path: Path, host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(tmp_path, host, 1) == Exit.FAILED
    assert "does not answer" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("listen", "reached"), [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("10.0.0.5", "10.0.0.5")]
)
def test_who_listens_everywhere_is_reached_at_home(listen: str, reached: str) -> None:
    assert Console.model_construct(listen=listen).reached_at == reached
