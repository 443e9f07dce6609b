"""The committed files are what the modules make, and each board is whole."""

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from grafana import shipped
from grafana.generate import HERE, files, write
from grafana.house import DATASOURCE_UID, NO_DATA

FILES = files()
BOARDS = [name for name in FILES if name.startswith("dashboards/")]


def board(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(FILES[name])
    return content


def overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
    above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
    return not beside and not above


def test_the_committed_files_are_up_to_date() -> None:
    stale = [
        name
        for name, text in FILES.items()
        if not (HERE / name).exists() or (HERE / name).read_text(encoding="utf-8") != text
    ]
    assert not stale, f"run: make boards ({stale})"


def test_what_is_shipped_is_read_without_generating() -> None:
    assert shipped.files() == FILES


def test_no_board_is_left_that_nothing_makes() -> None:
    kept = {path.relative_to(HERE).as_posix() for path in HERE.glob("dashboards/*/*.json")}
    assert kept == set(BOARDS)


def test_writing_again_takes_away_a_board_that_is_no_more(tmp_path: Path) -> None:
    gone = tmp_path / "dashboards" / "old" / "old.json"
    gone.parent.mkdir(parents=True)
    gone.write_text("{}")
    write(tmp_path)
    assert not gone.exists()
    assert (tmp_path / BOARDS[0]).read_text(encoding="utf-8") == FILES[BOARDS[0]]


@pytest.mark.parametrize("name", BOARDS)
def test_panels_have_their_own_ids_and_places(name: str) -> None:
    panels = board(name)["panels"]
    ids = [panel["id"] for panel in panels]
    assert len(set(ids)) == len(ids) > 0
    for one, other in combinations(panels, 2):
        assert not overlap(one["gridPos"], other["gridPos"]), (one["title"], other["title"])
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels)


@pytest.mark.parametrize("name", BOARDS)
def test_every_panel_says_what_it_shows_and_leads_to_the_console(name: str) -> None:
    for panel in board(name)["panels"]:
        defaults = panel["fieldConfig"]["defaults"]
        assert panel["title"]
        assert panel["description"]
        assert defaults["unit"]
        assert defaults["noValue"] == NO_DATA
        assert panel["links"][0]["url"].startswith("${console}/")
        assert panel["datasource"]["uid"] == DATASOURCE_UID


@pytest.mark.parametrize("name", BOARDS)
def test_a_board_keeps_the_districts_time(name: str) -> None:
    assert board(name)["timezone"] == "Asia/Ho_Chi_Minh"


def test_maps_ask_no_tile_server() -> None:
    maps = [
        panel for name in BOARDS for panel in board(name)["panels"] if panel["type"] == "geomap"
    ]
    assert maps
    for panel in maps:
        layers = [panel["options"]["basemap"], *panel["options"]["layers"]]
        assert {layer["type"] for layer in layers} <= {"geojson", "markers"}
        assert "http" not in json.dumps(layers)


def test_layers_are_closed_polygons_in_the_district() -> None:
    for feature in json.loads(FILES["maps/communes.geojson"])["features"]:
        for polygon in feature["geometry"]["coordinates"]:
            assert polygon[0][0] == polygon[0][-1]
            assert all(107 < lon < 109 and 15 < lat < 17 for lon, lat in polygon[0])


def test_the_only_alert_is_that_the_hub_is_silent() -> None:
    groups = yaml.safe_load(FILES["provisioning/alerting/ioc.yaml"])["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert [rule["uid"] for rule in rules] == ["ioc-hub-silent"]
    assert rules[0]["noDataState"] == "Alerting"


def test_no_credential_is_written() -> None:
    source = yaml.safe_load(FILES["provisioning/datasources/ioc.yaml"])["datasources"][0]
    assert source["secureJsonData"] == {"httpHeaderValue1": "$IOC_INFLUX_AUTHORIZATION"}
