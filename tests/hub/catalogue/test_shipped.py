"""The shipped catalogue is complete and honest; a ninth subsystem is one file."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from hub.catalogue.condition import Condition, attributes
from hub.catalogue.formula import Counted, Scope
from hub.catalogue.grade import Grade, grade
from hub.catalogue.loader import load
from hub.catalogue.periods import Span, containing
from hub.catalogue.records import Confidence

PAGE = Path(__file__).parents[3] / "docs" / "ninth-subsystem.md"
LIFECYCLES = Path(__file__).parents[3] / "hub" / "cases" / "data"
CASES = {"dossier", "document-in", "document-out", "report", "disease", "hand-over"}
SUBSYSTEMS = {
    "public-services", "education", "health", "cameras", "online-information", "forest-fire",
    "documents", "citizens-reports", "socio-economic", "land", "tourism", "environment",
    "public-order", "commerce", "infrastructure",
}  # fmt: skip


class Lake:
    """372.4 m this morning, and nothing else."""

    def last(self, measure: str, scope: Scope) -> float | None:
        return 372.4 if "ho-a-vuong" in scope.units else None

    total = mean = largest = smallest = last

    def count(self, case_type: str, where: Condition, scope: Scope) -> int:
        return 0

    def mentions(self, topic: str, tone: str, scope: Scope) -> int:
        return 0


def test_every_subsystem_has_indicators_and_a_tile_on_the_wall() -> None:
    catalogue = load()
    assert set(catalogue.subsystems) == SUBSYSTEMS
    shown = {catalogue.subsystem_of(each.id) for each in catalogue.indicators if each.wall}
    assert shown == SUBSYSTEMS


def test_what_can_be_red_says_what_to_do() -> None:
    for each in load().indicators:
        if each.bands is not None:
            assert each.advice.red, each.id


def test_only_known_kinds_of_cases_are_counted() -> None:
    asked = set[str]().union(*(each.parsed.case_types for each in load().indicators))
    assert asked == CASES


def test_conditions_ask_only_for_attributes_that_are_stored() -> None:
    for indicator in load().indicators:
        for leaf in indicator.parsed.leaves:
            if isinstance(leaf.asked, Counted):
                lifecycle = yaml.safe_load(
                    (LIFECYCLES / f"{leaf.asked.case_type}.yaml").read_text()
                )
                stored = {each["name"] for each in lifecycle["attributes"]}
                assert attributes(leaf.asked.where) <= stored, indicator.id


@pytest.mark.parametrize(
    ("day", "decree"),
    [(date(2025, 6, 30), "NĐ 61/2018"), (date(2025, 7, 1), "NĐ 118/2025")],
)
def test_the_decree_in_force_on_the_day_is_named(day: date, decree: str) -> None:
    basis = load().at(day)["public-services.on-time"].basis
    assert any(each.text.startswith(decree) for each in basis)


def test_thresholds_of_our_own_are_marked_as_proposals() -> None:
    attendance = load().at(date(2026, 11, 25))["education.attendance"]
    assert {each.confidence for each in attendance.basis} == {Confidence.PROPOSAL}


def test_the_file_of_the_page_adds_a_ninth_subsystem(tmp_path: Path) -> None:
    found = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    (tmp_path / "hydropower.yaml").write_text(found.group(1), encoding="utf-8")
    catalogue, day = load(tmp_path), date(2026, 11, 25)
    assert catalogue.subsystems["hydropower"].name_vi == "Thủy điện và hồ chứa"
    room = catalogue.at(day)["hydropower.room"]
    period = containing(Span.DAY, datetime(2026, 11, 25, 3, tzinfo=UTC))
    scope = Scope(units=catalogue.below("505", day), period=period)
    outcome = room.parsed.evaluate(Lake(), scope)
    assert outcome.value == pytest.approx(7.6)
    assert grade(outcome.value, room.bands, room.direction) is Grade.GREEN
