"""The estimate of a device's clock."""

from datetime import timedelta

from hub.skew import SETTLED, WINDOW, Skew
from tests.hub.conftest import NOON


def test_delay_is_not_taken_for_skew() -> None:
    skew = Skew()
    for delay_s in (400.0, 3.0, 0.2, 60.0):
        skew.add(NOON - timedelta(seconds=delay_s), NOON)
    assert skew.seconds == -0.2


def test_a_clock_that_is_ahead_shows() -> None:
    skew = Skew()
    skew.add(NOON + timedelta(seconds=90), NOON + timedelta(seconds=1))
    assert skew.seconds == 89


def test_it_is_settled_after_a_few_messages() -> None:
    skew = Skew(known_s=-5.0)
    assert not skew.settled
    assert skew.seconds == -5.0
    for _ in range(SETTLED):
        skew.add(NOON, NOON)
    assert skew.settled


def test_a_clock_that_was_set_right_is_seen_after_two_windows() -> None:
    skew = Skew()
    skew.add(NOON + timedelta(hours=1), NOON)
    for window in (1, 2):
        at = NOON + window * WINDOW
        skew.add(at, at)
    assert skew.seconds == 0


def test_nothing_is_known_before_the_first_message() -> None:
    assert Skew().seconds is None
