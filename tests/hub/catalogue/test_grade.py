"""Grades and their borders."""

import pytest
from pydantic import ValidationError

from hub.catalogue.grade import Bands, Direction, Grade, grade

RATE = Bands(green=95, yellow=90, hysteresis=0.5)
BEDS = Bands(green=(60, 85), yellow=(40, 100), hysteresis=1)


@pytest.mark.parametrize(
    ("value", "expected"), [(95, "green"), (94.9, "yellow"), (90, "yellow"), (89.9, "red")]
)
def test_higher_is_better(value: float, expected: str) -> None:
    assert grade(value, RATE, Direction.UP) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(9, "green"), (10, "green"), (11, "yellow"), (26, "red")]
)
def test_lower_is_better(value: float, expected: str) -> None:
    assert grade(value, Bands(green=10, yellow=25), Direction.DOWN) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(70, "green"), (50, "yellow"), (86, "yellow"), (101, "red"), (3, "red")]
)
def test_inside_is_better(value: float, expected: str) -> None:
    assert grade(value, BEDS, Direction.WITHIN) == expected


def test_it_gets_better_only_past_the_margin_and_worse_at_once() -> None:
    assert grade(95.2, RATE, Direction.UP, Grade.YELLOW) is Grade.YELLOW
    assert grade(95.5, RATE, Direction.UP, Grade.YELLOW) is Grade.GREEN
    assert grade(94.9, RATE, Direction.UP, Grade.GREEN) is Grade.YELLOW
    assert grade(90.2, RATE, Direction.UP, Grade.RED) is Grade.RED
    assert grade(96.0, RATE, Direction.UP, Grade.RED) is Grade.GREEN


def test_no_figure_or_no_band_is_unknown_and_has_its_words() -> None:
    assert grade(None, RATE, Direction.UP) is Grade.UNKNOWN
    assert grade(50, None, Direction.UP) is Grade.UNKNOWN
    assert Grade.UNKNOWN.words_vi == "chưa có số liệu"


@pytest.mark.parametrize(
    ("bands", "direction", "why"),
    [
        (Bands(green=90, yellow=95), Direction.UP, "yellow is above green"),
        (Bands(green=25, yellow=10), Direction.DOWN, "yellow is below green"),
        (Bands(green=1, yellow=2), Direction.WITHIN, "from, to"),
        (BEDS, Direction.UP, "one number"),
        (Bands(green=(10, 90), yellow=(20, 80)), Direction.WITHIN, "inside yellow"),
    ],
)
def test_borders_in_the_wrong_order_are_named(bands: Bands, direction: Direction, why: str) -> None:
    assert why in bands.wrong_for(direction)


def test_borders_of_two_shapes_are_refused() -> None:
    with pytest.raises(ValidationError, match="both a number"):
        Bands.model_validate({"green": 1, "yellow": [1, 2]})
