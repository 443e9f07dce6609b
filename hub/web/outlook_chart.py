"""A forecast drawn on the server: the past as a line, what is to come as a band."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hub.prospect import Prospect

WIDTH, HEIGHT = 900.0, 320.0
ROOM = 20.0
"""Between the drawing and its frame; what stands on the axes is written beside it."""
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookChart:
    """Points of SVG lines; `runs` are the past between its holes, `dots` lone figures."""

    width: float
    height: float
    runs: tuple[str, ...]
    dots: tuple[Spot, ...]
    ahead: str
    band: str
    aim: float | None
    odd: Spot | None
    low: float
    high: float


def draw(prospect: Prospect, target: float | None) -> OutlookChart | None:
    """None when there are not two figures to draw."""
    known = [point.value for point in prospect.history if point.value is not None]
    if len(known) < 2:
        return None
    edges = [edge for one in prospect.ahead for edge in (one.low, one.high)]
    low, high = _range([*known, *edges], target)
    count = len(prospect.history) + len(prospect.ahead)

    def spot(at: int, value: float) -> Spot:
        x = ROOM + at * (WIDTH - 2 * ROOM) / max(count - 1, 1)
        return round(x, 1), round(ROOM + (high - value) / (high - low) * (HEIGHT - 2 * ROOM), 1)

    past = [
        None if point.value is None else spot(at, point.value)
        for at, point in enumerate(prospect.history)
    ]
    parts = _parts(past)
    first = len(prospect.history)
    lows = [spot(first + at, one.low) for at, one in enumerate(prospect.ahead)]
    highs = [spot(first + at, one.high) for at, one in enumerate(prospect.ahead)]
    line = [spot(first + at, one.value) for at, one in enumerate(prospect.ahead)]
    joint = [parts[-1][-1]] if line else []
    return OutlookChart(
        width=WIDTH, height=HEIGHT,
        runs=tuple(_line(part) for part in parts if len(part) > 1),
        dots=tuple(part[0] for part in parts if len(part) == 1),
        ahead=_line([*joint, *line]), band=_line([*joint, *highs, *reversed(lows)]),
        aim=spot(0, target)[1] if target is not None else None,
        odd=parts[-1][-1] if prospect.unusual else None,
        low=low, high=high,
    )  # fmt: skip


def _range(values: Sequence[float], target: float | None) -> tuple[float, float]:
    low, high = min(values), max(values)
    if target is not None:
        low, high = min(low, target), max(high, target)
    room = (high - low) * 0.05 or abs(high) * 0.1 or 1.0
    return low - room, high + room


def _parts(spots: Sequence[Spot | None]) -> list[list[Spot]]:
    parts: list[list[Spot]] = []
    for before, one in pairwise([None, *spots]):
        if one is None:
            continue
        if before is None:
            parts.append([])
        parts[-1].append(one)
    return parts


def _line(spots: Sequence[Spot]) -> str:
    return " ".join(f"{x},{y}" for x, y in spots)
