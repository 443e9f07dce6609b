"""Mapping files: every key is checked, errors name it, the shipped ones are whole."""

from pathlib import Path

import pytest

from contracts.configuration import ConfigError
from hub.entrances.mapping import SHIPPED, Mapping, find, load, load_all
from tests.hub.entrances.conftest import knowledge

LEAST = """
title: T
unit: Mã
period: {of: day, date: Ngày}
observations: [{measure: health.visits, value: Khám}]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "m.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_least_mapping_knows_its_columns(tmp_path: Path) -> None:
    mapping = load(written(tmp_path, LEAST))
    assert mapping.columns() == {"Mã": True, "Ngày": True, "Khám": True}


@pytest.mark.parametrize(
    ("text", "key", "remedy"),
    [
        (LEAST + "colour: red", "colour", "unknown"),
        (LEAST.replace("of: day", "of: decade"), "period.of", "'day'"),
        (LEAST.replace("unit: Mã", ""), "", "has no unit"),
        (LEAST.replace("period: {of: day, date: Ngày}", ""), "", "has no period"),
        ("title: T", "", "give observations, cases or mentions"),
        (LEAST + "dates: [dd/mm/yy]", "dates", "no date format"),
        (LEAST.replace("unit: Mã", "unit: {column: Mã, constant: x}"), "unit", "exactly one"),
        (LEAST.replace("date: Ngày", "date: {file: 'a(b'}"), "period.date", "regular expression"),
        (LEAST.replace("date: Ngày", "date: {file: 'ab'}"), "period.date", "one group"),
        ("a: [", "", "mend the YAML"),
        ("- a", "", "write a mapping"),
        ("!!python/object/apply:os.system ['true']", "", "mend the YAML"),
    ],
)
def test_a_wrong_mapping_names_key_and_remedy(
    tmp_path: Path, text: str, key: str, remedy: str
) -> None:
    with pytest.raises(ConfigError) as wrong:
        load(written(tmp_path, text))
    assert wrong.value.key == key
    assert remedy in wrong.value.remedy


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_mapping_names_what_the_catalogue_has(path: Path) -> None:
    mapping, known = load(path), knowledge()
    assert mapping.files
    for rule in mapping.observations:
        ids = rule.measure.values.values() or [str(rule.measure.constant)]
        for each in ids:
            measure = known.catalogue.measures[f"{each}{rule.measure.suffix}"]
            period = rule.period or mapping.period
            assert period is not None
            assert period.of is measure.period
    for case in mapping.cases:
        cycle = known.lifecycles[str(case.type.constant)]
        for state in case.state.values.values() or [str(case.state.constant)]:
            assert cycle.state(state) is not None
        for name, attribute in case.attributes.items():
            kind = cycle.by_attribute[name]
            assert not any(kind.wrong(value) for value in attribute.values.values())


def test_no_file_name_has_two_shipped_mappings(tmp_path: Path) -> None:
    shipped = load_all(None)
    names = [pattern.replace("*", "-2026") for each in shipped.values() for pattern in each.files]
    assert names
    assert all(sum(each.matches(name) for each in shipped.values()) == 1 for name in names)


def test_a_mapping_is_found_by_path_by_name_and_in_the_own_folder(tmp_path: Path) -> None:
    (tmp_path / "attendance.yaml").write_text(LEAST, encoding="utf-8")
    assert find("attendance") == SHIPPED / "attendance.yaml"
    assert find("attendance", tmp_path) == tmp_path / "attendance.yaml"
    assert find("x/y.yaml") == Path("x/y.yaml")
    assert load_all(tmp_path)["attendance"].title == "T"
    with pytest.raises(ConfigError, match="dossiers"):
        find("nothing")


def test_a_file_name_matches_whatever_its_case_and_marks() -> None:
    mapping = Mapping.model_validate(
        {"title": "T", "files": ["điểm-danh-*.csv"], "mentions": [
            {"source": "a", "title": "b", "published_at": "c"}]}
    )  # fmt: skip
    assert mapping.matches("ĐIÊ\u0309M-DANH-1.CSV")
    assert not mapping.matches("diem-danh-1.csv")
