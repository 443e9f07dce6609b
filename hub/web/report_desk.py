"""The desk's side of citizens' reports: read, look, move on, answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection, Row, select

from contracts.clock import utc_now
from hub import audit
from hub.cases.fold import CaseEvent, CaseNow, Flag, flag, fold
from hub.cases.lifecycle import State
from hub.cases.store import history
from hub.citizens import reports as book_
from hub.citizens.categories import categories
from hub.citizens.guard import Turned
from hub.citizens.reports import NoSuchReport, NotUsual, Reports
from hub.context import Context
from hub.database import Work
from hub.records import cases, citizen_reports
from hub.web.access import Door, check_csrf
from hub.web.person import person as person_at
from hub.web.render import Renderer
from hub.wording import LOCAL

TEMPLATES = Path(__file__).parent / "templates"
PAGE_ROWS = 100
NOTES = {"faster": "Người khác đã xử lý bước này trước. Xem lại trạng thái.",
         "answer": "Trả lời chưa được lưu: dài quá 1000 ký tự, hoặc có dấu mật."}  # fmt: skip
ACTIONS = {
    "report-step": "Chuyển trạng thái",
    "report-looked": "Đã xem ảnh",
    "report-photo-gone": "Xóa ảnh",
    "report-answered": "Trả lời",
    "report-words-gone": "Xóa lời, chỗ, vị trí, trả lời theo thời hạn lưu",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A report as the desk sees it."""

    row: Row[Any]
    now: CaseNow
    flag: Flag
    category: str
    commune: str

    @property
    def rank(self) -> str:
        """The colour of its edge."""
        if self.now.finished_at is not None:
            return "done"
        if self.flag is Flag.OVERDUE:
            return "critical"
        return "major" if self.now.attributes.get("urgency") == "khan" else "info"


