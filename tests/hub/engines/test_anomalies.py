"""Out of the ordinary, robustly."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.engines.anomalies import Sample, Season, judge, rules
from hub.wording import LOCAL

RULES = rules()
NOW = datetime(2026, 11, 24, 8, tzinfo=LOCAL)


def past(values: list[float], step: timedelta = timedelta(1)) -> list[Sample]:
    return [Sample(at=NOW - n * step, value=value) for n, value in enumerate(values, start=1)]


def test_a_jump_is_unusual_though_a_wild_day_lies_behind() -> None:
    values = [10.0, 11, 9, 10, 12, 10, 9, 11, 500]
    found = judge(Sample(at=NOW, value=30), past(values), RULES)
    assert found.unusual
    assert found.middle == 10
    assert not judge(Sample(at=NOW, value=12), past(values), RULES).unusual


def test_a_busy_monday_is_compared_with_mondays() -> None:
    week = [50.0 if n % 7 == 0 else 5.0 for n in range(1, 71)]
    sample = Sample(at=NOW, value=50)
    assert judge(sample, past(week), RULES).unusual
    assert not judge(sample, past(week), RULES, season=Season.WEEKDAY).unusual


def test_hours_are_local() -> None:
    nights = [Sample(at=NOW - timedelta(hours=n), value=n % 24) for n in range(1, 400)]
    found = judge(Sample(at=NOW, value=0), nights, RULES, season=Season.HOUR)
    assert (found.middle, found.samples) == (0, 16)


def test_a_short_past_judges_nothing_and_says_so() -> None:
    found = judge(Sample(at=NOW, value=1e9), past([1.0] * 7), RULES)
    assert (found.unusual, found.score, found.samples) == (False, None, 7)
    assert found.trace.notes_vi == ("Mới có 7 số liệu cùng thời điểm, cần ít nhất 8.",)


def test_a_steady_past_takes_the_grain_of_the_measure() -> None:
    steady = past([0.0] * 20)
    assert not judge(Sample(at=NOW, value=3), steady, RULES, least_spread=1).unusual
    assert judge(Sample(at=NOW, value=4), steady, RULES, least_spread=1).unusual


@given(st.lists(st.floats(-1e6, 1e6), min_size=8, max_size=40))
def test_the_middle_of_the_past_is_never_unusual(values: list[float]) -> None:
    samples = past(values)
    middle = judge(Sample(at=NOW, value=0), samples, RULES).middle
    assert middle is not None
    assert not judge(Sample(at=NOW, value=middle), samples, RULES).unusual
