"""Curves of an evaluation: their points, and each chart as inline SVG."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import log10

import numpy as np

from models.metrics import Judged, pooled
from models.series import SeriesReport

Point = tuple[float, float]
WIDTH, HEIGHT = 300, 220
LEFT, RIGHT, TOP, BOTTOM = 40, 10, 10, 36
COLOURS = ("#b3261e", "#1f5fa8", "#2e7d32", "#7b5ea7", "#8a6d00")
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 4")
"""Beside the colours, for those who print in grey."""
MOST_POINTS = 150
FEWEST_FALSE, MOST_FALSE = 0.01, 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`mark` is the point at the contestant's own threshold."""

    points: list[Point]
    mark: Point | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """`ticks` are values and their words; `place` brings a value to 0..1."""

    title: str
    ticks: Sequence[tuple[float, str]]
    place: Callable[[float], float]


SHARE_TICKS = [(value / 4, f"{value / 4:.2f}") for value in range(5)]
RECALL = Axis(title="độ phủ / recall", ticks=SHARE_TICKS, place=lambda value: value)
PRECISION = Axis(title="độ chính xác / precision", ticks=SHARE_TICKS, place=lambda value: value)
FALSE = Axis(
    title="báo nhầm mỗi ảnh / false positives an image",
    ticks=[(0.01, ".01"), (0.1, ".1"), (1, "1"), (10, "10")],
    place=lambda value: log10(min(max(value, FEWEST_FALSE), MOST_FALSE) / FEWEST_FALSE) / 3,
)
RAISED = Axis(title="cháy được báo / fires raised", ticks=SHARE_TICKS, place=lambda value: value)


def precision_recall(judged: Sequence[Judged], threshold: float) -> Line:
    """Recall across, precision up."""
    return _line(judged, threshold, lambda recall, precision, _false: (recall, precision))


def recall_false(judged: Sequence[Judged], threshold: float) -> Line:
    """False positives an image across, recall up."""
    return _line(judged, threshold, lambda recall, _precision, false: (false, recall))


def trade_off(report: SeriesReport) -> Line:
    """False alarms a day in clear looks across, share of the fires raised up."""
    points = [
        (one.clear.a_day, one.raised / one.fires)
        for one in report.curve
        if one.clear is not None and one.fires
    ]
    point = report.point
    mark = (point.clear.a_day, point.raised / point.fires) if point.clear and point.fires else None
    return Line(points=points, mark=mark)


def per_day(lines: Sequence[Line]) -> Axis:
    """From none to the most that any line has."""
    most = max([1.0, *(x for line in lines for x, _ in line.points)])
    ticks = [(most * part / 4, f"{most * part / 4:.0f}") for part in range(5)]
    return Axis(
        title="báo nhầm mỗi ngày / false alarms a camera and day",
        ticks=ticks,
        place=lambda value: value / most,
    )


def chart(lines: Sequence[Line], across: Axis, up: Axis, title: str) -> str:
    """Lines in the order of the contestants, as one SVG element."""
    grid = "".join(_tick_across(across, one) for one in across.ticks)
    grid += "".join(_tick_up(up, one) for one in up.ticks)
    drawn = "".join(_drawn(number, line, across, up) for number, line in enumerate(lines))
    middle = (LEFT + WIDTH - RIGHT) / 2
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role=img aria-label="{escape(title)}">'
        f"<g class=grid>{grid}</g>{drawn}"
        f'<text x="{middle:.0f}" y="{HEIGHT - 4}" text-anchor="middle">'
        f"{escape(across.title)}</text>"
        f'<text transform="translate(9 {(TOP + HEIGHT - BOTTOM) / 2:.0f}) rotate(-90)" '
        f'text-anchor="middle">{escape(up.title)}</text></svg>'
    )


def _line(
    judged: Sequence[Judged], threshold: float, place: Callable[[float, float, float], Point]
) -> Line:
    total = sum(one.boxes for one in judged)
    scores, right = pooled(judged, 0)
    if not total or not scores.size:
        return Line(points=[])
    order = np.argsort(-scores, kind="stable")
    hits, said = np.cumsum(right[order]), np.arange(1, scores.size + 1)
    wanted = np.unique(np.geomspace(1, scores.size, MOST_POINTS).round().astype(int)) - 1

    def at(row: int) -> Point:
        return place(
            float(hits[row] / total),
            float(hits[row] / said[row]),
            float((said[row] - hits[row]) / len(judged)),
        )

    own = int((scores >= threshold).sum()) - 1
    return Line(points=[at(int(row)) for row in wanted], mark=at(own) if own >= 0 else None)


def _across(axis: Axis, value: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * axis.place(value)


def _up(axis: Axis, value: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * axis.place(value)


def _tick_across(axis: Axis, tick: tuple[float, str]) -> str:
    x = _across(axis, tick[0])
    return (
        f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}"/>'
        f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 12}" text-anchor="middle">{tick[1]}</text>'
    )


def _tick_up(axis: Axis, tick: tuple[float, str]) -> str:
    y = _up(axis, tick[0])
    return (
        f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
        f'<text x="{LEFT - 4}" y="{y + 3:.1f}" text-anchor="end">{tick[1]}</text>'
    )


def _drawn(number: int, line: Line, across: Axis, up: Axis) -> str:
    if not line.points:
        return ""
    colour = COLOURS[number % len(COLOURS)]
    places = " ".join(f"{_across(across, x):.1f},{_up(up, y):.1f}" for x, y in line.points)
    drawn = (
        f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="1.6" '
        f'stroke-dasharray="{DASHES[number % len(DASHES)]}"/>'
    )
    if line.mark:
        x, y = _across(across, line.mark[0]), _up(up, line.mark[1])
        drawn += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'
    return drawn
