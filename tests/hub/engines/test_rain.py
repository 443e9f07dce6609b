"""Rain: classes, triggers of a station, landslide risk of spots."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.engines.rain import (
    Alert,
    Fallen,
    Hazard,
    Spot,
    class_of,
    fallen,
    fallen_by_day,
    landslide,
    rules,
    station,
)

RULES = rules()
SPOTS = [Spot(id=hazard, name_vi=f"Điểm {hazard}", hazard=hazard) for hazard in Hazard]


def levels(*daily: float | None) -> dict[Hazard, int]:
    found = landslide(fallen_by_day(daily), SPOTS, RULES.landslide)
    return {one.spot.hazard: one.level for one in found}


@pytest.mark.parametrize(
    ("mm", "name"),
    [
        (0, "Không mưa"), (5, "Mưa nhỏ"), (16, "Mưa vừa"), (50, "Mưa vừa"),
        (51, "Mưa to"), (100, "Mưa to"), (101, "Mưa rất to"),
    ],
)  # fmt: skip
def test_rain_has_its_class(mm: float, name: str) -> None:
    assert class_of(mm, RULES.classes) == name


@pytest.mark.parametrize(
    ("daily", "low", "medium", "high"),
    [
        ((100, 10), 0, 0, 1),
        ((99, 10), 0, 0, 0),
        ((150, 0, 10), 0, 0, 0),
        ((201, 10, 10, 10), 0, 1, 2),
        ((200, 10, 10, 10), 0, 0, 1),
        ((201, 10, 10), 0, 0, 1),
        ((401, 10, 10, 10), 1, 2, 3),
    ],
)
def test_article_46_at_spots_of_each_hazard(
    daily: tuple[float, ...], low: int, medium: int, high: int
) -> None:
    assert levels(*daily) == {Hazard.LOW: low, Hazard.MEDIUM: medium, Hazard.HIGH: high}


@pytest.mark.parametrize(
    ("hours", "alert"),
    [
        ([29.9], Alert.NONE), ([30], Alert.YELLOW), ([50], Alert.ORANGE), ([70], Alert.RED),
        ([25, 25, 25], Alert.YELLOW), ([10] * 20, Alert.ORANGE),
    ],
)  # fmt: skip
def test_the_worst_window_is_the_alert_of_the_station(hours: list[float], alert: Alert) -> None:
    rain = Fallen(hours=(*hours, *[0.0] * (24 - len(hours))))
    assert station(rain, RULES.triggers).alert is alert


def test_hours_that_were_not_measured_are_said() -> None:
    until = datetime(2026, 10, 1, tzinfo=UTC)
    hourly = {until - timedelta(hours=n): 2.0 for n in range(1, 22)}
    found = station(fallen(hourly, until), RULES.triggers)
    assert [(one.hours, one.mm, one.missing) for one in found.windows] == [
        (1, 2, 0), (3, 6, 0), (24, 42, 3),
    ]  # fmt: skip
    assert found.trace.notes_vi == ("Thiếu số liệu 3 giờ: lượng mưa thật có thể cao hơn.",)


@given(st.lists(st.none() | st.floats(0, 300), min_size=1, max_size=8), st.floats(0, 300))
def test_more_rain_never_lowers_a_risk(daily: list[float | None], more: float) -> None:
    before = levels(*daily)
    after = levels((daily[0] or 0) + more, *daily[1:])
    assert all(after[hazard] >= before[hazard] for hazard in Hazard)
