"""Servers that the tests of the command start for real."""

import contextlib
import http.server
import io
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import uvicorn
from PIL import Image
from starlette.types import ASGIApp

from ioc.broker import free_port

PATIENCE_S = 30.0


def until(condition: Callable[[], bool], what: str, limit_s: float = PATIENCE_S) -> None:
    """Returns when `condition` holds; fails after a generous while."""
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, f"waited {limit_s:.0f} s for {what}"
        time.sleep(0.05)


@contextlib.contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """The address of `app`, served for real in a thread."""
    port = free_port()
    config = uvicorn.Config(app, port=port, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="server of the test")
    thread.start()
    until(lambda: server.started, "the server")
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (640, 480), "#8fa3ad").save(buffer, "JPEG")
    return buffer.getvalue()


@dataclass(kw_only=True)
class FakeConsole:
    """Pictures at /evidence/…, as the hub's console has them; `missing` come later."""

    url: str = ""
    missing: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def console() -> Iterator[FakeConsole]:
    fake = FakeConsole()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fake.asked.append(self.path)
            known = self.path.startswith("/evidence/") and self.path not in fake.missing
            self.send_response(200 if known else 404)
            self.send_header("Content-Type", "image/jpeg" if known else "text/plain")
            self.end_headers()
            self.wfile.write(jpeg() if known else b"no")

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, name="console of the test")
        thread.start()
        fake.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield fake
        server.shutdown()
        thread.join()
