"""An official map in place of our sketch: polygons of a GeoJSON file (RFC 7946)."""

import json
from pathlib import Path
from typing import Any

from hub.geometry import Spot
from hub.web.sketch import Shape

NAMES = ("name", "ten", "ten_xa", "NAME_3", "Name")
MOST_BYTES = 20_000_000
LEAST_CORNERS = 3


class BadMap(ValueError):
    """A map file that cannot be drawn; names the file, the feature and what is wrong."""

    def __init__(self, *, file: Path, feature: int | None, why: str) -> None:
        self.file = file
        self.feature = feature
        self.why = why
        where = f"{file}" if feature is None else f"{file}, feature {feature}"
        super().__init__(f"{where}: {why}")


def read_map(file: Path) -> tuple[Shape, ...]:
    """Every Polygon and MultiPolygon of a FeatureCollection; raises BadMap."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise BadMap(file=file, feature=None, why=f"is over {MOST_BYTES} bytes; simplify it")
        body = json.loads(file.read_text(encoding="utf-8"))
        features = body["features"]
    except OSError as gone:
        raise BadMap(file=file, feature=None, why=gone.strerror or "unreadable") from None
    except (ValueError, KeyError, TypeError):
        raise BadMap(file=file, feature=None, why="is no GeoJSON FeatureCollection") from None
    return tuple(_shape(file, number, feature) for number, feature in enumerate(features))


def _shape(file: Path, number: int, feature: Any) -> Shape:
    try:
        geometry, facts = feature["geometry"], feature.get("properties") or {}
        kind, coordinates = geometry["type"], geometry["coordinates"]
        if kind not in ("Polygon", "MultiPolygon"):
            raise BadMap(file=file, feature=number, why=f"is a {kind}, not a Polygon")
        polygons = [coordinates] if kind == "Polygon" else coordinates
        rings = tuple(
            tuple(Spot(_within(lat, 90), _within(lon, 180)) for lon, lat, *_ in polygon[0])
            for polygon in polygons
        )
        spots = max(rings, key=len)
        if len(spots) < LEAST_CORNERS:
            raise ValueError(f"a ring of {len(spots)} corners")
    except (KeyError, TypeError, ValueError, IndexError) as wrong:
        if isinstance(wrong, BadMap):
            raise
        raise BadMap(file=file, feature=number, why=f"its geometry is broken ({wrong})") from None
    name = next((str(facts[key]) for key in NAMES if facts.get(key)), "")
    centre = Spot(
        sum(spot.lat for spot in spots) / len(spots), sum(spot.lon for spot in spots) / len(spots)
    )
    return Shape(code=str(facts.get("code", number)), name=name, centre=centre, rings=rings)


def _within(value: float, limit: float) -> float:
    if not -limit <= float(value) <= limit:
        raise ValueError(f"{value} is no coordinate")
    return float(value)
