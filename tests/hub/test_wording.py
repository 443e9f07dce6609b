"""Words for people."""

from datetime import UTC, datetime

import pytest

from hub import wording


def test_time_is_local_and_24_hours() -> None:
    assert wording.clock(datetime(2026, 4, 1, 17, 5, 9, tzinfo=UTC)) == "00:05:09 ngày 02/04/2026"


@pytest.mark.parametrize(
    ("bearing", "name"),
    [(0, "Bắc"), (359, "Bắc"), (125, "Đông Nam"), (180, "Nam"), (300, "Tây Bắc")],
)
def test_directions_have_names(bearing: float, name: str) -> None:
    assert wording.quarter(bearing) == name


def test_a_drill_and_a_late_message_say_so_first() -> None:
    assert wording.marked("Khói", drill=True, late=True) == "[DIỄN TẬP] Tin đến muộn: Khói"
    assert wording.marked("Khói", drill=False, late=False) == "Khói"


@pytest.mark.parametrize(
    ("name", "inside"),
    [("Xã Đông Giang", "xã Đông Giang"), ("Tháp Prao", "tháp Prao"), ("Prao", "Prao")],
)
def test_common_nouns_are_small_inside_a_sentence(name: str, inside: str) -> None:
    assert wording.small(name) == inside


@pytest.mark.parametrize(
    ("score", "words"), [(0.7, "rõ"), (0.69, "khá rõ"), (0.45, "khá rõ"), (0.44, "cần xem kỹ")]
)
def test_a_score_is_said_in_words(score: float, words: str) -> None:
    assert wording.clarity(score) == words
