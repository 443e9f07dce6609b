"""The weekly threshold of dengue, from the same week of past years."""

from datetime import datetime, timedelta

import pytest

from hub.catalogue.periods import Period, Span, containing
from hub.wording import LOCAL
from tests.hub.reckoning.conftest import NOW, House, told

WEEK = containing(Span.WEEK, NOW)
CASES, THRESHOLD = "health.dengue-cases", "health.dengue-threshold"
PRAO = ("20467", "20470", "20488", "20491")
"""The communes that became xã Đông Giang in July 2025."""


def same_week(year: int) -> Period:
    iso = WEEK.start.astimezone(LOCAL).isocalendar()
    monday = datetime.fromisocalendar(year, iso.week, 1).replace(tzinfo=LOCAL)
    return containing(Span.WEEK, monday + timedelta(hours=12))


def test_the_threshold_is_mean_and_two_deviations_of_the_merged_communes(house: House) -> None:
    for year, cases in ((2025, 1), (2024, 2), (2023, 3)):
        house.tell(*(told(CASES, code, same_week(year), cases) for code in PRAO))
    house.reckoner.reckon(NOW)
    assert house.found(THRESHOLD, "20467")[-1] == pytest.approx(8 + 2 * 4, abs=0.01)
    inputs = [one["value"] for one in house.working(THRESHOLD, "20467").trace["inputs"]]
    assert inputs[1:] == [4, 8, 12]


def test_a_commune_that_is_missing_in_a_year_takes_that_year_away(house: House) -> None:
    for year in (2025, 2024, 2023):
        house.tell(
            *(told(CASES, code, same_week(year), 2) for code in PRAO[: 3 if year == 2023 else 4])
        )
    house.reckoner.reckon(NOW)
    assert house.found(THRESHOLD, "20467") == []
    assert house.working(THRESHOLD, "20467").why_vi == (
        "Chỉ có 2 năm để so sánh, cần ít nhất 3: không kết luận."
    )
