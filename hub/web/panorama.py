"""The boards' figures, read from what the engine keeps: tiles, a subsystem's board, the wall.

A tile shows the newest period that has a figure; when a later one is due and is not there, it
shows that hole and names the last figure beside it: nothing old passes for new.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from hub.catalogue.due import MOMENT, expected
from hub.catalogue.grade import Grade
from hub.catalogue.loader import DISTRICT
from hub.catalogue.periods import Period, Span, containing
from hub.catalogue.records import Catalogue, Indicator, Subsystem, Unit
from hub.records import figures
from hub.web.told import Asked, Source, counts_for, simulated, sources
from hub.wording import LOCAL

TREND = {
    Span.HOUR: 48, Span.DAY: 30, Span.WEEK: 26, Span.MONTH: 13, Span.QUARTER: 9, Span.YEAR: 6,
}  # fmt: skip
"""Periods of a trend: enough to see the rhythm above it (days: a month; months: a year)."""

DAYS = {
    Span.HOUR: 1 / 24, Span.DAY: 1, Span.WEEK: 7, Span.MONTH: 31, Span.QUARTER: 92, Span.YEAR: 366,
}  # fmt: skip
WALL_TILES = 2
"""Tiles of each subsystem on the wall."""

MOST_RANKED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A figure of the past; `value` None where it is missing."""

    period: Period
    value: float | None
    grade: Grade
    missing: str
    computed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """An indicator of a unit.  `trend` is oldest first and ends with `now`."""

    indicator: Indicator
    unit: Unit
    now: Point
    trend: tuple[Point, ...]
    sources: tuple[Source, ...]
    demo: bool

    @property
    def last_known(self) -> Point | None:
        """The newest period that has a figure."""
        return next((one for one in reversed(self.trend) if one.value is not None), None)

    @property
    def change(self) -> float | None:
        """Against the period before; None where one of the two is missing."""
        before = self.now.period.previous().start
        values = {one.period.start: one.value for one in self.trend}
        then = values.get(before)
        return None if self.now.value is None or then is None else self.now.value - then

    @property
    def weakest(self) -> Source | None:
        """The source of which the smallest share reported."""
        return min(self.sources, key=lambda one: one.told / max(one.of, 1), default=None)

    @property
    def told_at(self) -> datetime | None:
        """When the newest word about it came."""
        moments = [one.at for one in self.sources if one.at] + [
            one.computed_at for one in self.trend if one.computed_at
        ]
        return max(moments, default=None)

    @property
    def address(self) -> str:
        """Of its trace."""
        return address(self.indicator.id, self.unit.id, self.now.period)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A unit's row of the table: its figures in the order of the columns."""

    unit: Unit
    cells: tuple[Point | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    columns: tuple[Tile, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A subsystem's board for a unit."""

    subsystem: Subsystem
    unit: Unit
    tiles: tuple[Tile, ...]
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A subsystem's place on the wall."""

    subsystem: Subsystem
    tiles: tuple[Tile, ...]


def address(indicator: str, unit: str, period: Period) -> str:
    return f"/figures/{indicator}?unit={unit}&period={key(period)}"


def key(period: Period) -> str:
    """`2026-11-01`, of an hour `2026-11-01T13`."""
    local = period.start.astimezone(LOCAL)
    return f"{local:%Y-%m-%dT%H}" if period.span is Span.HOUR else f"{local:%Y-%m-%d}"


def read_key(span: Span, text: str) -> Period:
    """The period that `key` names; raises ValueError."""
    local = datetime.fromisoformat(f"{text}:00" if "T" in text else text)
    if local.tzinfo is not None or not date(2000, 1, 1) <= local.date() <= date(2100, 1, 1):
        raise ValueError(text)
    return containing(span, local.replace(tzinfo=LOCAL))


def tile(
    connection: Connection,
    catalogue: Catalogue,
    indicator: Indicator,
    unit: Unit,
    now: datetime,
    period: Period | None = None,
) -> Tile:
    """For `period`, or the one that a board shows now."""
    at = None if period is None else period.end - MOMENT
    return tiles(connection, catalogue, [indicator], unit, now, at)[0]


def tiles(
    connection: Connection,
    catalogue: Catalogue,
    indicators: Iterable[Indicator],
    unit: Unit,
    now: datetime,
    chosen: datetime | None = None,
) -> tuple[Tile, ...]:
    """As of now, or for the periods that contain the moment that was `chosen`."""
    known = tuple(indicators)
    at = now if chosen is None else min(now, chosen)
    trends = _trends(connection, known, unit.id, at)
    shown = {
        one.id: _shown(catalogue, one, trends[one.id], at, chosen is not None) for one in known
    }
    asked = [Asked(indicator=one, period=shown[one.id].period) for one in known]
    told = sources(connection, catalogue, asked, unit.id, now)
    demo = simulated(connection, known)
    return tuple(
        Tile(
            indicator=one, unit=unit, now=shown[one.id],
            trend=_ending(trends[one.id], shown[one.id]),
            sources=told[one.id], demo=one.id in demo,
        )
        for one in known
    )  # fmt: skip


def view(
    connection: Connection,
    catalogue: Catalogue,
    subsystem: Subsystem,
    unit: Unit,
    now: datetime,
    day: date | None = None,
) -> View:
    """Those indicators that are computed for this kind of unit, with the units right below."""
    today = day or now.astimezone(LOCAL).date()
    indicators = [
        one
        for one in catalogue.of_subsystem(subsystem.id, today)
        if unit.kind in catalogue.kinds_from(one.level)
    ]
    chosen = None if day is None else datetime.combine(day, time.max, LOCAL)
    seen = tiles(connection, catalogue, indicators, unit, now, chosen)
    return View(
        subsystem=subsystem, unit=unit, tiles=seen,
        table=_table(connection, catalogue, seen, unit, today),
    )  # fmt: skip


def wall(connection: Connection, catalogue: Catalogue, now: datetime) -> tuple[Panel, ...]:
    """Each subsystem's first tiles marked `wall`, for the whole district."""
    today = now.astimezone(LOCAL).date()
    district = catalogue.unit(DISTRICT, today)
    assert district is not None
    chosen = {
        name: list(islice((i for i in catalogue.of_subsystem(name, today) if i.wall), WALL_TILES))
        for name in catalogue.subsystems
    }
    every = [one for some in chosen.values() for one in some]
    found = {one.indicator.id: one for one in tiles(connection, catalogue, every, district, now)}
    return tuple(
        Panel(
            subsystem=catalogue.subsystems[name], tiles=tuple(found[one.id] for one in some)
        )
        for name, some in chosen.items()
        if some
    )  # fmt: skip


def ranking(
    connection: Connection, catalogue: Catalogue, indicator: Indicator, unit: str, period: Period
) -> tuple[Line, ...]:
    """The units below that have a figure, worst first."""
    below = catalogue.below(unit, period.day) - {unit}
    query = select(*_COLUMNS).where(
        figures.c.indicator == indicator.id,
        figures.c.period_start == period.start,
        figures.c.unit.in_(below),
    )
    found = [
        Line(unit=one, cells=(_point(indicator.period, row),))
        for row in connection.execute(query)
        if (one := catalogue.unit(row[1], period.day)) is not None
    ]
    return tuple(sorted(found, key=_how_bad)[:MOST_RANKED])


def _how_bad(line: Line) -> tuple[int, float, str]:
    """Red first; within a colour as the value says; what is missing last."""
    point = line.cells[0]
    if point is None or point.value is None:
        return 1, 0.0, line.unit.name_vi
    return -point.grade.number, point.value, line.unit.name_vi


_COLUMNS = (
    figures.c.indicator, figures.c.unit, figures.c.period_start, figures.c.period_end,
    figures.c.value, figures.c.grade, figures.c.missing, figures.c.computed_at,
)  # fmt: skip
_Row = Sequence[object]


def _trends(
    connection: Connection, indicators: Sequence[Indicator], unit: str, at: datetime
) -> Mapping[str, list[Point]]:
    """Oldest first; one query."""
    found: dict[str, list[Point]] = {one.id: [] for one in indicators}
    spans = {one.id: one.period for one in indicators}
    if not indicators:
        return found
    by_span: dict[Span, list[str]] = defaultdict(list)
    for one in indicators:
        by_span[one.period].append(one.id)
    since: list[ColumnElement[bool]] = [
        and_(
            figures.c.indicator.in_(names),
            figures.c.period_start > at - timedelta(days=TREND[span] * DAYS[span]),
        )
        for span, names in by_span.items()
    ]
    query = (
        select(*_COLUMNS)
        .where(figures.c.unit == unit, figures.c.period_start <= at, or_(*since))
        .order_by(figures.c.period_start)
    )
    for row in connection.execute(query):
        found[row.indicator].append(_point(spans[row.indicator], row))
    return found


def _shown(
    catalogue: Catalogue, indicator: Indicator, trend: list[Point], at: datetime, chosen: bool
) -> Point:
    """See the head of this module; of a `chosen` day, the period that contains it."""
    running = containing(indicator.period, at)
    known = {one.period.start: one for one in trend}
    if chosen:
        return known.get(running.start) or _hole(running)
    valued = next((one for one in reversed(trend) if one.value is not None), None)
    due = _due(catalogue, indicator, at)
    if due is None:
        return valued or (trend[-1] if trend else _hole(running))
    if valued is not None and valued.period.start >= due.start:
        return valued
    return known.get(due.start) or _hole(due)


def _due(catalogue: Catalogue, indicator: Indicator, at: datetime) -> Period | None:
    """The newest period for which all its figures of the same length are due; None where none
    is told by a measure: cases and texts come when they come."""
    ends = [
        expected(measure, at, catalogue.clock)
        for name in indicator.parsed.measures
        if counts_for(measure := catalogue.measures[name], indicator.period)
    ]
    if not ends:
        return None
    earliest = min(ends, key=lambda period: period.end)
    return containing(indicator.period, earliest.end - MOMENT)


def _hole(period: Period) -> Point:
    return Point(
        period=period, value=None, grade=Grade.UNKNOWN, missing="chưa ai báo cáo kỳ này",
        computed_at=None,
    )  # fmt: skip


def _ending(trend: list[Point], shown: Point) -> tuple[Point, ...]:
    kept = [one for one in trend if one.period.start < shown.period.start]
    return (*kept[1 - TREND[shown.period.span] :], shown)


def _point(span: Span, row: _Row) -> Point:
    _, _, start, end, value, grade, missing, computed_at = row
    period = Period(span=span, start=start, end=end)  # type: ignore[arg-type]
    return Point(
        period=period, value=value, grade=Grade(grade), missing=missing,  # type: ignore[arg-type]
        computed_at=computed_at,  # type: ignore[arg-type]
    )  # fmt: skip


def _table(
    connection: Connection, catalogue: Catalogue, seen: Sequence[Tile], unit: Unit, day: date
) -> Table:
    """The units right below, for the same periods; columns without any figure are left out."""
    units = [one for one in catalogue.units if one.parent == unit.id and one.valid_on(day)]
    communes = [one for one in units if one.kind == "commune"]
    units = communes or units
    if not seen or not units:
        return Table(columns=(), lines=())
    by_start: dict[datetime, list[Tile]] = defaultdict(list)
    for tile in seen:
        by_start[tile.now.period.start].append(tile)
    when: list[ColumnElement[bool]] = [
        and_(
            figures.c.period_start == start,
            figures.c.indicator.in_([tile.indicator.id for tile in some]),
        )
        for start, some in by_start.items()
    ]
    spans = {tile.indicator.id: tile.now.period.span for tile in seen}
    query = select(*_COLUMNS).where(figures.c.unit.in_([one.id for one in units]), or_(*when))
    found = {
        (row.indicator, row.unit): _point(spans[row.indicator], row)
        for row in connection.execute(query)
    }
    columns = tuple(
        tile for tile in seen if any((tile.indicator.id, one.id) in found for one in units)
    )
    return Table(
        columns=columns,
        lines=tuple(
            Line(unit=one, cells=tuple(found.get((c.indicator.id, one.id)) for c in columns))
            for one in units
        ),
    )
