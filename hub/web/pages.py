"""The routes of the console, each a short walk from the records to a template."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import JSONResponse, RedirectResponse, StreamingResponse
from sqlalchemy import select
from starlette.exceptions import HTTPException as StarletteHTTPException

from contracts.clock import utc_now
from hub import ledger
from hub.context import Context
from hub.health import dead_of
from hub.incident import Verdict
from hub.incidents import AlreadyClosed, NoSuchIncident, ReasonMissing
from hub.records import incidents
from hub.rollouts import states
from hub.rollouts.wording import line_vi
from hub.web import board, chart, events, sights
from hub.web.access import Door, Forbidden, check_csrf
from hub.web.person import person as person_at
from hub.web.render import Renderer
from hub.wording import number

PAGE_ROWS = 100
FOREVER = "private, max-age=31536000, immutable"
CAPTION = "X-Caption"
"""Header of an incident's picture: which camera took it and when, percent-encoded UTF-8."""
CHOICES = {verdict.value: verdict for verdict in Verdict}


class Pages:
    """`router` holds the routes; synchronous ones run in the server's thread pool."""

    def __init__(self, context: Context, door: Door, render: Renderer) -> None:
        self._context = context
        self._door = door
        self._render = render
        self.router = APIRouter()
        get, post = self.router.get, self.router.post
        get("/")(self.board)
        get("/incidents")(self.all_incidents)
        get("/incidents/{name}")(self.incident)
        get("/incidents/{name}/picture")(self.incident_picture)
        post("/incidents/{name}/verdict")(self.judge)
        post("/incidents/{name}/close")(self.close)
        get("/devices/{name}")(self.device)
        get("/evidence/{name}.jpg")(self.evidence)
        get("/events")(self.events)
        get("/healthz")(self.healthz)
        get("/livez")(self.livez)
        get("/login")(self.login)
        post("/login")(self.enter)
        post("/logout")(self.leave)

    def board(self, request: Request) -> Response:
        self._door.require(request)
        now = utc_now()
        with self._context.database.read() as connection:
            seen = board.board(connection, self._context.config.rules, now)
        return self._render.page(
            request, "board", board=seen, now=now, health=self._context.health(),
            chart=chart.chart(self._render.shapes(now), seen.devices, seen.open),
        )  # fmt: skip

    def all_incidents(self, request: Request, before: str = "", kind: str = "") -> Response:
        """Newest first, a page at a time; ULIDs sort by time."""
        self._door.require(request)
        query = select(incidents).order_by(incidents.c.id.desc()).limit(PAGE_ROWS)
        if before:
            query = query.where(incidents.c.id < before)
        if kind:
            query = query.where(incidents.c.type == kind)
        with self._context.database.read() as connection:
            rows = board.with_pictures(connection, query)
        return self._render.page(request, "incidents", rows=rows, now=utc_now(), kind=kind,
                          full=len(rows) == PAGE_ROWS)  # fmt: skip

    def incident(self, request: Request, name: str, note: str = "") -> Response:
        self._door.require(request)
        now = utc_now()
        with self._context.database.read() as connection:
            one = board.incident(connection, name)
            if one is None:
                raise HTTPException(404, "Không có sự việc này.")
            devices = board.all_devices(connection, self._context.config.rules, now)
            history = board.history(connection, name)
            looks = sights.looks(connection, name)
        return self._render.page(
            request, "incident", one=one, now=now, history=history, looks=looks, note=note,
            chart=chart.chart(self._render.shapes(now), devices, [one]),
        )  # fmt: skip

    def incident_picture(self, request: Request, name: str) -> Response:
        """The best picture there is now."""
        self._door.require(request)
        with self._context.database.read() as connection:
            one = board.incident(connection, name)
            best = one and (one.picture or one.thumbnail)
            body = board.jpeg(connection, best.id) if best else None
        if body is None or not best:
            raise HTTPException(404, "Chưa có ảnh.")
        return Response(body, media_type="image/jpeg", headers={CAPTION: quote(best.caption)})

    def judge(
        self,
        request: Request,
        name: str,
        verdict: Annotated[str, Form()],
        csrf: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
        who: Annotated[str, Form()] = "",
    ) -> Response:
        """A person's word; a second officer is told who was first."""
        self._door.require(request)
        check_csrf(request, csrf)
        if verdict not in CHOICES:
            raise HTTPException(422, "Không có lựa chọn này.")
        person = person_at(self._door, request, who)
        note = ""
        try:
            with self._context.database.work() as work:
                self._context.incidents.acknowledge(
                    work, name, CHOICES[verdict], who=person, at=utc_now(), reason=reason
                )
        except AlreadyClosed:
            note = "closed"
        except ReasonMissing:
            note = "reason"
        except NoSuchIncident:
            raise HTTPException(404, "Không có sự việc này.") from None
        return _back(name, note)

    def close(
        self,
        request: Request,
        name: str,
        csrf: Annotated[str, Form()] = "",
        who: Annotated[str, Form()] = "",
    ) -> Response:
        """The fire is out."""
        self._door.require(request)
        check_csrf(request, csrf)
        person = person_at(self._door, request, who)
        note = ""
        try:
            with self._context.database.work() as work:
                self._context.incidents.close(
                    work, name, who=person, at=utc_now(), why="Đã kết thúc"
                )
        except AlreadyClosed:
            note = "closed"
        except NoSuchIncident:
            raise HTTPException(404, "Không có sự việc này.") from None
        return _back(name, note)

    def device(self, request: Request, name: str) -> Response:
        self._door.require(request)
        now = utc_now()
        with self._context.database.read() as connection:
            devices = board.all_devices(connection, self._context.config.rules, now)
            one = next((device for device in devices if device.name == name), None)
            if one is None:
                raise HTTPException(404, "Không có thiết bị này.")
            missing = ledger.missing(connection, name)
            troubles = board.open_of(connection, name)
            updates = [line_vi(state) for state in states.of(connection, name)]
        return self._render.page(
            request, "device", one=one, now=now, missing=missing, troubles=troubles,
            updates=updates, number=number,
        )  # fmt: skip

    def evidence(self, request: Request, name: str) -> Response:
        self._door.require(request)
        with self._context.database.read() as connection:
            body = board.jpeg(connection, name)
        if body is None:
            raise HTTPException(404, "Không có ảnh này.")
        return Response(body, media_type="image/jpeg", headers={"Cache-Control": FOREVER})

    async def events(self, request: Request) -> Response:
        self._door.require(request)
        last = request.headers.get("last-event-id", "")
        return StreamingResponse(
            events.lines(self._context.feed, int(last) if last.isdecimal() else None),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    def healthz(self) -> Response:
        """503 with the reasons when something is wrong; figures only, open to a watchdog."""
        health = self._context.health()
        body = {
            "ok": not health.troubles,
            "troubles": list(health.troubles),
            "last_message_at": _text(health.last_message_at),
            "inbox_undone": health.inbox_undone,
            "series_backlog": health.series_backlog,
            "notifications_pending": health.notifications_pending,
            "quarantined": health.quarantined,
        }
        return JSONResponse(body, status_code=503 if health.troubles else 200)

    def livez(self) -> Response:
        """503 only when a restart of the hub would help: for supervisors that kill."""
        dead = dead_of(self._context.health)
        return JSONResponse({"ok": not dead, "dead": list(dead)}, status_code=503 if dead else 200)

    def login(self, request: Request) -> Response:
        if self._door.is_open:
            return RedirectResponse("/", status_code=303)
        return self._render.page(request, "login", wrong=False)

    def enter(
        self,
        request: Request,
        name: Annotated[str, Form()],
        password: Annotated[str, Form()],
        csrf: Annotated[str, Form()] = "",
    ) -> Response:
        check_csrf(request, csrf)
        if self._door.enter(request, name, password):
            return RedirectResponse("/", status_code=303)
        return self._render.page(request, "login", status=401, wrong=True)

    def leave(self, request: Request, csrf: Annotated[str, Form()] = "") -> Response:
        check_csrf(request, csrf)
        request.session.clear()
        return RedirectResponse("/login", status_code=303)

    async def forbidden(self, request: Request, error: Exception) -> Response:
        why = error.why if isinstance(error, Forbidden) else str(error)
        return self._render.page(request, "forbidden", status=403, why=why)

    async def absent(self, request: Request, error: Exception) -> Response:
        """What is not there, said as a page to browsers and as JSON to programs."""
        assert isinstance(error, StarletteHTTPException)
        if "text/html" not in request.headers.get("accept", ""):
            return await http_exception_handler(request, error)
        why = "Không có trang này." if error.detail == "Not Found" else error.detail
        return self._render.page(request, "forbidden", status=error.status_code, why=why)


def _back(name: str, note: str) -> Response:
    tail = f"?note={note}" if note else ""
    return RedirectResponse(f"/incidents/{name}{tail}", status_code=303)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
