"""The routes of the boards: the wall, each subsystem, each figure's trace, the cases."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from sqlalchemy import Connection

from contracts.clock import utc_now
from hub.catalogue.loader import DISTRICT
from hub.catalogue.periods import Period, containing
from hub.catalogue.records import Indicator, Unit
from hub.context import Context
from hub.talk import DAYS_BEFORE
from hub.web import board, panorama, texts, workings
from hub.web.access import Door
from hub.web.chart import chart
from hub.web.docket import Cabinet, Which
from hub.web.panorama import Tile
from hub.web.render import Renderer
from hub.web.sheet import sheet
from hub.web.threats import by_commune, of_subsystem, worst_first
from hub.web.trace import Rows, Tracer
from hub.web.trace_sheet import table
from hub.wording import LOCAL

ONLINE = "online-information"
SHORT = 15
"""Cases on a subsystem's board; the list shows all."""
MOST_PAGES = 10_000
MOST_CSV = 20_000
"""Rows of a download: what a spreadsheet still opens at once, and a second of the server."""

Page = Annotated[int, Query(ge=0, le=MOST_PAGES)]
Code = Annotated[str, Query(max_length=64)]


class Subsystems:
    """`router` holds the routes; synchronous ones run in the server's thread pool."""

    def __init__(self, context: Context, door: Door, render: Renderer) -> None:
        self._context = context
        self._catalogue = context.knowledge.catalogue
        self._door = door
        self._render = render
        self._cabinet = Cabinet(context.knowledge)
        self._tracer = Tracer(self._catalogue, self._cabinet)
        self.router = APIRouter()
        get = self.router.get
        get("/wall")(self.wall)
        get("/s/{subsystem}")(self.subsystem)
        get("/s/{subsystem}/cases")(self.cases)
        get("/cases/{case_type}/{case:path}")(self.case)
        get("/figures/{indicator}")(self.figure)
        get("/figures/{indicator}/rows.csv")(self.rows_csv)

    def wall(self, request: Request) -> Response:
        self._door.require(request)
        now = utc_now()
        with self._context.database.read() as connection:
            panels = panorama.wall(connection, self._catalogue, now)
            seen = board.board(connection, self._context.config.rules, now)
            threats = by_commune(connection)
        return self._render.page(
            request, "wall", panels=panels, board=seen, now=now, health=self._context.health(),
            threats=threats, ticker=worst_first(seen.open),
            chart=chart(self._render.shapes(now), (), seen.open),
        )  # fmt: skip

    def subsystem(
        self, request: Request, subsystem: str, unit: Code = DISTRICT, day: Code = ""
    ) -> Response:
        self._door.require(request)
        now = utc_now()
        if subsystem not in self._catalogue.subsystems:
            raise HTTPException(404, "Không có phân hệ này.")
        chosen, whose = _day(day), self._unit(unit, now)
        units = self._catalogue.below(unit, now.date())
        with self._context.database.read() as connection:
            view = panorama.view(
                connection, self._catalogue, self._catalogue.subsystems[subsystem], whose, now,
                chosen,
            )  # fmt: skip
            docket = self._cabinet.docket(
                connection, subsystem, units, Which.OVERDUE, now, length=SHORT
            )
            stories = texts.newest(connection, unit) if subsystem == ONLINE else ()
            threats = of_subsystem(connection, subsystem)
        return self._render.page(
            request, "subsystem", view=view, now=now, day=day, chosen=chosen,
            docket=docket, stories=stories, threats=threats, names=self._unit_name,
            choices=self._choices(subsystem, now), days_before=DAYS_BEFORE,
            risen=self._context.risen() if (subsystem, unit) == (ONLINE, DISTRICT) else None,
        )  # fmt: skip

    def cases(
        self,
        request: Request,
        subsystem: str,
        unit: Code = DISTRICT,
        which: Which = Which.OVERDUE,
        page: Page = 0,
    ) -> Response:
        self._door.require(request)
        now = utc_now()
        whose = self._unit(unit, now)
        units = self._catalogue.below(unit, now.date())
        with self._context.database.read() as connection:
            docket = self._cabinet.docket(connection, subsystem, units, which, now, page)
        if docket is None:
            raise HTTPException(404, "Phân hệ này không có hồ sơ có hạn.")
        return self._render.page(
            request, "cases", subsystem=self._catalogue.subsystems[subsystem], docket=docket,
            unit=whose, page=page, now=now, names=self._unit_name,
            choices=self._choices(subsystem, now),
        )  # fmt: skip

    def case(self, request: Request, case_type: str, case: str) -> Response:
        self._door.require(request)
        now = utc_now()
        with self._context.database.read() as connection:
            file = self._cabinet.file(connection, case_type, case, now)
        if file is None:
            raise HTTPException(404, "Không có hồ sơ này.")
        lifecycle = self._context.knowledge.lifecycles[case_type]
        return self._render.page(
            request, "case", file=file, now=now, names=self._unit_name,
            subsystem=self._catalogue.subsystems.get(lifecycle.subsystem),
        )  # fmt: skip

    def figure(
        self,
        request: Request,
        indicator: str,
        unit: Code = DISTRICT,
        period: Code = "",
        term: Page = 0,
        page: Page = 0,
    ) -> Response:
        self._door.require(request)
        now = utc_now()
        with self._context.database.read() as connection:
            tile = self._tile(connection, indicator, unit, period, now)
            terms = self._tracer.terms(connection, tile.indicator, unit, tile.now.period)
            shown = terms[min(term, len(terms) - 1)] if terms else None
            rows = Rows()
            if shown is not None:
                at = tile.now.computed_at or now
                rows = self._tracer.rows(connection, shown, unit, at, page)
            worked = workings.behind(connection, self._catalogue, shown, unit)
            told = {source.measure.name_vi for source in tile.sources}
            origins = self._tracer.origins(connection, terms, unit)
            others = [one for one in origins if one.name_vi not in told]
            ranks = panorama.ranking(
                connection, self._catalogue, tile.indicator, unit, tile.now.period
            )
        return self._render.page(
            request, "figure", tile=tile, terms=terms, shown=shown, rows=rows, ranks=ranks,
            origins=others, worked=worked,
            now=now, term=term, page=page, names=self._unit_name,
            subsystem=self._catalogue.subsystems[self._catalogue.subsystem_of(indicator)],
        )  # fmt: skip

    def rows_csv(
        self, request: Request, indicator: str, unit: Code = DISTRICT, period: Code = "",
        term: Page = 0,
    ) -> Response:  # fmt: skip
        """The rows behind a term, as many as `MOST_CSV`."""
        self._door.require(request)
        now = utc_now()
        with self._context.database.read() as connection:
            tile = self._tile(connection, indicator, unit, period, now)
            terms = self._tracer.terms(connection, tile.indicator, unit, tile.now.period)
            if term >= len(terms):
                raise HTTPException(404, "Công thức không có phần này.")
            at = tile.now.computed_at or now
            rows = self._tracer.rows(connection, terms[term], unit, at, length=MOST_CSV)
        name = f"{indicator}-{unit}-{panorama.key(tile.now.period)}-{term}.csv".replace("/", "-")
        return Response(
            sheet(*table(rows, self._unit_name)),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _tile(
        self, connection: Connection, indicator: str, unit: str, period: str, now: datetime
    ) -> Tile:
        """Of the period that the address names, or the one a board shows now.  Raises 404, 422."""
        versions = [one for one in self._catalogue.indicators if one.id == indicator]
        if not versions:
            raise HTTPException(404, "Không có chỉ số này.")
        wanted = _period(versions[-1], period, now)
        day = (wanted.start if wanted else now).astimezone(LOCAL).date()
        one = next((each for each in versions if each.in_force(day)), versions[-1])
        whose = self._unit(unit, now)
        return panorama.tile(connection, self._catalogue, one, whose, now, wanted)

    def _unit(self, code: str, now: datetime) -> Unit:
        unit = self._catalogue.unit(code, now.astimezone(LOCAL).date())
        if unit is None:
            raise HTTPException(404, "Không có đơn vị này.")
        return unit

    def _unit_name(self, code: str) -> str:
        unit = self._catalogue.unit(code, utc_now().astimezone(LOCAL).date())
        return unit.name_vi if unit else code

    def _choices(self, subsystem: str, now: datetime) -> dict[str, list[Unit]]:
        """The units that the subsystem's figures are for, by the name of their kind."""
        day = now.astimezone(LOCAL).date()
        kinds = {
            kind
            for one in self._catalogue.of_subsystem(subsystem, day)
            for kind in self._catalogue.kinds_from(one.level)
        }
        return {
            kind.name_vi: found
            for kind in self._catalogue.kinds.values()
            if kind.id in kinds and (found := list(self._catalogue.of_kind(kind.id, day)))
        }


def _day(text: str) -> date | None:
    """A day that was chosen; none, or one to come, means now.  Raises 422."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise HTTPException(422, "Ngày phải viết dạng 2026-11-25.") from None
    return day if day < utc_now().astimezone(LOCAL).date() else None


def _period(indicator: Indicator, text: str, now: datetime) -> Period | None:
    if not text:
        return None
    try:
        period = panorama.read_key(indicator.period, text)
    except ValueError:
        raise HTTPException(422, "Kỳ phải viết dạng 2026-11-01, giờ: 2026-11-01T13.") from None
    running = containing(indicator.period, now)
    return min(period, running, key=lambda one: one.start)
