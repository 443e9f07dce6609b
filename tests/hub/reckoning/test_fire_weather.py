"""The fire-weather index from stations, and tomorrow's level from a forecast."""

from datetime import datetime, timedelta

import pytest

from hub.catalogue.periods import Span, containing
from hub.engines import fwi
from hub.wording import LOCAL
from tests.hub.reckoning.conftest import NOW, House, P, hourly, tell_weather, told

DAYS = 20
TODAY = containing(Span.DAY, NOW)
TOMORROW = "forest-fire.danger-level-tomorrow"


def noon(back: int) -> datetime:
    return datetime(2026, 4, 8, 12, tzinfo=LOCAL) - timedelta(days=back)


def tell_noon(house: House, back: int, *, wind: bool = True, hours: int = 24) -> None:
    at = noon(back)
    house.tell(
        hourly("temperature", at, 30 + back % 3),
        hourly("humidity", at, 60),
        *(hourly("rain-1h", at - timedelta(hours=h), 0) for h in range(1, hours + 1)),
        *([hourly("wind-speed", at, 12)] if wind else []),
    )


def chain(days: int) -> list[float]:
    """What the engine makes of the same days."""
    weather = [
        fwi.Weather(month=noon(back).month, celsius=30 + back % 3, humidity_percent=60,
                    wind_kmh=12, rain_mm=0)
        for back in reversed(range(days))
    ]  # fmt: skip
    return [round(one.fwi, 1) for one in fwi.series(weather, fwi.rules(), lat=15.92726)]


def test_the_index_is_the_engines_and_begins_when_the_codes_have_settled(house: House) -> None:
    for back in range(DAYS):
        tell_noon(house, back)
    house.reckoner.reckon(NOW)
    found = house.found("forest-fire.fwi", "20467")
    assert found == chain(DAYS)[14:]
    inputs = {
        one["name_vi"]: one["value"]
        for one in house.working("forest-fire.fwi", "20467").trace["inputs"]
    }
    assert inputs["Gió"] == 12
    assert inputs["FFMC hôm trước"] > 80


@pytest.mark.parametrize(
    ("missing", "why"),
    [
        ({"wind": False}, "Thiếu gió lúc 12 giờ ngày 08/04/2026."),
        ({"hours": 10}, "Thiếu 14 giờ mưa lúc 12 giờ ngày 08/04/2026."),
    ],
)
def test_a_day_that_lacks_something_has_no_index_and_says_what(
    house: House, missing: dict[str, int], why: str
) -> None:
    for back in range(1, DAYS):
        tell_noon(house, back)
    tell_noon(house, 0, **missing)  # type: ignore[arg-type]
    house.reckoner.reckon(NOW)
    assert len(house.found("forest-fire.fwi", "20467")) == DAYS - 15
    assert house.working("forest-fire.fwi", "20467").why_vi == why


def test_after_a_hole_the_chain_begins_anew(house: House) -> None:
    for back in range(DAYS):
        if back != 3:
            tell_noon(house, back)
    house.reckoner.reckon(NOW)
    assert len(house.found("forest-fire.fwi", "20467")) == DAYS - 4 - 14
    assert "mới có từ 06/04/2026 (3 ngày)" in house.working("forest-fire.fwi", "20467").why_vi


def test_without_any_station_there_is_no_index_and_no_level(house: House) -> None:
    house.reckoner.reckon(NOW)
    assert house.working("forest-fire.fwi", "20467").why_vi == "Chưa trạm nào báo nhiệt độ."
    assert "Chưa trạm nào" in house.working("forest-fire.danger-level", "20467").why_vi


def test_what_another_system_tells_is_left_alone(house: House) -> None:
    for back in range(DAYS):
        tell_noon(house, back)
    house.tell(told("forest-fire.fwi", "20467", TODAY, 99))
    house.reckoner.reckon(NOW)
    assert house.found("forest-fire.fwi", "20467")[-1] == 99
    assert house.found("forest-fire.fwi", "20485")[-1] == pytest.approx(chain(DAYS)[-1], abs=0.2)


def test_tomorrows_level_needs_a_forecast(house: House) -> None:
    tell_weather(house)
    house.tell(
        told("environment.forecast-temperature-13h", "20467", TODAY.next(), 36),
        told("environment.forecast-rain", "20467", TODAY.next(), 0),
    )
    house.reckoner.reckon(NOW)
    assert house.found(TOMORROW, "20467") == []
    assert (
        house.working(TOMORROW, "20467").why_vi
        == "Chưa có dự báo độ ẩm 13 giờ cho ngày 09/04/2026."
    )
    house.tell(told("environment.forecast-humidity-13h", "20467", TODAY.next(), 42))
    house.reckoner.reckon(NOW)
    assert P[-1] + 1238.5 == pytest.approx(1794.4, abs=0.1), "over 1000: level II"
    assert house.found(TOMORROW, "20467") == [2]
    assert house.working(TOMORROW, "20467").why_vi == ""