class ReportDesk:
    """`router` holds the routes."""

    def __init__(self, context: Context, door: Door, render: Renderer, book: Reports) -> None:
        self._context = context
        self._door = door
        self._book = book
        self._render = render
        self.router = APIRouter(prefix="/reports")
        get, post = self.router.get, self.router.post
        get("")(self.all)
        get("/{case}")(self.one)
        get("/{case}/photo")(self.photo)
        post("/{case}/step")(self.step)
        post("/{case}/look")(self.look)
        post("/{case}/hide")(self.hide)
        post("/{case}/answer")(self.answer)

    def all(
        self, request: Request, before: str = "", state: str = "", incident: str = ""
    ) -> Response:
        """Newest first, a page at a time; names of cases sort by time."""
        self._door.require(request)
        now = utc_now()
        query = select(citizen_reports).join(
            cases, (cases.c.case == citizen_reports.c.case) & (cases.c.type == book_.TYPE)
        )
        query = query.order_by(citizen_reports.c.case.desc()).limit(PAGE_ROWS)
        if before:
            query = query.where(citizen_reports.c.case < before)
        if state == "open":
            query = query.where(cases.c.finished_at.is_(None))
        if incident:
            query = query.where(citizen_reports.c.incident == incident)
        with self._context.database.read() as connection:
            rows = [self._seen(connection, row, now) for row in connection.execute(query).all()]
        full = len(rows) == PAGE_ROWS
        return self._page(
            request,
            "citizen_reports",
            rows=rows,
            now=now,
            state=state,
            incident=incident,
            full=full,
        )

    def one(self, request: Request, case: str, note: str = "") -> Response:
        self._door.require(request)
        now = utc_now()
        with self._context.database.read() as connection:
            seen = self._seen(connection, _found(connection, case), now)
            did = audit.of(connection, f"{book_.TYPE} {case}")
            told = history(connection, book_.TYPE, case)
        return self._page(request, "citizen_report", seen=seen, now=now, did=did, told=told,
                          next=self._next(seen.now.state), note=NOTES.get(note, ""))  # fmt: skip

    def photo(self, request: Request, case: str) -> Response:
        """Only after an officer looked."""
        self._door.require(request)
        with self._context.database.read() as connection:
            row = _found(connection, case)
        if row.photo is None or row.looked_at is None:
            raise HTTPException(404, "Không có ảnh, hoặc chưa ai duyệt ảnh này.")
        return Response(row.photo, media_type="image/jpeg")

    def step(
        self,
        request: Request,
        case: str,
        state: Annotated[str, Form()],
        csrf: Annotated[str, Form()] = "",
        who: Annotated[str, Form()] = "",
    ) -> Response:
        """A second officer is told that somebody was faster."""

        def act(work: Work, person: str, at: datetime) -> None:
            now = self._book.state(work.connection, case)
            if state not in {each.code for each in self._next(now)}:
                raise NotUsual(report=case, state=now.code, wanted=state)
            self._book.step(work, case, state, who=person, at=at)

        return self._act(request, case, csrf, who, act)

    def look(
        self,
        request: Request,
        case: str,
        csrf: Annotated[str, Form()] = "",
        who: Annotated[str, Form()] = "",
    ) -> Response:
        return self._act(
            request, case, csrf, who,
            lambda work, person, at: self._book.look(work, case, who=person, at=at),
        )  # fmt: skip

    def hide(
        self,
        request: Request,
        case: str,
        csrf: Annotated[str, Form()] = "",
        who: Annotated[str, Form()] = "",
    ) -> Response:
        return self._act(
            request, case, csrf, who,
            lambda work, person, at: self._book.hide(work, case, who=person, at=at),
        )  # fmt: skip

    def answer(
        self,
        request: Request,
        case: str,
        answer: Annotated[str, Form()] = "",
        csrf: Annotated[str, Form()] = "",
        who: Annotated[str, Form()] = "",
    ) -> Response:
        return self._act(
            request, case, csrf, who,
            lambda work, person, at: self._book.answer(work, case, answer, who=person, at=at),
        )  # fmt: skip

    def _act(
        self, request: Request, case: str, csrf: str, who: str,
        act: Callable[[Work, str, datetime], None],
    ) -> Response:  # fmt: skip
        self._door.require(request)
        check_csrf(request, csrf)
        person = person_at(self._door, request, who)
        note = ""
        try:
            with self._context.database.work() as work:
                act(work, person, utc_now())
        except NotUsual:
            note = "?note=faster"
        except Turned:
            note = "?note=answer"
        except NoSuchReport:
            raise HTTPException(404, "Không có tin này.") from None
        return RedirectResponse(f"/reports/{case}{note}", status_code=303)

    def _next(self, state: State) -> list[State]:
        """What the desk may do; how satisfied somebody is, only they say."""
        known = (self._book.lifecycle.state(code) for code in state.usual_next)
        return [each for each in known if each is not None and each.code != book_.RATED]

    def _seen(self, connection: Connection, row: Row[Any], now: datetime) -> Seen:
        told = history(connection, book_.TYPE, row.case)
        events = [
            CaseEvent(state=each.state, at=each.at, recorded_at=each.recorded_at, unit=each.unit,
                      due_at=each.due_at, attributes=each.attributes)
            for each in told
        ]  # fmt: skip
        clock = self._context.knowledge.clock
        case = fold(self._book.lifecycle, events, clock)
        unit = self._context.knowledge.catalogue.unit(
            case.unit, case.received_at.astimezone(LOCAL).date()
        )
        return Seen(
            row=row, now=case, flag=flag(case, now, clock),
            category=categories()[str(case.attributes["category"])].name_vi,
            commune=unit.name_vi if unit and case.unit != book_.DISTRICT else "Chưa rõ xã",
        )  # fmt: skip

    def _state_name(self, code: str) -> str:
        state = self._book.lifecycle.state(code)
        return state.name_vi if state else code

    def _page(self, request: Request, name: str, **known: Any) -> HTMLResponse:
        return self._render.page(
            request, name, actions=ACTIONS, ratings=book_.RATINGS, state_name=self._state_name,
            **known,
        )  # fmt: skip


def _found(connection: Connection, case: str) -> Row[Any]:
    try:
        return book_.find(connection, case)
    except NoSuchReport:
        raise HTTPException(404, "Không có tin này.") from None
