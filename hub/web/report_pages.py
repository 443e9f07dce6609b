"""The routes of the reports: the archive, one report to read, its files, one made by hand."""

from datetime import date, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from contracts.clock import utc_now
from hub.catalogue.periods import Period, Span, containing
from hub.context import Context
from hub.reporting import html
from hub.reporting.archive import Archive, kept, listed, sent
from hub.reporting.content import NAMES, SPANS, Report
from hub.reporting.formats import FORMATS
from hub.web.access import Door, Forbidden, check_csrf
from hub.web.person import person
from hub.web.render import Renderer
from hub.wording import LOCAL

PAGE_ROWS = 60
STATES = {
    "pending": "đang gửi", "accepted": "đã gửi", "refused": "bị từ chối",
    "expired": "không gửi được",
}  # fmt: skip


class ReportPages:
    """`router` holds the routes; synchronous ones run in the server's thread pool."""

    def __init__(self, context: Context, door: Door, render: Renderer) -> None:
        self._context = context
        self._door = door
        self._render = render
        self._archive = Archive(context.config, context.database, context.knowledge)
        self.router = APIRouter()
        self.router.get("/reports-archive")(self.archive)
        self.router.post("/reports-archive")(self.make)
        self.router.get("/reports-archive/{number}")(self.report)
        self.router.get("/reports-archive/{number}/file.{ending}")(self.file)

    def archive(
        self, request: Request, before: Annotated[int | None, Query(ge=1, le=2**62)] = None
    ) -> Response:
        self._door.require(request)
        now = utc_now()
        with self._context.database.read() as connection:
            rows = listed(connection, before, PAGE_ROWS)
        return self._render.page(
            request, "reports_archive", rows=rows, now=now, full=len(rows) == PAGE_ROWS,
            names={span.value: NAMES[span] for span in SPANS},
            settings=self._context.config.reports,
            yesterday=containing(Span.DAY, now).previous().day.isoformat(),
        )  # fmt: skip

    def make(
        self,
        request: Request,
        period: Annotated[str, Form()] = "",
        day: Annotated[str, Form()] = "",
        csrf: Annotated[str, Form()] = "",
        who: Annotated[str, Form()] = "",
    ) -> Response:
        """By hand."""
        self._door.require(request)
        check_csrf(request, csrf)
        name, now = person(self._door, request, who), utc_now()
        number = self._archive.make(_period(period, day, now), now, name)
        return RedirectResponse(f"/reports-archive/{number}", status_code=303)

    def report(self, request: Request, number: int) -> Response:
        self._door.require(request)
        one = self._kept(number)
        with self._context.database.read() as connection:
            letters = sent(connection, number)
        return self._render.page(
            request, "report", one=one, number=number, body=html.body(one), letters=letters,
            states=STATES, now=utc_now(), endings=tuple(FORMATS),
        )  # fmt: skip

    def file(self, request: Request, number: int, ending: str) -> Response:
        self._door.require(request)
        if ending not in FORMATS:
            raise HTTPException(404, f"Tải được: {', '.join(FORMATS)}.")
        one = self._kept(number)
        name = quote(f"{one.file_name}.{ending}")
        return Response(
            FORMATS[ending].write(one), media_type=FORMATS[ending].media_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )  # fmt: skip

    def _kept(self, number: int) -> Report:
        with self._context.database.read() as connection:
            one = kept(connection, number) if number < 2**62 else None
        if one is None:
            raise HTTPException(404, "Không có báo cáo này.")
        return one


def _period(span: str, day: str, now: datetime) -> Period:
    """Raises Forbidden, which says what to write."""
    try:
        chosen = date.fromisoformat(day)
        if span not in SPANS or not 1970 <= chosen.year < 2200:
            raise ValueError(span)
    except ValueError:
        raise Forbidden("Chọn loại báo cáo và một ngày của kỳ.") from None
    period = containing(Span(span), datetime.combine(chosen, datetime.min.time(), LOCAL))
    if period.start > now:
        raise Forbidden("Kỳ này chưa bắt đầu.")
    return period
