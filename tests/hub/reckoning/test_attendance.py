"""Sudden falls of a school's attendance."""

from collections.abc import Mapping
from datetime import timedelta

from hub.catalogue.periods import Span, containing
from tests.hub.reckoning.conftest import NOW, House, told

MEASURE = "education.attendance-fallen"
TODAY = containing(Span.DAY, NOW)


def came(house: House, school: str, present: Mapping[int, float]) -> None:
    """By days ago, of a hundred."""
    for back, pupils in present.items():
        day = containing(Span.DAY, TODAY.start - timedelta(days=back))
        house.tell(
            told("education.pupils-present", school, day, pupils),
            told("education.pupils-enrolled", school, day, 100),
        )


def test_two_days_far_under_the_median_are_a_fall_and_the_trace_says_from_what(
    house: House,
) -> None:
    came(house, "thcs-prao", dict.fromkeys(range(2, 14), 97) | {1: 90, 0: 88})
    came(house, "th-song-kon", dict.fromkeys(range(2, 14), 97) | {1: 90, 0: 96})
    house.reckoner.reckon(NOW)
    assert house.found(MEASURE, "thcs-prao")[-1] == 1
    assert house.found(MEASURE, "th-song-kon")[-1] == 0
    inputs = [one["value"] for one in house.working(MEASURE, "thcs-prao").trace["inputs"]]
    assert inputs == [97, 88, 90]


def test_a_school_that_did_not_report_has_neither_fallen_nor_held(house: House) -> None:
    came(house, "thcs-prao", dict.fromkeys(range(14), 97))
    came(house, "th-song-kon", dict.fromkeys(range(1, 14), 97))
    house.reckoner.reckon(NOW)
    assert house.working(MEASURE, "th-song-kon").why_vi == (
        "Chưa đủ báo cáo của 2 ngày học gần nhất."
    )
    assert len(house.found(MEASURE, "thcs-prao")) == len(house.found(MEASURE, "th-song-kon")) + 1


def test_a_holiday_is_no_fall_and_what_cannot_be_true_is_not_told(house: House) -> None:
    came(house, "thcs-prao", dict.fromkeys(range(14), 97) | {1: 0, 0: 120})
    house.reckoner.reckon(NOW)
    assert house.working(MEASURE, "thcs-prao").value == 0, "the last school day but two"
