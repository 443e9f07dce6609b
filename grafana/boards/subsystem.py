"""Boards of the subsystems: their indicators as the catalogue has them, never a list of our own."""

from collections.abc import Sequence

from grafana.board import Board, Threshold, View
from grafana.house import GRADE_COLOURS
from grafana.influxql import InfluxQuery, newest, over_time
from hub.catalogue.loader import DISTRICT
from hub.catalogue.records import Catalogue, Indicator

UNITS = {"%": "percent", "°C": "celsius", "mm": "lengthmm", "ms": "ms"}
GRADE_STEPS = tuple(
    Threshold(value=None if number == 0 else number, colour=colour)
    for number, colour in GRADE_COLOURS.items()
)


def subsystem(catalogue: Catalogue, *names: str, uid: str, title: str, folder: str) -> Board:
    """Grades of all indicators, then each over time and on the map of the communes."""
    indicators = indicators_of(catalogue, *names)
    return Board(
        uid=uid,
        title=title,
        description=f"Các chỉ tiêu của {title.lower()}, toàn huyện và từng đơn vị.",
        folder=folder,
        views=(grades(names), communes(names), *(trend(each) for each in indicators)),
        since="now-90d",
    )


def indicators_of(catalogue: Catalogue, *names: str) -> list[Indicator]:
    """The newest version of each indicator of these subsystems, in the catalogue's order."""
    latest = {
        each.id: each for each in catalogue.indicators if each.id.partition(".")[0] in names
    }  # fmt: skip
    return list(latest.values())


def trend(indicator: Indicator) -> View:
    """The district's value over time, its target beside it."""
    where = f"\"indicator\" = '{indicator.id}' AND \"unit\" = '{DISTRICT}'"
    queries = [over_time("value", "figure", where=where, how="last", alias=indicator.name_vi)]
    if indicator.target is not None:
        queries.append(
            over_time("target", "figure", where=where, how="last", alias="Chỉ tiêu")
        )  # fmt: skip
    return View(
        kind="graph",
        title=indicator.name_vi,
        description=f"{indicator.name_en}. Công thức: {indicator.formula}. "
        f"Phụ trách: {indicator.owner}.",
        unit=UNITS.get(indicator.unit_vi, f"suffix: {indicator.unit_vi}"),
        decimals=indicator.decimals,
        queries=tuple(queries),
    )


def grades(names: Sequence[str]) -> View:
    return View(
        kind="table",
        title="Xếp hạng các chỉ tiêu toàn huyện",
        description="Hạng mới nhất: 1 đạt, 2 cần chú ý, 3 không đạt; 0 chưa biết.",
        unit="none",
        queries=(
            newest("grade", "figure", by="indicator",
                   where=f"{_of(names)} AND \"unit\" = '{DISTRICT}'"),
        ),
        thresholds=GRADE_STEPS,
    )  # fmt: skip


def communes(names: Sequence[str]) -> View:
    worst: InfluxQuery = InfluxQuery(
        f'SELECT max("grade") AS "value" FROM "figure" WHERE $timeFilter AND {_of(names)} '  # noqa: S608
        'GROUP BY "unit"',
        result_format="table",
    )
    return View(
        kind="map",
        title="Hạng xấu nhất theo đơn vị",
        description="Hạng xấu nhất trong khoảng thời gian đang xem; ranh giới xã là phác họa.",
        unit="none",
        queries=(worst,),
        thresholds=GRADE_STEPS,
    )


def _of(names: Sequence[str]) -> str:
    return "(" + " OR ".join(f"\"subsystem\" = '{name}'" for name in names) + ")"
