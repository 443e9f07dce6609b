"""Landslide risk from rain and the district's own list of slopes."""

from datetime import timedelta

from hub.catalogue.periods import Span, containing
from tests.hub.reckoning.conftest import NOW, House, hourly

MEASURE = "environment.landslide-level"
FULL = containing(Span.HOUR, NOW).start


def rained(house: House, *days_mm: float) -> None:
    """The last 24 hours first."""
    house.tell(
        *(
            hourly("rain-1h", FULL - timedelta(hours=24 * day + back), mm / 24)
            for day, mm in enumerate(days_mm)
            for back in range(1, 25)
        )
    )


def test_heavy_rain_after_a_wet_day_is_level_one_at_a_dangerous_slope(house: House) -> None:
    rained(house, 120, 30)
    house.reckoner.reckon(NOW)
    assert house.found(MEASURE, "20467")[-1] == 1
    inputs = {
        one["name_vi"]: one["value"] for one in house.working(MEASURE, "20467").trace["inputs"]
    }
    assert inputs["Mưa 24 giờ"] == 120
    assert inputs["Mức nguy cơ của điểm"] == "high"


def test_the_same_rain_on_dry_ground_is_no_risk(house: House) -> None:
    rained(house, 120, 0)
    house.reckoner.reckon(NOW)
    assert house.found(MEASURE, "20467")[-1] == 0


def test_a_commune_without_slopes_has_no_level_and_says_so(house: House) -> None:
    rained(house, 120, 30)
    house.reckoner.reckon(NOW)
    assert house.found(MEASURE, "20476") == []
    assert "Chưa khai báo điểm nguy cơ" in house.working(MEASURE, "20476").why_vi


def test_rain_with_too_many_holes_is_no_dry_day(house: House) -> None:
    house.tell(*(hourly("rain-1h", FULL - timedelta(hours=back), 1) for back in range(1, 11)))
    house.reckoner.reckon(NOW)
    assert house.found(MEASURE, "20467") == []
    assert house.working(MEASURE, "20467").why_vi == (
        "Không trạm nào có đủ mưa giờ của 24 giờ (1 trạm)."
    )
