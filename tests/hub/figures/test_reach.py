"""Which figures a change reaches, and which later ones compare with them."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hub.catalogue.loader import load
from hub.catalogue.periods import Period, Span, containing
from hub.catalogue.records import Catalogue
from hub.figures.reach import Change, reached

NOW = datetime(2026, 11, 25, 5, tzinfo=UTC)
COMPARED = """
subsystem: {id: trial, name_vi: Thử, name_en: Trial}
measures:
  - {id: trial.sold, name_vi: Bán, period: month, level: commune, source: Xã}
indicators:
  - &i
    id: trial.growth
    name_vi: Tăng
    name_en: Growth
    period: month
    formula: sum(trial.sold) - last_year(sum(trial.sold))
    owner: Xã
    basis: [{text: Thử, confidence: proposal}]
  - {<<: *i, id: trial.twice, formula: previous(last_year(sum(trial.sold)))}
  - {<<: *i, id: trial.late, formula: sum(trial.sold), effective_from: 2026-06-15}
"""


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder: Path = tmp_path_factory.mktemp("own")
    (folder / "trial.yaml").write_text(COMPARED, encoding="utf-8")
    return load(folder)


def month(year: int, number: int) -> Period:
    return containing(Span.MONTH, datetime(year, number, 15, tzinfo=UTC))


def found(
    catalogue: Catalogue, indicator: str, year: int, number: int, unit: str = "20467"
) -> set[tuple[date, str]]:
    change = Change(source="trial.sold", unit=unit, start=month(year, number).start)
    return {
        (one.period.day, one.unit)
        for one in reached(catalogue, change, NOW)
        if one.indicator == indicator
    }


def test_last_years_word_reaches_this_years_figure(catalogue: Catalogue) -> None:
    assert found(catalogue, "trial.growth", 2025, 9) == {
        (date(2025, 9, 1), "20467"), (date(2025, 9, 1), "505"),
        (date(2026, 9, 1), "20467"), (date(2026, 9, 1), "505"),
    }  # fmt: skip


def test_what_has_not_begun_is_not_reached(catalogue: Catalogue) -> None:
    assert {day for day, _ in found(catalogue, "trial.growth", 2026, 9)} == {date(2026, 9, 1)}


def test_shifts_within_shifts_are_followed_back(catalogue: Catalogue) -> None:
    assert {day for day, _ in found(catalogue, "trial.twice", 2025, 8)} == {date(2026, 9, 1)}


def test_a_code_that_meant_another_commune_last_year_is_followed_by_its_code(
    catalogue: Catalogue,
) -> None:
    """What the formula of today's 20467 asks for is what was told of 20467 then."""
    assert (date(2026, 3, 1), "20467") in found(catalogue, "trial.growth", 2025, 3)


def test_an_indicator_is_not_wanted_for_a_period_that_began_before_it(
    catalogue: Catalogue,
) -> None:
    assert found(catalogue, "trial.late", 2026, 6) == set()
    assert found(catalogue, "trial.late", 2026, 7) != set()
