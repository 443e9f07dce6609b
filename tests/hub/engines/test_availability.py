"""The share of time that something was up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.engines.availability import Interval, Look, availability, by_month, from_looks
from hub.wording import LOCAL

START = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def hours(first: int, last: int, *, up: bool = True) -> Interval:
    return Interval(start=START + first * HOUR, end=START + last * HOUR, up=up)


def test_a_gap_is_unknown_not_up() -> None:
    found = availability([hours(0, 6), hours(6, 8, up=False)], START, START + 10 * HOUR)
    assert (found.up, found.down, found.unknown) == (6 * HOUR, 2 * HOUR, 2 * HOUR)
    assert (found.percent, found.percent_lowest, found.percent_highest) == (75, 60, 80)


def test_nothing_known_is_no_percentage() -> None:
    found = availability([], START, START + HOUR)
    assert (found.percent, found.percent_lowest, found.percent_highest) == (None, 0, 100)


def test_down_counts_where_intervals_contradict() -> None:
    found = availability([hours(0, 10), hours(2, 4, up=False)], START, START + 10 * HOUR)
    assert found.percent == 80


def test_an_empty_period_is_refused() -> None:
    with pytest.raises(ValueError, match="not after its start"):
        availability([], START, START)


def test_months_are_local() -> None:
    began = datetime(2026, 1, 15, tzinfo=LOCAL)
    ended = datetime(2026, 3, 10, tzinfo=LOCAL)
    months = by_month([Interval(start=began, end=ended, up=True)], began, ended)
    assert [(one.start.month, one.start.day) for one in months] == [(1, 15), (2, 1), (3, 1)]
    assert months[1].end - months[1].start == timedelta(28)
    assert all(one.percent == 100 for one in months)


def test_a_look_holds_until_the_next_but_not_for_ever() -> None:
    looks = [
        Look(at=START, up=True),
        Look(at=START + HOUR, up=False),
        Look(at=START + 9 * HOUR, up=True),
        Look(at=START + 10 * HOUR, up=None),
    ]
    found = availability(from_looks(looks, 2 * HOUR), START, START + 12 * HOUR)
    assert (found.up, found.down, found.unknown) == (2 * HOUR, 2 * HOUR, 8 * HOUR)


INTERVALS = st.lists(
    st.builds(
        lambda first, length, up: hours(first, first + length, up=up),
        st.integers(-5, 20), st.integers(1, 10), st.booleans(),
    )
)  # fmt: skip


@given(INTERVALS, st.integers(1, 15))
def test_time_adds_up_and_the_truth_lies_between_the_bounds(
    intervals: list[Interval], length: int
) -> None:
    found = availability(intervals, START, START + length * HOUR)
    assert found.up + found.down + found.unknown == length * HOUR
    assert min(found.up, found.down, found.unknown) >= timedelta(0)
    if found.percent is not None:
        assert found.percent_lowest - 1e-9 <= found.percent <= found.percent_highest + 1e-9
