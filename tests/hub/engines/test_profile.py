"""Rules as data: what is wrong with a file is said by name."""

from pathlib import Path

import pytest

from contracts.configuration import ConfigError, Section
from hub.engines import danger, score766
from hub.engines.profile import DATA, Sourced, load


def write(folder: Path, text: str) -> Path:
    path = folder / "rule.yaml"
    path.write_text(text, encoding="utf-8")
    return path


GOOD = "source: s\nconfidence: low\neffective_from: 2026-01-01\n"


@pytest.mark.parametrize(
    ("text", "key", "remedy"),
    [
        (GOOD.replace("low", "certain"), "confidence", "'high', 'medium' or 'low'"),
        (GOOD.replace("2026-01-01", "tomorrow"), "effective_from", "date"),
        (GOOD + "sauce: t\n", "sauce", "unknown"),
        ("source: s\nconfidence: low\n", "effective_from", "needed"),
        (GOOD + "source: t\n", "", "mend the YAML"),
        ("source: [s\n", "", "mend the YAML"),
        ("", "", "section of keys"),
    ],
    ids=["word", "date", "unknown key", "missing key", "key twice", "broken", "empty"],
)
def test_a_bad_file_is_refused_by_file_key_and_remedy(
    tmp_path: Path, text: str, key: str, remedy: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as refused:
        load(path, Sourced)
    assert (refused.value.file, refused.value.key) == (path, key)
    assert remedy in refused.value.remedy


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml.*write the file"):
        load(tmp_path / "none.yaml", Sourced)


def test_a_yaml_that_would_run_code_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "source: !!python/object/apply:os.getcwd []\n")
    with pytest.raises(ConfigError, match="mend the YAML"):
        load(path, Sourced)


def test_a_group_whose_weights_do_not_add_up_is_refused(tmp_path: Path) -> None:
    text = (DATA / "score766.yaml").read_text(encoding="utf-8")
    path = write(tmp_path, text.replace("points: 20, source", "points: 19, source"))
    with pytest.raises(ConfigError, match=r"groups\.#2\.criteria.*19 points; make it 20"):
        load(path, score766.Rules)


def test_bounds_that_fall_are_refused(tmp_path: Path) -> None:
    text = (DATA / "danger.yaml").read_text(encoding="utf-8")
    path = write(tmp_path, text.replace("[1000, 2500,", "[2500, 1000,"))
    with pytest.raises(ConfigError, match=r"hung-1988\.p_up_to"):
        load(path, danger.Rules)


def test_every_shipped_file_is_read_by_its_engine() -> None:
    assert {path.stem for path in DATA.glob("*.yaml")} == set(profile_names())


def profile_names() -> list[str]:
    """The modules beside `data/` that have rules; each is loaded here."""
    engines = DATA.parent
    names = [path.stem for path in engines.glob("*.py") if (DATA / f"{path.stem}.yaml").exists()]
    for name in names:
        module = __import__(f"hub.engines.{name}", fromlist=["rules"])
        assert isinstance(module.rules(), Section)
    return names
