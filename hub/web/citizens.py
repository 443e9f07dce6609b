"""`/bao-tin`: anybody's page to report something; works without signing in and without a script."""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from contracts.clock import utc_now
from hub.citizens import photo, reports
from hub.citizens.alarms import ReportAlarms
from hub.citizens.categories import categories
from hub.citizens.guard import Forms, Gate, Turned
from hub.citizens.reports import NoSuchReport, Reports, Sent
from hub.context import Context
from hub.geometry import Spot
from hub.places import district
from hub.web import wording
from hub.web.access import Door, session_secret
from hub.web.render import Renderer
from hub.web.report_desk import ReportDesk
from hub.wording import LOCAL

TEMPLATES = Path(__file__).parent / "templates"
BODY_BYTES = photo.UPLOAD_BYTES + 64_000
READ_S = 120.0
"""A slow village network takes a minute for 8 MB; a slow attack lasts."""
TRAP = "website"
"""A field that no person sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A form as it came; what is not in it is empty."""

    fields: Mapping[str, str] = field(default_factory=dict)
    photo: bytes = b""

    def field(self, name: str) -> str:
        return self.fields.get(name, "")


NOTHING = Given()


def install(app: FastAPI, context: Context, door: Door, render: Renderer) -> None:
    """The desk's pages always; the public page where it is enabled."""
    book = Reports(
        context.admission, context.knowledge.lifecycles[reports.TYPE],
        ReportAlarms(context.incidents, context.config.citizens), district(),
    )  # fmt: skip
    app.include_router(ReportDesk(context, door, render, book).router)
    citizens = context.config.citizens
    if citizens.enabled:
        app.include_router(PublicPage(context, book).router)
    if citizens.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(citizens.trusted_proxies))


class PublicPage:
    """`router` holds the routes."""

    def __init__(self, context: Context, book: Reports) -> None:
        config = context.config.citizens
        self._database = context.database
        self._book = book
        self._forms = Forms(session_secret(context.database), config.fill_s)
        self._gate = Gate(per_address=config.tries_per_address, in_total=config.tries_in_total)
        self._templates = Jinja2Templates(directory=str(TEMPLATES))
        self._templates.env.globals.update(
            wording=wording,
            categories=categories,
            ratings=reports.RATINGS,
            power_hotline=config.power_hotline,
        )
        self.router = APIRouter(prefix="/bao-tin")
        self.router.get("")(self.form)
        self.router.post("")(self.send)
        self.router.get("/tra-cuu")(self.search)
        self.router.get("/{code}")(self.receipt)
        self.router.post("/{code}")(self.rate)

    def form(self, request: Request) -> Response:
        return self._form(request)

    async def send(self, request: Request) -> Response:
        """Judged before it is read: size, then how often; a refused form keeps its words."""
        given = Given()
        try:
            _bounded(request, BODY_BYTES)
            self._gate.enter(_address(request), utc_now())
            given = await _read(request)
            code = await run_in_threadpool(self._take, request, given)
        except Turned as turned:
            return self._form(request, turned, given)
        return RedirectResponse(f"/bao-tin/{code}", status_code=303)

    def search(self, code: str = "") -> Response:
        """The code as it was typed; only its letters and digits go into the address."""
        plain = "".join(each for each in code if each.isascii() and each.isalnum())[:16]
        return RedirectResponse(f"/bao-tin/{plain or 'KHONG'}", status_code=303)

    def receipt(self, request: Request, code: str) -> Response:
        return self._receipt(request, code)

    async def rate(self, request: Request, code: str) -> Response:
        """Whoever holds the receipt says how it was; once."""
        now = utc_now()
        try:
            _bounded(request, 4_000)
            self._gate.enter(_address(request), now)
            given = await _read(request)
            await run_in_threadpool(self._rate, code, given.field("rating"))
        except Turned as turned:
            return self._receipt(request, code, turned)
        except NoSuchReport:
            return self._receipt(request, code)
        return RedirectResponse(f"/bao-tin/{code}", status_code=303)

    def _rate(self, code: str, rating: str) -> None:
        with self._database.work() as work:
            self._book.rate(work, code, rating, utc_now())

    def _take(self, request: Request, given: Given) -> str:
        now = utc_now()
        number = self._forms.check(given.field("token"), now)
        if given.field(TRAP):
            return reports.new_code()  # a machine learns nothing from its receipt
        sent = Sent(
            form=number, category=given.field("category"), commune=given.field("commune"),
            place=given.field("place"), text=given.field("text"), spot=_spot(given),
            photo=_clean(given.photo) if given.photo else None,
        )  # fmt: skip
        address = _address(request)
        with self._database.work() as work:
            return self._book.send(work, sent, now, lambda: self._gate.may_open(address, now))

    def _form(
        self, request: Request, turned: Turned | None = None, given: Given = NOTHING
    ) -> HTMLResponse:
        now = utc_now()
        known: dict[str, Any] = {
            "token": self._forms.issue(now),
            "why": turned.why_vi if turned else "",
            "given": {name: given.field(name) for name in
                      ("category", "commune", "place", "text", "lat", "lon")},
            "communes": district().on(now.astimezone(LOCAL).date()),
        }  # fmt: skip
        return self._page(request, "bao_tin", turned.status if turned else 200, known)

    def _receipt(self, request: Request, code: str, turned: Turned | None = None) -> HTMLResponse:
        try:
            with self._database.read() as connection:
                row = reports.by_code(connection, code)
                state = self._book.state(connection, row.case)
        except NoSuchReport:
            return self._page(request, "bao_tin_khong_co", 404, {})
        known = {"row": row, "state": state, "why": turned.why_vi if turned else "",
                 "may_rate": state.code == reports.DONE}  # fmt: skip
        return self._page(request, "bao_tin_bien_nhan", turned.status if turned else 200, known)

    def _page(
        self, request: Request, name: str, status: int, known: dict[str, Any]
    ) -> HTMLResponse:
        return self._templates.TemplateResponse(request, f"{name}.html", known, status_code=status)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _bounded(request: Request, most: int) -> None:
    """Raises Turned unless the sender says a length, and one that is allowed."""
    said = request.headers.get("content-length", "")
    if "transfer-encoding" in request.headers or not said.isdecimal():
        raise Turned("Trình duyệt không nói kích thước. Dùng trình duyệt khác.", 411)
    if int(said) > most:
        raise Turned("Ảnh lớn quá 8 MB. Chọn ảnh nhỏ hơn.", 413)


async def _read(request: Request) -> Given:
    """Raises Turned."""
    try:
        async with (
            asyncio.timeout(READ_S),
            request.form(max_files=1, max_fields=12, max_part_size=16_000) as form,
        ):
            file = form.get("photo")
            return Given(
                fields={name: each.strip() for name, each in form.items() if isinstance(each, str)},
                photo=await file.read() if isinstance(file, UploadFile) else b"",
            )
    except TimeoutError:
        raise Turned("Mạng quá chậm. Gửi lại không kèm ảnh.", 408) from None
    except HTTPException:
        raise Turned("Biểu mẫu không đọc được. Tải lại trang rồi làm lại.", 400) from None


def _clean(upload: bytes) -> bytes:
    try:
        return photo.clean(upload)
    except photo.BadPhoto as bad:
        raise Turned(bad.why_vi) from None


def _spot(given: Given) -> Spot | None:
    """What the phone says of where it is, if it is a position at all."""
    try:
        lat, lon = float(given.field("lat")), float(given.field("lon"))
    except ValueError:
        return None
    good = math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180
    return Spot(lat, lon) if good else None
