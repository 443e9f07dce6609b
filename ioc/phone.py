"""The page that plays the phone: believes signed calls only, shows the newest alarm, live.

POST /hook            the hub's webhook
GET  /                the phone's screen
GET  /events          calls as server-sent events, those of the past first
GET  /picture/<n>     evidence of call n, fetched from the console
GET  /received.json   for tests: everything with times and counts
POST /fail            {"requests": 3} or {"seconds": 60}: answers 503 meanwhile
"""

import asyncio
import json
import logging
import signal
import socket
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from contracts.clock import utc_now
from ioc.broker import LOOPBACK
from ioc.calls import BadCall, Calls, Outage, parse
from ioc.signature import HEADER, SignatureError, verify

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
CAPTION = "X-Caption"
"""The console's word on whose picture it is; percent-encoded UTF-8."""
BODY_BYTES = 65_536
HEARTBEAT_S = 15.0
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'"
)


class Phone:
    """The state behind the page."""

    def __init__(self, *, secret: bytes, console: str, calls: Calls) -> None:
        self.secret = secret
        self.console = console
        self.calls = calls
        self.outage = Outage()
        self.refused: dict[str, int] = {}
        self._news = asyncio.Condition()

    def refuse(self, status: int, reason: str, why: str) -> Response:
        self.refused[reason] = self.refused.get(reason, 0) + 1
        log.warning("refused a call: %s", why)
        return JSONResponse({"accepted": False, "reason": reason, "why": why}, status)

    async def hook(self, request: Request) -> Response:
        if self.outage.strikes():
            return self.refuse(503, "outage", "the phone was told to fail")
        body = await request.body()
        if len(body) > BODY_BYTES:
            return self.refuse(413, "oversized", f"{len(body)} bytes, at most {BODY_BYTES}")
        try:
            verify(self.secret, request.headers.get(HEADER), body, time.time())
            call = parse(request.headers.get("Idempotency-Key"), body, utc_now())
        except SignatureError as wrong:
            return self.refuse(401, f"signature-{wrong.reason}", str(wrong))
        except BadCall as wrong:
            return self.refuse(400, "malformed", str(wrong))
        new = self.calls.add(call)
        async with self._news:
            self._news.notify_all()
        return JSONResponse({"accepted": True, "repeat": not new})

    async def received(self, _request: Request) -> Response:
        calls = [call.view() for call in self.calls.all()]
        counts = {"repeats": self.calls.repeats, "refused": self.refused}
        return JSONResponse({"calls": calls, **counts})

    async def fail(self, request: Request) -> Response:
        try:
            order = json.loads(await request.body())
            seconds, requests = float(order.get("seconds", 0)), int(order.get("requests", 0))
        except (ValueError, TypeError, AttributeError):
            return JSONResponse({"why": 'write {"requests": 3} or {"seconds": 60}'}, 400)
        until = utc_now() + timedelta(seconds=seconds)
        self.outage = Outage(requests=requests, until=until)
        return JSONResponse({"requests": requests, "seconds": seconds})

    async def events(self, _request: Request) -> Response:
        return StreamingResponse(
            self._stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def _stream(self) -> AsyncIterator[str]:
        told = 0
        while True:
            calls = self.calls.all()
            for number, call in enumerate(calls[told:], start=told):
                yield f"id: {number}\ndata: {json.dumps(call.view() | {'number': number})}\n\n"
            told = len(calls)
            if not told:
                yield ": waiting\n\n"
            try:
                await asyncio.wait_for(self._more_than(told), HEARTBEAT_S)
            except TimeoutError:
                yield ": still here\n\n"

    async def _more_than(self, told: int) -> None:
        async with self._news:
            await self._news.wait_for(lambda: len(self.calls) > told)

    async def picture(self, request: Request) -> Response:
        """The console's picture; from the console alone, whatever the call says."""
        calls, number = self.calls.all(), request.path_params["number"]
        path = calls[number].body.get("picture") if number < len(calls) else None
        if not isinstance(path, str) or not path:
            return Response(status_code=404)
        url = urljoin(self.console, path)
        if urlsplit(url)[:2] != urlsplit(self.console)[:2]:
            return Response("not a picture of our console", 404)
        try:
            async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
                answer = await client.get(url)
        except httpx.HTTPError as trouble:
            log.warning("no picture from the console: %s", trouble)
            return Response(status_code=502)
        if answer.status_code != 200 or answer.headers.get("Content-Type") != "image/jpeg":
            return Response(status_code=404)
        caption = {CAPTION: answer.headers.get(CAPTION, "")}
        return Response(answer.content, media_type="image/jpeg", headers=caption)

    async def screen(self, _request: Request) -> Response:
        return FileResponse(STATIC / "phone.html", headers={"Content-Security-Policy": POLICY})

    async def console_address(self, _request: Request) -> Response:
        return JSONResponse({"console": self.console})


def create_app(*, secret: bytes, console: str, journal: Path | None = None) -> Starlette:
    """`console` is the base address that paths in calls are relative to."""
    phone = Phone(secret=secret, console=console, calls=Calls(journal))
    return Starlette(
        routes=[
            Route("/", phone.screen),
            Route("/hook", phone.hook, methods=["POST"]),
            Route("/events", phone.events),
            Route("/picture/{number:int}", phone.picture),
            Route("/received.json", phone.received),
            Route("/console.json", phone.console_address),
            Route("/fail", phone.fail, methods=["POST"]),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]
    )


def run(*, secret_file: Path, port: int, console: str, journal: Path | None) -> None:
    """Serves on loopback until SIGTERM or SIGINT, whenever they come.

    Raises OSError when the secret cannot be read or the port is in use.
    """
    secret = secret_file.read_text(encoding="utf-8").partition("\n")[0].strip().encode()
    app = create_app(secret=secret, console=console, journal=journal)
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)

    def end(*_: object) -> None:
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    with socket.create_server((LOOPBACK, port)) as listener:
        server.run(sockets=[listener])
