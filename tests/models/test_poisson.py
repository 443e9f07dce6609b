import pytest

from models.poisson import at_most_a_day, interval, rate, share


def test_the_interval_is_garwoods() -> None:
    assert list(interval(0)) == pytest.approx([0.0, 3.689], abs=1e-3)
    assert list(interval(3)) == pytest.approx([0.619, 8.767], abs=1e-3)


def test_a_rate_is_of_its_hours() -> None:
    told = rate(3, 12 * 3600)
    assert told is not None
    assert (told.an_hour, told.a_day) == (0.25, 6.0)
    assert str(told) == "3 in 12.0 h = 6.0 a day [1.2, 17.5]"


def test_no_hours_give_no_rate() -> None:
    assert rate(0, 0.0) is None
    assert at_most_a_day(0, 0.0) == float("inf")


def test_three_silent_days_show_one_a_day_and_not_less() -> None:
    assert at_most_a_day(0, 3 * 86400) == pytest.approx(0.9986, abs=1e-3)


def test_a_share_has_wilsons_interval() -> None:
    told = share(0, 76)
    assert (told.value, told.low) == (0.0, 0.0)
    assert told.high == pytest.approx(0.0481, abs=1e-3)
