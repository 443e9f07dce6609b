"""Clusters, weeks over their past, clocks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.engines.epidemic import (
    DengueCase,
    UnknownDisease,
    Week,
    clock,
    dengue_outbreaks,
    excess,
    rules,
)
from hub.geometry import Spot, moved

RULES = rules()
PRAO = Spot(15.92726, 107.63929)
FIRST = date(2026, 9, 1)


def case(number: int, day: int, east_m: float = 0, **more: bool) -> DengueCase:
    spot = moved(PRAO, east_m, 0)
    return DengueCase(case=f"c{number}", day=FIRST + timedelta(day), spot=spot, **more)


@pytest.mark.parametrize(
    ("days", "east_m", "outbreaks"),
    [(7, 190, 1), (8, 190, 0), (7, 210, 0), (0, 0, 1)],
)
def test_two_cases_near_in_place_and_time_are_an_outbreak(
    days: int, east_m: float, outbreaks: int
) -> None:
    found = dengue_outbreaks([case(1, 0), case(2, days, east_m)], RULES.dengue)
    assert len(found) == outbreaks


@pytest.mark.parametrize(
    ("confirmed", "larvae", "outbreaks"),
    [(True, True, 1), (True, False, 0), (False, True, 0)],
)
def test_one_confirmed_case_with_larvae_is_an_outbreak(
    confirmed: bool, larvae: bool, outbreaks: int
) -> None:
    lone = case(1, 0, lab_confirmed=confirmed, larvae=larvae)
    assert len(dengue_outbreaks([lone], RULES.dengue)) == outbreaks


def test_an_outbreak_lives_for_fourteen_days_without_a_new_case() -> None:
    (found,) = dengue_outbreaks([case(1, 0), case(2, 3), case(3, 17)], RULES.dengue)
    assert (len(found.cases), found.last) == (3, FIRST + timedelta(17))
    assert found.active(FIRST + timedelta(31))
    assert not found.active(FIRST + timedelta(32))


def test_a_case_after_the_end_is_not_of_the_outbreak() -> None:
    (found,) = dengue_outbreaks([case(1, 0), case(2, 3), case(3, 18)], RULES.dengue)
    assert [one.case for one in found.cases] == ["c1", "c2"]


def test_a_case_between_two_outbreaks_joins_them() -> None:
    apart = [case(1, 0), case(2, 1), case(3, 0, 300), case(4, 1, 300)]
    assert len(dengue_outbreaks(apart, RULES.dengue)) == 2
    assert len(dengue_outbreaks([*apart, case(5, 2, 150)], RULES.dengue)) == 1


@given(st.permutations([case(n, d, e) for n, d, e in [(1, 0, 0), (2, 3, 90), (3, 9, 150)]]))
def test_the_order_of_arrival_does_not_matter(cases: list[DengueCase]) -> None:
    (found,) = dengue_outbreaks(cases, RULES.dengue)
    assert [one.case for one in found.cases] == ["c1", "c2", "c3"]


def weekly(*years: int, week: int = 30) -> dict[Week, int]:
    """Ten cases in even years, fourteen in odd."""
    return {Week(year=year, week=week): 10 + 4 * (year % 2) for year in years}


def test_a_week_over_mean_and_two_deviations_is_an_excess() -> None:
    past = weekly(2021, 2022, 2023, 2024, 2025)  # mean 12.4, deviation 2.191
    now = Week(year=2026, week=30)
    found = excess(past | {now: 17}, now, RULES.excess)
    assert found.threshold == pytest.approx(12.4 + 2 * 2.19089, abs=1e-4)
    assert (found.over, len(found.years)) == (True, 5)
    assert excess(past | {now: 16}, now, RULES.excess).over is False


def test_epidemic_years_and_holes_are_passed_over_and_said() -> None:
    now = Week(year=2026, week=30)
    found = excess(
        weekly(2018, 2019, 2020, 2022, 2023, 2025) | {now: 3}, now, RULES.excess, {2022, 2019}
    )
    assert found.years == (2025, 2023, 2020, 2018)
    assert found.trace.notes_vi == ("Dựa trên 4 năm không có dịch (cần 5).",)


def test_too_few_years_conclude_nothing() -> None:
    now = Week(year=2026, week=30)
    found = excess(weekly(2024, 2025) | {now: 99}, now, RULES.excess)
    assert (found.threshold, found.over) == (None, None)


def test_week_53_falls_back_on_week_52() -> None:
    now = Week(year=2026, week=53)
    found = excess(weekly(2023, 2024, 2025, week=52) | {now: 99}, now, RULES.excess)
    assert (found.over, found.years) == (True, (2025, 2024, 2023))


@pytest.mark.parametrize(("disease", "hours"), [("cholera", 24), ("dengue", 48)])
def test_each_disease_has_its_clock(disease: str, hours: int) -> None:
    diagnosed = datetime(2026, 9, 1, 8, tzinfo=UTC)
    found = clock(disease, diagnosed, RULES.clocks)
    assert found.due_at == diagnosed + timedelta(hours=hours)
    assert not found.overdue(found.due_at)
    assert found.overdue(found.due_at + timedelta(seconds=1))
    assert not found.overdue(found.due_at + timedelta(days=9), reported_at=diagnosed)


def test_a_disease_without_a_clock_is_refused_by_name() -> None:
    with pytest.raises(UnknownDisease, match="'flu'"):
        clock("flu", datetime(2026, 9, 1, tzinfo=UTC), RULES.clocks)
