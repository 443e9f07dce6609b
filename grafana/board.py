"""A board as data, and how it becomes a typed dashboard of the SDK."""

from dataclasses import dataclass
from typing import Literal

from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.builders import geomap, stat, table, timeseries
from grafana_foundation_sdk.cog import builder
from grafana_foundation_sdk.models import common, dashboard

from grafana.house import CONSOLE, DATASOURCE_TYPE, DATASOURCE_UID, MAPS, NO_DATA, TIMEZONE
from grafana.influxql import Influx, InfluxQuery, values_of

COLUMNS = 24
SOURCE = dashboard.DataSourceRef(type_val=DATASOURCE_TYPE, uid=DATASOURCE_UID)

Kind = Literal["graph", "stat", "table", "map"]
SIZES: dict[Kind, tuple[int, int]] = {
    "graph": (12, 8), "stat": (6, 5), "table": (12, 8), "map": (12, 14),
}  # fmt: skip
"""Width in columns of 24, height in rows."""

PanelBuilder = timeseries.Panel | stat.Panel | table.Panel | geomap.Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """From `value` on (None: from below all), `colour`."""

    value: float | None
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One panel; `unit` is Grafana's unit id (`suffix:hồ sơ` for words), `page` the console's."""

    kind: Kind
    title: str
    description: str
    unit: str
    queries: tuple[InfluxQuery, ...]
    page: str = "/"
    decimals: int | None = None
    thresholds: tuple[Threshold, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A template variable: the values of `tag` in `source`."""

    name: str
    label: str
    tag: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """`uid` names its file; `folder` is the title of its subsystem's folder."""

    uid: str
    title: str
    description: str
    folder: str
    views: tuple[View, ...]
    choices: tuple[Choice, ...] = ()
    since: str = "now-7d"


def built(board: Board) -> dashboard.Dashboard:
    """The dashboard, laid out from left to right in rows."""
    made = (
        build.Dashboard(board.title)
        .uid(board.uid)
        .description(board.description)
        .tags(["dong-giang-ioc"])
        .timezone(TIMEZONE)
        .week_start("monday")
        .time(board.since, "now")
        .refresh("1m")
        .readonly()
        .variables([_console(), *(_variable(each) for each in board.choices)])
        .annotation(IncidentNotes())
    )
    for number, (view, place) in enumerate(
        zip(board.views, _places(board.views), strict=True), start=1
    ):
        made.with_panel(_panel(view, number, place))
    return made.build()


def _places(views: tuple[View, ...]) -> list[dashboard.GridPos]:
    places: list[dashboard.GridPos] = []
    x = y = tallest = 0
    for view in views:
        width, height = SIZES[view.kind]
        if x + width > COLUMNS:
            x, y, tallest = 0, y + tallest, 0
        places.append(dashboard.GridPos(x=x, y=y, w=width, h=height))
        x, tallest = x + width, max(tallest, height)
    return places


def _panel(view: View, number: int, place: dashboard.GridPos) -> PanelBuilder:
    panel = (
        _empty(view.kind)
        .id(number)
        .title(view.title)
        .description(view.description)
        .datasource(SOURCE)
        .unit(view.unit)
        .no_value(NO_DATA)
        .grid_pos(place)
        .links([_link(view.page)])
    )
    for letter, query in zip("ABCDEFGH", view.queries, strict=False):
        panel.with_target(Influx(query).ref_id(letter))
    if view.decimals is not None:
        panel.decimals(view.decimals)
    if view.thresholds:
        panel.thresholds(_thresholds(view.thresholds))
    return panel


def _empty(kind: Kind) -> PanelBuilder:
    match kind:
        case "graph":
            return timeseries.Panel()
        case "stat":
            return stat.Panel().reduce_options(
                common_builders.ReduceDataOptions().calcs(["lastNotNull"]).values(False)
            )
        case "table":
            return table.Panel()
        case "map":
            return _map()


def _map() -> geomap.Panel:
    """Communes beneath, a mark in each by its code; both are files of our own, no tiles."""
    layer = common_builders.MapLayerOptions
    place = (
        common_builders.FrameGeometrySource()
        .mode(common.FrameGeometrySourceMode.LOOKUP)
        .lookup("unit")
        .gazetteer(f"{MAPS}/places.json")
    )
    return (
        geomap.Panel()
        .view(geomap.MapViewConfig().id("fit").all_layers(True))
        .basemap(
            layer().type("geojson").name("Xã").config({"src": f"{MAPS}/communes.geojson"})
        )
        .layers(
            [layer().type("markers").name("Giá trị").location(place).config({"showLegend": True})]
        )
    )  # fmt: skip


def _thresholds(steps: tuple[Threshold, ...]) -> build.ThresholdsConfig:
    return (
        build.ThresholdsConfig()
        .mode(dashboard.ThresholdsMode.ABSOLUTE)
        .steps([dashboard.Threshold(value=each.value, color=each.colour) for each in steps])
    )


def _link(page: str) -> build.DashboardLink:
    return (
        build.DashboardLink("Mở trang điều hành")
        .type(dashboard.DashboardLinkType.LINK)
        .url(f"${{console}}{page}")
        .target_blank(True)
    )


def _console() -> build.ConstantVariable:
    return build.ConstantVariable("console").label("Trang điều hành").value(CONSOLE)


def _variable(choice: Choice) -> build.QueryVariable:
    return (
        build.QueryVariable(choice.name)
        .label(choice.label)
        .datasource(SOURCE)
        .query(values_of(choice.tag, choice.source))
        .refresh(dashboard.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .multi(True)
        .include_all(True)
        .sort(dashboard.VariableSort.ALPHABETICAL_ASC)
    )


INCIDENTS = (
    'SELECT "incident", "subsystem" FROM "incident" WHERE $timeFilter AND "opened" = 1'
)  # fmt: skip


class IncidentNotes(builder.Builder[dashboard.AnnotationQuery]):
    """Marks of opened incidents."""

    def build(self) -> dashboard.AnnotationQuery:
        return IncidentAnnotation(
            name="Sự việc", datasource=SOURCE, enable=True, icon_color="red"
        )  # fmt: skip


class IncidentAnnotation(dashboard.AnnotationQuery):
    """With the InfluxDB plugin's own keys, which the SDK does not type."""

    def to_json(self) -> dict[str, object]:
        own = {"query": INCIDENTS, "textColumn": "incident", "tagsColumn": "subsystem"}
        return {**super().to_json(), **own, "fromAnnotations": True}
