"""False alarms per camera and day, before and since."""

from hub.rollouts.alarms import Comparison, Rate
from hub.rollouts.settings import UpdatesSection

RULES = UpdatesSection(least_false_alarms=3, false_alarm_factor=2)


def rises(before: tuple[int, float], since: tuple[int, float]) -> bool:
    rates = [Rate(alarms=alarms, camera_days=days) for alarms, days in (before, since)]
    return Comparison(before=rates[0], since=rates[1]).rises(RULES)


def test_it_takes_enough_alarms_and_a_rate_beyond_the_factor() -> None:
    assert rises((3, 14), (3, 1))
    assert not rises((3, 14), (2, 0.1))
    assert not rises((13, 14), (3, 1.5))  # 2.0 a day is not more than twice 1.0
    assert rises((13, 14), (4, 1.5))


def test_a_camera_that_never_gave_one_is_given_one() -> None:
    assert not rises((0, 14), (3, 21))  # as if it had been one in a fortnight
    assert rises((0, 14), (4, 21))


def test_a_box_without_a_past_is_not_divided_by_nothing() -> None:
    assert not rises((0, 0), (3, 1))
