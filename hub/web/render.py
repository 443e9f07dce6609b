"""From what is known to a page: one renderer for all rooms of the console."""

from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from hub.context import Context
from hub.knowledge import Knowledge
from hub.mentions.topics import district_topics
from hub.web import figure_wording, wording
from hub.web.access import Door, csrf_token
from hub.web.geojson import read_map
from hub.web.sketch import Shape, district_sketch
from hub.wording import LOCAL

TEMPLATES = Path(__file__).parent / "templates"


class Renderer:
    """Raises BadMap when the configured map cannot be drawn."""

    def __init__(self, context: Context, door: Door) -> None:
        self._door = door
        self._templates = Jinja2Templates(directory=str(TEMPLATES))
        self._templates.env.globals.update(
            wording=wording, said=figure_wording, reasons=wording.REASONS,
            subsystems=tuple(context.knowledge.catalogue.subsystems.values()),
            kinds=context.knowledge.catalogue.kinds, words=_words(context.knowledge),
        )  # fmt: skip
        map_file = context.config.console.map_geojson
        self._official = read_map(map_file) if map_file else None

    def shapes(self, now: datetime) -> tuple[Shape, ...]:
        """The communes as they are drawn today."""
        return self._official or district_sketch(now.astimezone(LOCAL).date())

    def page(self, request: Request, name: str, status: int = 200, **known: Any) -> HTMLResponse:
        """The whole page, or its living part when the page asks for that."""
        part = "fragment" in request.query_params
        session = request.session
        known |= {
            "csrf": csrf_token(request),
            "who": session.get("name") or session.get("who") or "",
            "open_desk": self._door.is_open,
            "official_map": self._official is not None,
            "layout": "_part.html" if part else "_whole.html",
        }
        return self._templates.TemplateResponse(request, f"{name}.html", known, status_code=status)


def _words(knowledge: Knowledge) -> dict[str, str]:
    """Vietnamese names of what formulas speak of, by id."""
    cycles = knowledge.lifecycles.values()
    return (
        {each.name: each.name_vi for cycle in cycles for each in cycle.attributes}
        | {
            f"{each.name}={value}": each.called(value)
            for cycle in cycles
            for each in cycle.attributes
            for value in each.choices
        }
        | {topic.id: topic.name for topic in district_topics().topics.values()}
        | {cycle.type: cycle.name_vi for cycle in cycles}
        | {name: measure.name_vi for name, measure in knowledge.catalogue.measures.items()}
    )
