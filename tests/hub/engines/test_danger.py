"""Forest-fire danger, against the worked table of the domain notes."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.engines.danger import (
    Danger,
    Method,
    Rain,
    Weather,
    rain_of,
    reckon,
    rules,
    saturation_hpa,
)
from hub.wording import LOCAL

RULES = rules()
METHOD = Method(table="hung-1988")
FIRST = date(2026, 4, 1)
NO_RAIN = Rain(mm=0)
TABLE = [  # t13, RH13, rain, e_s, d13, t·d, P, H
    (30, 60, 0, 42.34, 16.93, 508.0, 508.0, 1),
    (32, 55, 0, 47.45, 21.35, 683.3, 1191.3, 2),
    (34, 50, 0, 53.09, 26.55, 902.6, 2093.9, 3),
    (35, 45, 0, 56.13, 30.87, 1080.5, 3174.4, 4),
    (36, 42, 0, 59.31, 34.40, 1238.5, 4412.9, 5),
    (33, 58, 3, 50.20, 21.09, 695.8, 5108.7, 6),
    (28, 85, 12, 37.71, 5.66, 158.4, 0.0, 0),
    (31, 60, 0, 44.83, 17.93, 555.9, 555.9, 1),
]


def dry(number: int, t13: float | None = 34, rain: Rain | None = NO_RAIN) -> Weather:
    return Weather(day=FIRST + timedelta(number), t13=t13, rh13=50, rain=rain)


def last(*days: Weather, method: Method = METHOD, through: date | None = None) -> Danger:
    return reckon(days, RULES, method, through=through)[-1]


def test_the_worked_table_to_the_digits() -> None:
    days = [
        Weather(day=FIRST + timedelta(i), t13=row[0], rh13=row[1], rain=Rain(mm=row[2]))
        for i, row in enumerate(TABLE)
    ]
    for found, row in zip(reckon(days, RULES, METHOD), TABLE, strict=True):
        _, _, _, saturation, deficit, product, p, h = row
        assert found.saturation_hpa == pytest.approx(saturation, abs=0.005)
        assert found.deficit_hpa == pytest.approx(deficit, abs=0.005)
        assert found.product == pytest.approx(product, abs=0.05)
        assert found.p == pytest.approx(p, abs=0.05)
        assert found.h == h
        assert found.certain
        assert found.p_lowest == found.p


@pytest.mark.parametrize(("mm", "at", "kept"), [(5, 5, False), (4.9, 5, True), (6, 7, True)])
def test_rain_of_the_reset_or_more_begins_anew(mm: float, at: float, kept: bool) -> None:
    found = last(
        dry(0), dry(1, rain=Rain(mm=mm)), method=Method(table="hung-1988", rain_reset_mm=at)
    )
    assert (found.p > 0, found.h > 0, found.reset) == (kept, kept, not kept)


@pytest.mark.parametrize(
    ("table", "p", "level"),
    [
        ("hung-1988", 1000, "I"), ("hung-1988", 1000.5, "II"), ("hung-1988", 2501, "III"),
        ("hung-1988", 5001, "IV"), ("hung-1988", 10001, "V"),
        ("five-thousand", 5000, "I"), ("five-thousand", 15001, "IV"), ("five-thousand", 20001, "V"),
    ],
)  # fmt: skip
def test_each_table_has_its_own_bounds(table: str, p: float, level: str) -> None:
    assert RULES.level(RULES.tables[table].by_p(p)).roman == level


def test_wind_multiplies_what_the_level_is_read_from_but_not_the_sum() -> None:
    windy = Weather(day=FIRST, t13=34, rh13=50, rain=Rain(mm=0), wind_kmh=20)
    found = last(windy, method=Method(table="hung-1988", wind=True))
    calm = last(windy)
    assert (found.wind_factor, found.p) == (2.0, calm.p)
    assert found.p_wind == 2 * calm.p
    assert (calm.level.roman, found.level.roman) == ("I", "II")


@pytest.mark.parametrize(("kmh", "factor"), [(0, 1), (4, 1), (5, 1.5), (15, 1.5), (25, 2), (26, 3)])
def test_the_bands_of_wind(kmh: float, factor: float) -> None:
    windy = Weather(day=FIRST, t13=30, rh13=60, rain=Rain(mm=0), wind_kmh=kmh)
    assert last(windy, method=Method(table="hung-1988", wind=True)).wind_factor == factor


def test_a_missing_day_is_never_a_rainy_one() -> None:
    found = reckon([dry(0), dry(1), dry(4)], RULES, METHOD)
    one = found[0].p
    assert [day.p for day in found] == pytest.approx([one, 2 * one, 3 * one, 4 * one, 5 * one])
    assert [day.certain for day in found] == [True, True, False, False, False]
    gap = found[-1].missing[0]
    assert (gap.first, gap.last) == (FIRST + timedelta(2), FIRST + timedelta(3))
    assert found[-1].p_lowest == pytest.approx(one)
    assert any("từ 03/04/2026 đến 04/04/2026" in note for note in found[-1].trace.notes_vi)


def test_a_silent_station_is_uncertain_until_today() -> None:
    found = last(dry(0), through=FIRST + timedelta(2))
    assert (found.day, found.certain, found.h) == (FIRST + timedelta(2), False, 3)


def test_rain_that_resets_makes_the_index_certain_again() -> None:
    found = last(dry(0), dry(3, t13=None, rain=Rain(mm=20)), dry(4))
    assert found.certain
    assert found.p == found.p_lowest == found.product


def test_hours_of_rain_that_are_missing_make_a_dry_day_doubtful_but_not_a_wet_one() -> None:
    doubtful = last(dry(0, rain=Rain(mm=2, hours_missing=3)))
    assert doubtful.missing[0].missing_vi == "3 giờ mưa"
    assert (doubtful.p_lowest, doubtful.p > 0) == (0, True)
    assert last(dry(0, rain=Rain(mm=6, hours_missing=3))).certain


def test_the_rain_day_runs_from_13_to_13() -> None:
    noon = datetime(2026, 4, 2, 13, tzinfo=LOCAL)
    hourly = {noon - timedelta(hours=back): 1.0 for back in range(-5, 40)}
    assert rain_of(date(2026, 4, 2), hourly, 13) == Rain(mm=24)
    del hourly[noon - timedelta(hours=1)], hourly[noon - timedelta(hours=24)]
    assert rain_of(date(2026, 4, 2), hourly, 13) == Rain(mm=22, hours_missing=2)
    assert rain_of(date(2026, 5, 2), hourly, 13) is None


@pytest.mark.parametrize(
    ("level", "hours"),
    [(1, None), (2, (10, 17)), (3, (9, 18)), (4, (8, 22)), (5, (0, 24))],
)
def test_towers_are_manned_as_the_standard_says(level: int, hours: tuple[int, int] | None) -> None:
    manned = [
        hour
        for hour in range(24)
        if RULES.level(level).on_watch(datetime(2026, 4, 1, hour, 30, tzinfo=LOCAL))
    ]
    assert manned == (list(range(*hours)) if hours else [])


@pytest.mark.parametrize(
    ("hour", "level", "allowed"),
    [(8, 3, True), (9, 3, False), (15, 1, False), (16, 3, True), (7, 4, False)],
)
def test_burning_is_for_early_and_late_hours_of_low_levels(
    hour: int, level: int, allowed: bool
) -> None:
    moment = datetime(2026, 4, 1, hour, 0, tzinfo=LOCAL)
    assert RULES.controlled_burning.allowed(moment, RULES.level(level)) is allowed


def test_no_weather_is_no_danger_at_all() -> None:
    assert reckon([], RULES, METHOD) == ()


DAYS = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.none() | st.floats(-5, 45),
        st.none() | st.floats(0, 100),
        st.none() | st.builds(Rain, mm=st.floats(0, 300), hours_missing=st.integers(0, 23)),
    ),
    min_size=1,
    max_size=20,
    unique_by=lambda row: row[0],
)


@given(DAYS)
def test_every_day_has_its_danger_and_bounds_that_hold(
    rows: list[tuple[int, float | None, float | None, Rain | None]],
) -> None:
    days = [
        Weather(day=FIRST + timedelta(number), t13=t13, rh13=rh13, rain=rain)
        for number, t13, rh13, rain in rows
    ]
    found = reckon(days, RULES, METHOD)
    numbers = [number for number, *_ in rows]
    assert len(found) == max(numbers) - min(numbers) + 1
    for day in found:
        assert 0 <= day.p_lowest <= day.p + 1e-6
        assert not day.reset or (day.p, day.h, day.certain) == (0, 0, True)
        assert day.level_lowest.level <= day.level.level


@given(st.floats(-10, 50), st.floats(-10, 50))
def test_warm_air_holds_more_water(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert saturation_hpa(low) <= saturation_hpa(high)
