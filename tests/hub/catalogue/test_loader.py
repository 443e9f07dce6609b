"""Catalogue files: the shipped ones are sound, wrong ones are named."""

from datetime import date
from pathlib import Path

import pytest

from hub.catalogue.loader import CatalogueError, load
from hub.catalogue.records import Unit

NINTH = """
subsystem: {id: hydropower, name_vi: Thủy điện và hồ chứa, name_en: Hydropower}
measures:
  - {id: hydropower.level-m, name_vi: Mực nước hồ, period: day, level: commune, source: Nhà máy}
indicators:
  - id: hydropower.room
    name_vi: Dung tích phòng lũ còn lại
    name_en: Flood room
    unit_vi: m
    period: day
    formula: 380 - last(hydropower.level-m)
    bands: {green: 5, yellow: 2}
    owner: Nhà máy A Vương
    basis: [{text: Mực nước dâng bình thường 380 m, confidence: medium}]
"""
ROOM = "indicators[hydropower.room]"


def test_the_shipped_catalogue_is_sound() -> None:
    catalogue = load()
    assert {"district", "commune", "school"} <= set(catalogue.kinds)
    assert catalogue.at(date(2026, 11, 25))["education.attendance"].target == 95


def test_one_file_adds_a_ninth_subsystem(tmp_path: Path) -> None:
    (tmp_path / "hydropower.yaml").write_text(NINTH, encoding="utf-8")
    catalogue = load(tmp_path)
    assert catalogue.subsystems["hydropower"].name_vi == "Thủy điện và hồ chứa"
    assert "hydropower.room" in catalogue.at(date(2026, 11, 25))


def test_a_code_means_what_it_meant_on_the_day() -> None:
    catalogue = load()
    before = catalogue.unit("20476", date(2025, 6, 30))
    after = catalogue.unit("20476", date(2025, 7, 1))
    assert before is not None
    assert after is not None
    assert (before.name_vi, after.name_vi) == ("Xã Jơ Ngây", "Xã Sông Kôn")
    assert len(catalogue.of_kind("commune", date(2025, 6, 30))) == 11
    assert len(catalogue.below("505", date(2025, 7, 1))) == 5


@pytest.mark.parametrize(
    ("change", "key", "why"),
    [
        (("last(hydropower.level-m)", "last(hydropower.x)"), f"{ROOM}.formula", "hydropower.x"),
        (("green: 5", "green: 1"), ROOM, "yellow is above green"),
        (("level: commune", "level: lake"), "measures[hydropower.level-m].level", "'lake'"),
        (("    formula:", "    colour: red\n    formula:"), f"{ROOM}.colour", "Extra"),
        (("380 - last", "380 ~ last"), ROOM, "formula"),
        (("id: hydropower.level", "id: water.level"), "measures[water.level-m].id", "'water'"),
        (("subsystem: {id: hydropower", "subsystem: {{"), "file", "YAML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_key(
    tmp_path: Path, change: tuple[str, str], key: str, why: str
) -> None:
    (tmp_path / "hydropower.yaml").write_text(NINTH.replace(*change), encoding="utf-8")
    with pytest.raises(CatalogueError) as refused:
        load(tmp_path)
    fault = refused.value.faults[0]
    assert (fault.file, fault.key) == ("hydropower.yaml", key)
    assert why in fault.why


def test_an_id_that_is_there_already_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(NINTH, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(NINTH, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"b.yaml: indicators\[hydropower.room\]: overlaps"):
        load(tmp_path)


def test_a_unit_that_is_there_already_is_named(tmp_path: Path) -> None:
    unit = "units: [{id: '505', kind: district, name_vi: Huyện khác}]"
    (tmp_path / "a.yaml").write_text(unit, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"a.yaml: units\[505\]: is there already"):
        load(tmp_path)


MAIL = Unit(id="mail", kind="service", name_vi="Thư công vụ", parent="505")


@pytest.mark.parametrize(("kind", "name"), [("", "Thư công vụ"), ("service", "Thư của xã")])
def test_what_is_probed_is_a_unit_and_a_files_own_words_for_it_count(
    tmp_path: Path, kind: str, name: str
) -> None:
    if kind:
        text = f"units: [{{id: mail, kind: {kind}, name_vi: {name}}}]"
        (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    [found] = load(tmp_path, units=(MAIL, MAIL)).of_kind("service", date(2026, 11, 25))
    assert (found.id, found.name_vi) == ("mail", name)


def test_what_is_probed_cannot_be_something_else_too(tmp_path: Path) -> None:
    text = 'units: [{id: mail, kind: office, name_vi: Bưu cục, parent: "505"}]'
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match="mail: is of kind office"):
        load(tmp_path, units=(MAIL,))


def test_a_wrong_value_is_shown(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(NINTH.replace("green: 5", "green: cao"), encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"bands\.green.*'cao'"):
        load(tmp_path)


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="is not there"):
        load(tmp_path / "nowhere")
