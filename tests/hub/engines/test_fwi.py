"""The Canadian index, against ten days of the published series."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.engines.fwi import Codes, Weather, reckon, rules, series

RULES = rules()
SERIES = [  # T, RH, wind, rain; FFMC, DMC, DC, ISI, BUI, FWI
    (17, 42, 25, 0, 87.692980, 8.545051, 19.014, 10.853661, 8.490427, 10.096371),
    (20, 21, 25, 2.4, 86.247642, 10.40186, 23.568, 8.837574, 10.355329, 9.280211),
    (8.5, 40, 17, 0, 86.967133, 11.798268, 26.052, 6.539145, 11.739186, 7.580194),
    (6.5, 25, 6, 0, 88.8286, 13.180131, 28.176, 4.903407, 13.10516, 6.158164),
    (13, 34, 24, 0, 89.101485, 15.436203, 31.47, 12.630648, 15.3374, 14.842122),
    (6, 40, 22, 0.4, 88.656702, 16.468963, 33.504, 10.713382, 16.368511, 13.467694),
    (5.5, 52, 6, 0, 87.354157, 17.236988, 35.448, 3.969617, 17.14132, 5.86264),
    (8.5, 46, 16, 0, 87.402641, 18.493755, 37.932, 6.616004, 18.39601, 9.65284),
    (9.5, 54, 20, 0, 86.811028, 19.675854, 40.596, 7.439392, 19.580258, 10.990746),
    (7, 93, 14, 9.0, 29.858878, 10.144658, 29.524695, 0.006713, 10.914116, 0.004248),
]


def weather(t: float, rh: float, wind: float, rain: float, month: int = 4) -> Weather:
    return Weather(month=month, celsius=t, humidity_percent=rh, wind_kmh=wind, rain_mm=rain)


def test_the_published_series_to_a_ten_thousandth() -> None:
    found = series([weather(*row[:4]) for row in SERIES], RULES)
    for day, row in zip(found, SERIES, strict=True):
        figures = (day.codes.ffmc, day.codes.dmc, day.codes.dc, day.isi, day.bui, day.fwi)
        assert figures == pytest.approx(row[4:], abs=1e-4)


def test_the_district_has_the_days_of_its_latitude() -> None:
    """At 16° N an April day is 9.5 h for the duff and 1.4 for the deep layer, not 12.8 and 0.9."""
    far, near = (reckon(RULES.start, weather(30, 50, 5, 0), RULES, lat=lat) for lat in (45, 16))
    assert (near.codes.dmc - 6) / (far.codes.dmc - 6) == pytest.approx(9.5 / 12.8)
    assert near.codes.dc - far.codes.dc == pytest.approx((1.4 - 0.9) / 2)
    assert near.codes.ffmc == far.codes.ffmc


@pytest.mark.parametrize(
    ("fwi", "name"), [(0.004, "Rất thấp"), (10.1, "Thấp"), (14.8, "Trung bình")]
)
def test_classes_are_those_of_effis(fwi: float, name: str) -> None:
    names = {
        round(day.fwi, 3): day.class_vi for day in series([weather(*r[:4]) for r in SERIES], RULES)
    }
    nearest = min(names, key=lambda known: abs(known - fwi))
    assert names[nearest] == name


def test_a_hot_dry_storm_is_extreme() -> None:
    assert (
        reckon(Codes(ffmc=95, dmc=120, dc=600), weather(40, 15, 60, 0), RULES).class_vi
        == "Cực đoan"
    )


CODES = st.builds(Codes, ffmc=st.floats(0, 101), dmc=st.floats(0, 500), dc=st.floats(0, 1500))
WEATHER = st.builds(
    Weather,
    month=st.integers(1, 12),
    celsius=st.floats(-10, 48),
    humidity_percent=st.floats(0, 100),
    wind_kmh=st.floats(0, 100),
    rain_mm=st.floats(0, 400),
)


@given(CODES, WEATHER, st.floats(-90, 90))
def test_any_weather_gives_codes_that_tomorrow_accepts(
    start: Codes, today: Weather, lat: float
) -> None:
    found = reckon(start, today, RULES, lat=lat)
    assert found.fwi >= 0
    assert found.isi >= 0
