"""Bearings on the ground.  Local plane around a point; good to metres over 30 km at 16° N.

Degrees clockwise from true north, metres, WGS 84 degrees on a sphere of 6,371,008.8 m (IUGG).
"""

import math
from dataclasses import dataclass

RADIUS_M = 6_371_008.8
CROSSING_DEG = 15.0
"""Flatter rays locate badly: the error grows with 1/sin of the crossing angle."""


@dataclass(frozen=True, slots=True)
class Spot:
    """WGS 84 degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Ray:
    """From a camera along a bearing."""

    origin: Spot
    bearing_deg: float


def offset_m(origin: Spot, spot: Spot) -> tuple[float, float]:
    """East and north of `origin`."""
    east = math.radians(spot.lon - origin.lon) * math.cos(math.radians(origin.lat)) * RADIUS_M
    return east, math.radians(spot.lat - origin.lat) * RADIUS_M


def moved(origin: Spot, east_m: float, north_m: float) -> Spot:
    lat = origin.lat + math.degrees(north_m / RADIUS_M)
    lon = origin.lon + math.degrees(east_m / (RADIUS_M * math.cos(math.radians(origin.lat))))
    return Spot(lat, lon)


def distance_m(one: Spot, other: Spot) -> float:
    return math.hypot(*offset_m(one, other))


def along(ray: Ray, range_m: float) -> Spot:
    angle = math.radians(ray.bearing_deg)
    return moved(ray.origin, range_m * math.sin(angle), range_m * math.cos(angle))


def apart_deg(one: float, other: float) -> float:
    """The angle between two bearings, 0 to 180."""
    return abs((one - other + 180) % 360 - 180)


def crossing(one: Ray, other: Ray, reach_m: float) -> Spot | None:
    """Where two rays meet: in front of both, within reach, at 15° to 165°; else None."""
    angle = apart_deg(one.bearing_deg, other.bearing_deg)
    if not CROSSING_DEG <= angle <= 180 - CROSSING_DEG:
        return None
    east, north = offset_m(one.origin, other.origin)
    a, b = math.radians(one.bearing_deg), math.radians(other.bearing_deg)
    turn = math.sin(b - a)
    first = (east * -math.cos(b) + north * math.sin(b)) / turn
    second = (east * -math.cos(a) + north * math.sin(a)) / turn
    if not (0 < first <= reach_m and 0 < second <= reach_m):
        return None
    return along(one, first)
