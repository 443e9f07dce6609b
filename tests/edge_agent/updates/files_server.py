"""A hub's file server: speaks `Range`, and can cut a line after so many bytes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FilesServer(ThreadingHTTPServer):
    """`content` is what every path holds; `cut` ends an answer early; `asked` remembers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.content = b""
        self.cut: int | None = None
        self.status = 200
        self.ranges = True
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: FilesServer

    def do_GET(self) -> None:
        hub = self.server
        asked = self.headers.get("Range", "")
        hub.asked.append(asked)
        start = int(asked.removeprefix("bytes=").rstrip("-") or 0) if hub.ranges else 0
        beyond = start >= len(hub.content)
        status = hub.status if hub.status != 200 else 416 if beyond else 206 if start else 200
        body = b"" if status in (404, 416) else hub.content[start:]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: hub.cut])
        if hub.cut is not None:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Silent."""


@contextmanager
def files_server() -> Iterator[FilesServer]:
    with FilesServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
