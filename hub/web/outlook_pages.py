"""The route of the forecasts: one figure's outlook, made on demand, never for a board."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response

from contracts.clock import utc_now
from hub import prospect
from hub.catalogue import wording as catalogue_wording
from hub.catalogue.loader import DISTRICT
from hub.context import Context
from hub.outlook import Outlooks
from hub.web.access import Door
from hub.web.outlook_chart import draw
from hub.web.render import Renderer
from hub.wording import LOCAL, number


class OutlookPages:
    """`router` holds the route; it runs in the server's thread pool."""

    def __init__(self, context: Context, door: Door, render: Renderer) -> None:
        self._catalogue = context.knowledge.catalogue
        self._outlooks = Outlooks(context.database, self._catalogue)
        self._door = door
        self._render = render
        self.router = APIRouter()
        self.router.get("/outlook/{indicator}")(self.outlook)

    def outlook(
        self,
        request: Request,
        indicator: str,
        unit: Annotated[str, Query(max_length=64)] = DISTRICT,
    ) -> Response:
        self._door.require(request)
        now = utc_now()
        today = now.astimezone(LOCAL).date()
        one, whose = self._catalogue.at(today).get(indicator), self._catalogue.unit(unit, today)
        if one is None or whose is None:
            raise HTTPException(404, "Không có chỉ số hoặc đơn vị này.")
        seen = self._outlooks.of(one, unit, now)
        return self._render.page(
            request, "outlook", one=one, whose=whose, seen=seen, now=now,
            chart=draw(seen, one.target), tell=prospect, number=number,
            target=catalogue_wording.target(one),
        )  # fmt: skip
