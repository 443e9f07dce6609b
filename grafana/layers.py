"""Our own map layers: communes as polygons and their places, GeoJSON (RFC 7946), no tiles."""

from datetime import date
from typing import Any

from hub.geometry import Spot
from hub.places import district
from hub.web.sketch import district_sketch

PLACES = 5
"""Digits of a degree: about a metre."""


def communes(day: date) -> dict[str, Any]:
    """The sketch of the communes of `day`; not legal borders."""
    return _collection(
        _feature(
            each.code,
            each.name,
            {
                "type": "MultiPolygon",
                "coordinates": [[_ring(ring)] for ring in each.rings],
            },
        )
        for each in district_sketch(day)
    )


def places(day: date) -> dict[str, Any]:
    """Where each commune's mark stands; the `unit` of a figure is looked up there."""
    return _collection(
        _feature(each.code, each.name, {"type": "Point", "coordinates": _position(each.centre)})
        for each in district().on(day)
    )


def _ring(ring: tuple[Spot, ...]) -> list[list[float]]:
    return [_position(spot) for spot in (*ring, ring[0])]


def _position(spot: Spot) -> list[float]:
    return [round(spot.lon, PLACES), round(spot.lat, PLACES)]


def _feature(code: str, name: str, geometry: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature", "id": code,
        "properties": {"code": code, "name": name}, "geometry": geometry,
    }  # fmt: skip


def _collection(features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}
