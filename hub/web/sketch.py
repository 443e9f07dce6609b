"""A sketch of the communes from facts alone: where their parts lie and how large they are.

Each former commune's centre gets a cell of a power diagram (Aurenhammer 1987) inside a soft hull
of all centres; the weights are found so that the present communes have their official areas.
It is not a legal border and is labelled so.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from hub.geometry import Spot, moved, offset_m
from hub.places import Commune, Places, district

HULL_CORNERS = 72
ROUNDS = 100
STEP = 1.2

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The rings of one unit, WGS 84; `name` stands at `centre`."""

    code: str
    name: str
    centre: Spot
    rings: tuple[tuple[Spot, ...], ...]


@dataclass(frozen=True, slots=True)
class _Seed:
    commune: int
    point: Point


def sketch(places: Places, day: date) -> tuple[Shape, ...]:
    """The communes of a day; empty when nothing is known of them."""
    communes = places.on(day)
    seeds_at = [(index, spot) for index, one in enumerate(communes) for spot in one.centres]
    if not seeds_at:
        return ()
    origin = seeds_at[0][1]
    seeds = [_Seed(index, _km(origin, spot)) for index, spot in seeds_at]
    wanted = _areas(communes)
    hull = _hull([seed.point for seed in seeds], sum(wanted))
    cells = _balanced(seeds, hull, wanted)
    return tuple(
        Shape(
            code=commune.code,
            name=commune.name,
            centre=commune.centre,
            rings=tuple(
                tuple(moved(origin, x * 1000, y * 1000) for x, y in cell)
                for seed, cell in zip(seeds, cells, strict=True)
                if seed.commune == index and cell
            ),
        )
        for index, commune in enumerate(communes)
    )


@lru_cache(maxsize=4)
def district_sketch(day: date) -> tuple[Shape, ...]:
    return sketch(district(), day)


def _km(origin: Spot, spot: Spot) -> Point:
    east, north = offset_m(origin, spot)
    return east / 1000, north / 1000


def _areas(communes: Sequence[Commune]) -> list[float]:
    known = [one.area_km2 for one in communes if one.area_km2]
    usual = sum(known) / len(known) if known else 75.0
    return [one.area_km2 or usual for one in communes]


def _hull(points: Sequence[Point], area: float) -> list[Point]:
    """What lies near the convex hull of the centres; how near, is fitted to the area."""
    low, high = 0.1, 60.0
    for _ in range(40):
        reach = (low + high) / 2
        low, high = (reach, high) if _area(_swollen(points, reach)) < area else (low, reach)
    return _swollen(points, (low + high) / 2)


def _swollen(points: Sequence[Point], reach: float) -> list[Point]:
    """The support points of a convex hull moved outwards, direction by direction."""
    ring: list[Point] = []
    for corner in range(HULL_CORNERS):
        angle = 2 * math.pi * corner / HULL_CORNERS
        east, north = math.cos(angle), math.sin(angle)
        x, y = max(points, key=lambda point: point[0] * east + point[1] * north)
        ring.append((x + reach * east, y + reach * north))
    return ring


def _balanced(
    seeds: Sequence[_Seed], hull: list[Point], wanted: Sequence[float]
) -> list[list[Point]]:
    """Cells whose areas, summed by commune, come close to `wanted`."""
    weights = [0.0] * len(wanted)
    cells: list[list[Point]] = []
    for _ in range(ROUNDS):
        cells = [_cell(one, seeds, weights, hull) for one in range(len(seeds))]
        have = [0.0] * len(wanted)
        for seed, cell in zip(seeds, cells, strict=True):
            have[seed.commune] += _area(cell)
        for index, area in enumerate(wanted):
            weights[index] += STEP * (area - have[index]) / math.sqrt(area)
    return cells


def _cell(
    one: int, seeds: Sequence[_Seed], weights: Sequence[float], hull: list[Point]
) -> list[Point]:
    """The part of `hull` that is nearer to this seed than to any other, in power distance."""
    (x, y), mine = seeds[one].point, weights[seeds[one].commune]
    cell = hull
    for index, other in enumerate(seeds):
        if index == one or not cell:
            continue
        (u, v), theirs = other.point, weights[other.commune]
        a, b = 2 * (u - x), 2 * (v - y)
        c = u * u + v * v - theirs - (x * x + y * y - mine)
        cell = _clipped(cell, a, b, c)
    return cell


def _clipped(ring: list[Point], a: float, b: float, c: float) -> list[Point]:
    """The part of a convex ring where a·x + b·y <= c (Sutherland and Hodgman 1974)."""
    kept: list[Point] = []
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        first, second = a * x1 + b * y1 - c, a * x2 + b * y2 - c
        if first <= 0:
            kept.append((x1, y1))
        if (first < 0 < second) or (second < 0 < first):
            share = first / (first - second)
            kept.append((x1 + share * (x2 - x1), y1 + share * (y2 - y1)))
    return kept


def _area(ring: Sequence[Point]) -> float:
    """Square kilometres, shoelace."""
    pairs = zip(ring, [*ring[1:], *ring[:1]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2
