"""The routes of the shift log: the shift, its entries, hand-over notes to print and sign."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from contracts.clock import utc_now
from hub import shift
from hub.context import Context
from hub.shift import Shift, WrongEntry
from hub.web.access import Door, Forbidden, check_csrf
from hub.web.person import person
from hub.web.render import Renderer
from hub.wording import LOCAL

MOMENT = "%Y-%m-%dT%H:%M"


class ShiftPages:
    """`router` holds the routes; synchronous ones run in the server's thread pool."""

    def __init__(self, context: Context, door: Door, render: Renderer) -> None:
        self._context = context
        self._door = door
        self._render = render
        self._starts = context.config.shifts.starts
        self.router = APIRouter()
        self.router.get("/shift")(self.shift)
        self.router.post("/shift")(self.write)
        self.router.get("/shift/note")(self.draft)
        self.router.post("/shift/hand-over")(self.hand_over)
        self.router.get("/shift/notes/{number}")(self.note)

    def shift(
        self, request: Request, at: Annotated[str, Query(max_length=32)] = "", note: str = ""
    ) -> Response:
        self._door.require(request)
        now = utc_now()
        one = shift.shift_at(_moment(at) or now, self._starts)
        before, after = self._beside(one)
        with self._context.database.read() as connection:
            entries = shift.log_of(connection, one)
            given = shift.hand_overs_of(connection, one)
            current = shift.note_of(
                connection, one, self._context.config, self._context.knowledge.clock, now
            )
        return self._render.page(
            request, "shift", one=one, entries=entries, given=given, now=now, note=note,
            running=one.start <= now < one.end, open=current.incidents,
            before=_key(before), after=_key(after) if after.start <= now else "",
        )  # fmt: skip

    def write(
        self,
        request: Request,
        text: Annotated[str, Form()] = "",
        incident: Annotated[str, Form()] = "",
        csrf: Annotated[str, Form()] = "",
        who: Annotated[str, Form()] = "",
    ) -> Response:
        """A line of the running shift."""
        self._door.require(request)
        check_csrf(request, csrf)
        name = person(self._door, request, who)
        try:
            with self._context.database.work() as work:
                shift.write(work, who=name, text=text, at=utc_now(), incident=incident or None)
        except WrongEntry as wrong:
            raise Forbidden(wrong.why) from None
        return RedirectResponse("/shift", status_code=303)

    def draft(self, request: Request) -> Response:
        """The note as it would be now."""
        self._door.require(request)
        now = utc_now()
        one = shift.shift_at(now, self._starts)
        with self._context.database.read() as connection:
            made = shift.note_of(
                connection, one, self._context.config, self._context.knowledge.clock, now
            )
        return self._render.page(request, "hand_over", made=made, row=None, now=now)

    def hand_over(
        self,
        request: Request,
        taker: Annotated[str, Form()] = "",
        csrf: Annotated[str, Form()] = "",
        who: Annotated[str, Form()] = "",
    ) -> Response:
        """Keeps the note of the running shift."""
        self._door.require(request)
        check_csrf(request, csrf)
        giver, now = person(self._door, request, who), utc_now()
        one = shift.shift_at(now, self._starts)
        try:
            with self._context.database.work() as work:
                made = shift.note_of(
                    work.connection, one, self._context.config, self._context.knowledge.clock, now
                )
                shift.hand_over(work, one, made, giver=giver, taker=taker)
                number = shift.hand_overs_of(work.connection, one)[-1].id
        except WrongEntry as wrong:
            raise Forbidden(wrong.why) from None
        return RedirectResponse(f"/shift/notes/{number}", status_code=303)

    def note(self, request: Request, number: Annotated[int, Path(ge=1, le=2**62)]) -> Response:
        self._door.require(request)
        with self._context.database.read() as connection:
            found = shift.kept(connection, number)
        if found is None:
            raise HTTPException(404, "Không có biên bản này.")
        row, made = found
        return self._render.page(request, "hand_over", made=made, row=row, now=utc_now())

    def _beside(self, one: Shift) -> tuple[Shift, Shift]:
        before = shift.shift_at(one.start - shift.MOMENT, self._starts)
        return before, shift.shift_at(one.end, self._starts)


def _moment(text: str) -> datetime | None:
    """A local time of the address; None when there is none.  Raises HTTPException."""
    if not text:
        return None
    try:
        return datetime.strptime(text, MOMENT).replace(tzinfo=LOCAL).astimezone(utc_now().tzinfo)
    except (ValueError, OverflowError):
        raise HTTPException(422, "Thời điểm phải có dạng 2026-04-01T06:00.") from None


def _key(one: Shift) -> str:
    return one.start.astimezone(LOCAL).strftime(MOMENT)
