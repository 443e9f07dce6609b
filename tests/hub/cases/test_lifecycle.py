"""Life cycles: the shipped ones, and what is wrong in others."""

from pathlib import Path

import pytest

from hub.cases.lifecycle import LifecycleError, Outcome, Phase, load

LAKE = """
type: gate
name_vi: Vận hành cửa xả
subsystem: hydropower
states:
  - {code: a, name_vi: Đề nghị, phase: open, usual_next: [b]}
  - {code: b, name_vi: Xong, phase: done, outcome: resolved}
terms:
  - {hours: 2, source: quy trình, confidence: high, when: [{attribute: level, equals: 3}]}
attributes:
  - {name: level, name_vi: Cấp, type: number}
"""


def test_the_national_codes_of_a_dossier() -> None:
    dossier = load()["dossier"]
    assert [state.code for state in dossier.states] == [str(code) for code in range(1, 11)]
    paused = [state.code for state in dossier.states if state.phase is Phase.PAUSED]
    assert paused == ["5", "6", "8"]
    withdrawn = dossier.state("7")
    assert withdrawn is not None
    assert withdrawn.outcome is Outcome.WITHDRAWN


def test_a_state_is_known_by_code_name_and_alias() -> None:
    dossier = load()["dossier"]
    assert dossier.state("chờ tiếp nhận") is dossier.state("1") is dossier.state("Mới đăng ký ")
    assert dossier.state("11") is None


def test_a_district_adds_a_type_by_a_file(tmp_path: Path) -> None:
    (tmp_path / "gate.yaml").write_text(LAKE, encoding="utf-8")
    assert {"gate", "dossier"} <= set(load(tmp_path))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("usual_next: [b]", "usual_next: [c]"), "state 'c' is not one of a, b"),
        (("outcome: resolved", "usual_next: [a]"), "outcome belongs to phase done"),
        (("hours: 2,", ""), "give one of working_days"),
        (("attribute: level", "attribute: depth"), "attribute 'depth' is not listed"),
        (("type: number", "type: choice"), "choices belong to type choice"),
        (("code: b", "code: a"), "state a is there twice"),
        (("type: gate", "kind: gate"), "Field required"),
        (("states:", "states: ["), "YAML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: tuple[str, str], why: str) -> None:
    (tmp_path / "gate.yaml").write_text(LAKE.replace(*change), encoding="utf-8")
    with pytest.raises(LifecycleError, match=r"gate\.yaml") as refused:
        load(tmp_path)
    assert why in refused.value.why


@pytest.mark.parametrize(
    ("name", "value", "fine"),
    [
        ("online", True, True), ("online", "có", False),
        ("service_level", "khac", True), ("service_level", "4", False),
        ("procedure", "Khai sinh", True), ("procedure", "x" * 65, False), ("procedure", 3, False),
    ],
)  # fmt: skip
def test_an_attribute_has_its_kind(name: str, value: str | int | bool, fine: bool) -> None:
    assert (load()["dossier"].by_attribute[name].wrong(value) == "") is fine


def test_a_number_is_no_boolean() -> None:
    latitude = load()["report"].by_attribute["lat"]
    assert latitude.wrong(15.9) == ""
    assert latitude.wrong(True)
