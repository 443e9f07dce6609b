"""Communes of the district and which of them a position or a look falls into.

A commune is known by (code, valid from): since 1 July 2025 four communes of Đà Nẵng stand where
eleven of Quảng Nam stood, and five codes changed their meaning.  Centres and areas are public
facts; the cells drawn from them are a sketch, not legal borders.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from hub.geometry import Ray, Spot, along, distance_m

FACTS = Path(__file__).parent / "data" / "communes.csv"
LOOK_M = 10_000
STEP_M = 500
"""A ray without range is named by the commune that most of its first ten kilometres cross."""

OUTSIDE_M = 10_000
"""A point farther from every centre is not of the district: twice the radius of a usual commune
(822 km² over eleven centres)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commune:
    """`valid_to` is the first day on which it is no more; `area_km2` None where unknown.

    `centre` is where its name stands; `merged` are the codes of the communes it was merged from
    and `centres` theirs (its own, if none): together they draw its shape far better than one
    point does.
    """

    code: str
    name: str
    valid_from: date | None
    valid_to: date | None
    centre: Spot
    centres: tuple[Spot, ...]
    area_km2: float | None
    aliases: tuple[str, ...]
    merged: tuple[str, ...] = ()

    def valid_on(self, day: date) -> bool:
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day < self.valid_to)

    def distance_m(self, spot: Spot) -> float:
        return min(distance_m(centre, spot) for centre in self.centres)


class Places:
    """The administrative units of a configured area over time."""

    def __init__(self, communes: Iterable[Commune]) -> None:
        self.communes = tuple(communes)

    def on(self, day: date) -> tuple[Commune, ...]:
        return tuple(commune for commune in self.communes if commune.valid_on(day))

    def at(self, spot: Spot, day: date) -> Commune | None:
        """The commune with the nearest centre; None outside of the area."""
        best = min(self.on(day), key=lambda commune: commune.distance_m(spot), default=None)
        if best is None or best.distance_m(spot) > OUTSIDE_M:
            return None
        return best

    def along(self, ray: Ray, day: date) -> Commune | None:
        """The commune that most of the look crosses; None if it looks out of the area."""
        crossed = Counter(
            commune
            for step in range(1, LOOK_M // STEP_M + 1)
            if (commune := self.at(along(ray, step * STEP_M), day)) is not None
        )
        return max(crossed, key=lambda commune: crossed[commune], default=None)


@lru_cache(maxsize=1)
def district() -> Places:
    """Đông Giang as the package ships it."""
    with FACTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    merged: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        merged[row["merged_into"]].append(row)
    return Places(_commune(row, merged) for row in rows)


def _commune(row: dict[str, str], merged: dict[str, list[dict[str, str]]]) -> Commune:
    parts = [] if row["merged_into"] else merged[row["code"]]
    return Commune(
        code=row["code"],
        name=row["name"],
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        centre=_spot(row),
        centres=tuple(_spot(part) for part in parts) or (_spot(row),),
        merged=tuple(part["code"] for part in parts),
        area_km2=float(row["area_km2"]) if row["area_km2"] else None,
        aliases=tuple(alias for alias in row["aliases"].split("|") if alias),
    )


def _spot(row: dict[str, str]) -> Spot:
    return Spot(float(row["lat"]), float(row["lon"]))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
