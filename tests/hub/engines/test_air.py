"""VN_AQI, against the worked examples of the domain notes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.engines.air import (
    NO_DUST_VI,
    NowcastForm,
    Pollutant,
    daily,
    hourly,
    nowcast,
    rules,
    smoke,
    sub_index,
)

RULES = rules()
PM25, O3 = Pollutant.PM25, Pollutant.O3_1H


def test_dust_of_35_is_an_index_of_70() -> None:
    assert sub_index(PM25, 35, RULES) == 70
    steady = hourly({PM25: [35.0] * 12}, RULES)
    assert (steady.index, steady.worst) == (70, PM25)
    assert steady.level is not None
    assert (steady.level.name_vi, steady.level.colour_vi) == ("Trung bình", "vàng")


@pytest.mark.parametrize("pollutant", list(Pollutant))
def test_breakpoints_have_the_index_of_the_decree(pollutant: Pollutant) -> None:
    points = RULES.breakpoints[pollutant]
    found = [sub_index(pollutant, point, RULES) for point in points]
    assert found == list(RULES.index[: len(points)])


def test_beyond_the_table_is_500_and_ozone_over_8_hours_gives_way_to_its_hour() -> None:
    assert sub_index(PM25, 9_000, RULES) == 500
    assert sub_index(Pollutant.O3_8H, 401, RULES) is None


@given(st.sampled_from(list(Pollutant)), st.floats(0, 2e5), st.floats(0, 2e5))
def test_dirtier_air_never_has_a_lower_index(pollutant: Pollutant, one: float, two: float) -> None:
    low, high = sorted((one, two))
    first, second = (sub_index(pollutant, value, RULES) for value in (low, high))
    assert second is None or (first is not None and first <= second)


@given(st.floats(0, 499))
def test_the_index_has_no_gaps_between_levels(concentration: float) -> None:
    here, beyond = (sub_index(PM25, c, RULES) for c in (concentration, concentration + 0.1))
    assert here is not None
    assert beyond is not None
    assert beyond - here <= 1


def test_nowcast_needs_two_of_the_last_three_hours() -> None:
    assert nowcast([10.0] * 9 + [10, None, None], RULES.nowcast) is None
    assert nowcast([10.0] * 9 + [None, 10, 10], RULES.nowcast) == pytest.approx(10)
    assert nowcast([None] * 10 + [10, 10], RULES.nowcast) == pytest.approx(10)
    assert nowcast([], RULES.nowcast) is None


def test_nowcast_of_slow_change_is_the_weighted_mean() -> None:
    hours = [30.0] * 11 + [40.0]  # w = 3/4
    weights = [0.75**i for i in range(12)]
    expected = (40 + 30 * sum(weights[1:])) / sum(weights)
    assert nowcast(hours, RULES.nowcast) == pytest.approx(expected)


def test_nowcast_of_fast_change_halves_by_the_hour_in_both_forms() -> None:
    hours = [10.0] * 11 + [100.0]
    plain = nowcast(hours, RULES.nowcast)
    assert plain is not None
    assert plain == pytest.approx(50 + sum(10 / 2**i for i in range(2, 13)))
    assert nowcast(hours, RULES.nowcast, NowcastForm.NORMALISED) == pytest.approx(
        plain / (1 - 0.5**12)
    )


def test_a_missing_hour_is_not_counted_as_clean_air() -> None:
    hours: list[float | None] = [*[10.0] * 10, None, 100.0]
    found = nowcast(hours, RULES.nowcast)
    assert found == nowcast(hours, RULES.nowcast, NowcastForm.NORMALISED)


@given(st.lists(st.none() | st.floats(0, 1000), max_size=15), st.sampled_from(list(NowcastForm)))
def test_nowcast_never_leaves_the_range_of_its_hours(
    hours: list[float | None], form: NowcastForm
) -> None:
    found = nowcast(hours, RULES.nowcast, form)
    known = [c for c in hours[-12:] if c is not None]
    assert found is None or found <= max(known) + 1e-6
    assert found is None or found >= min(known) * (1 - 0.5**12) - 1e-6


def test_without_dust_there_is_no_index_and_it_says_why() -> None:
    found = hourly({O3: [50.0]}, RULES)
    assert (found.index, found.level, found.reason_vi) == (None, None, NO_DUST_VI)
    assert [part.pollutant for part in found.parts] == [O3]


def test_the_worst_pollutant_is_the_index() -> None:
    found = hourly({PM25: [10.0] * 12, O3: [250.0]}, RULES)
    assert (found.index, found.worst) == (125, O3)


def test_a_day_counts_dust_by_its_mean_and_gases_by_their_worst_hour() -> None:
    found = daily({PM25: [20.0] * 12 + [30.0] * 12, Pollutant.NO2: [0.0] * 23 + [150.0]}, RULES)
    parts = {part.pollutant: part for part in found.parts}
    assert (parts[PM25].concentration, parts[PM25].index) == (25, 50)
    assert found.index == parts[Pollutant.NO2].index == 75


def test_a_day_with_too_few_hours_of_dust_has_no_index() -> None:
    assert daily({PM25: [None] * 7 + [20.0] * 17}, RULES).index is None
    assert daily({PM25: [None] * 6 + [20.0] * 18}, RULES).index == 40


def test_ozone_counts_by_its_worst_eight_hours_too() -> None:
    found = daily({PM25: [1.0] * 24, O3: [0.0] * 8 + [120.0] * 8 + [0.0] * 8}, RULES)
    assert (found.index, found.worst) == (100, Pollutant.O3_8H)


def test_dust_three_times_its_mean_is_a_sign_of_smoke() -> None:
    assert smoke([20.0] * 24 + [60.0], RULES.smoke).raised
    below = smoke([20.0] * 24 + [59.0], RULES.smoke)
    assert not below.raised
    assert below.times == pytest.approx(2.95)


def test_too_few_hours_say_nothing_of_smoke() -> None:
    found = smoke([None] * 13 + [20.0] * 11 + [600.0], RULES.smoke)
    assert (found.raised, found.times, found.hours_known) == (False, None, 11)
    assert not smoke([], RULES.smoke).raised
