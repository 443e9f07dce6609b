"""Trends drawn small."""

from hub.web.spark import spark


def test_one_figure_is_no_trend() -> None:
    assert spark([None, 4.0], target=None, width=100, height=50) is None


def test_a_hole_stays_a_hole() -> None:
    drawn = spark([1.0, 2.0, None, 4.0, 5.0, None, 3.0], target=None, width=100, height=50)
    assert drawn is not None
    assert [len(run.split()) for run in drawn.runs] == [2, 2]
    assert len(drawn.dots) == 1


def test_higher_is_drawn_higher_and_inside_the_picture() -> None:
    drawn = spark([10.0, 20.0], target=None, width=100, height=50)
    assert drawn is not None
    (_, low), (_, high) = (map(float, spot.split(",")) for spot in drawn.runs[0].split())
    assert 0 < high < low < 50


def test_a_flat_line_is_drawn_in_the_middle() -> None:
    drawn = spark([7.0, 7.0], target=None, width=100, height=50)
    assert drawn is not None
    assert drawn.last == (96.0, 25.0)


def test_a_target_far_away_does_not_flatten_the_trend() -> None:
    near = spark([95.0, 97.0], target=98.0, width=100, height=50)
    far = spark([95.0, 97.0], target=500.0, width=100, height=50)
    assert near is not None
    assert far is not None
    assert near.target is not None
    assert far.target is None
