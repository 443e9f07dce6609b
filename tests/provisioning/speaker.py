"""A small HTTP server for products that cannot be installed here: it keeps what it is told."""

import json
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any

    @property
    def writes(self) -> bool:
        return self.method != "GET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Speaker:
    """`asked` remembers every request; a subclass answers them from its state."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._scheme = "http"

    def answer(self, asked: Asked) -> Answer:
        raise NotImplementedError

    def start(self, pem: Path | None = None) -> None:
        """With `pem` (key and chain) it speaks TLS."""
        if pem is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
            self._scheme = "https"
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"{self._scheme}://localhost:{self._server.server_port}"

    def written(self) -> list[Asked]:
        """What was asked to change since the last call."""
        found = [each for each in self.asked if each.writes]
        self.asked.clear()
        return found

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        speaker = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _serve(self) -> None:
                asked = _read(self)
                speaker.asked.append(asked)
                _write(self, speaker.answer(asked))

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _read(handler: BaseHTTPRequestHandler) -> Asked:
    parts = urlsplit(handler.path)
    text = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    return Asked(
        method=handler.command,
        path=parts.path,
        query=dict(parse_qsl(parts.query)),
        headers={name.lower(): value for name, value in handler.headers.items()},
        body=json.loads(text) if text else None,
    )


def _write(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    plain = isinstance(answer.body, str)
    said = answer.body if plain else "" if answer.body is None else json.dumps(answer.body)
    text = said.encode()
    handler.send_response(answer.status)
    handler.send_header("Content-Type", "text/csv" if plain else "application/json")
    handler.send_header("Content-Length", str(len(text)))
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(text)
