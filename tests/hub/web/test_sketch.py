"""The sketch of the communes keeps to the facts."""

import json
from datetime import date
from pathlib import Path

import pytest

from hub.geometry import offset_m
from hub.places import district
from hub.web.geojson import BadMap, read_map
from hub.web.sketch import Shape, district_sketch, sketch

TODAY = date(2026, 11, 24)


def square_km(shape: Shape) -> float:
    total = 0.0
    for ring in shape.rings:
        points = [offset_m(ring[0], spot) for spot in ring]
        pairs = zip(points, [*points[1:], points[0]], strict=True)
        total += abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2e6
    return total


def test_each_commune_has_its_official_area() -> None:
    areas = {one.code: one.area_km2 for one in district().on(TODAY)}
    shapes = district_sketch(TODAY)
    assert len(shapes) == 4
    for shape in shapes:
        assert square_km(shape) == pytest.approx(areas[shape.code], rel=0.05)


def test_before_the_reform_there_are_eleven() -> None:
    assert len(sketch(district(), date(2024, 1, 1))) == 11


def polygon(*points: tuple[float, float]) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {"name": "Xã A"},
        "geometry": {"type": "Polygon", "coordinates": [list(points)]},
    }


def written(folder: Path, *features: object) -> Path:
    file = folder / "map.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return file


def test_an_official_map_is_read(tmp_path: Path) -> None:
    [shape] = read_map(written(tmp_path, polygon((107.6, 15.9), (107.7, 15.9), (107.7, 16.0))))
    assert shape.name == "Xã A"
    assert len(shape.rings[0]) == 3


@pytest.mark.parametrize(
    ("feature", "why"),
    [
        ({"geometry": {"type": "Point", "coordinates": [1, 2]}}, "is a Point"),
        (polygon((107.6, 95.0), (107.7, 15.9)), "no coordinate"),
        ({"geometry": None}, "broken"),
        (polygon(), "broken"),
    ],
)
def test_a_feature_that_cannot_be_drawn_is_named(
    tmp_path: Path, feature: dict[str, object], why: str
) -> None:
    with pytest.raises(BadMap, match=why) as caught:
        read_map(written(tmp_path, feature))
    assert caught.value.feature == 0


@pytest.mark.parametrize("text", ["", "[]", "{}"])
def test_a_file_that_is_no_map_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "map.geojson"
    file.write_text(text)
    with pytest.raises(BadMap, match="FeatureCollection"):
        read_map(file)
    with pytest.raises(BadMap, match="none"):
        read_map(tmp_path / "none.geojson")
