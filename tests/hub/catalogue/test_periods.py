"""Local periods in UTC."""

from datetime import UTC, date, datetime

import pytest

from hub.catalogue.periods import Span, between, containing

LATE = datetime(2026, 4, 30, 17, 30, tzinfo=UTC)
"""00:30 of 1 May in Đông Giang."""


@pytest.mark.parametrize(
    ("span", "start", "end"),
    [
        (Span.HOUR, "2026-04-30 17", "2026-04-30 18"),
        (Span.DAY, "2026-04-30 17", "2026-05-01 17"),
        (Span.WEEK, "2026-04-26 17", "2026-05-03 17"),
        (Span.MONTH, "2026-04-30 17", "2026-05-31 17"),
        (Span.QUARTER, "2026-03-31 17", "2026-06-30 17"),
        (Span.YEAR, "2025-12-31 17", "2026-12-31 17"),
    ],
)
def test_a_period_begins_at_local_midnight(span: Span, start: str, end: str) -> None:
    period = containing(span, LATE)
    assert (f"{period.start:%Y-%m-%d %H}", f"{period.end:%Y-%m-%d %H}") == (start, end)


def test_periods_follow_each_other_without_gap_or_overlap() -> None:
    for span in Span:
        period = containing(span, LATE)
        assert period.next().start == period.end
        assert period.next().previous() == period


def test_a_year_before_a_leap_day_is_the_28th() -> None:
    leap = containing(Span.DAY, datetime(2028, 2, 29, 5, tzinfo=UTC))
    assert leap.last_year().day == date(2027, 2, 28)


def test_a_week_a_year_before_has_the_same_weekdays() -> None:
    week = containing(Span.WEEK, LATE)
    assert (week.day - week.last_year().day).days == 364


def test_the_periods_between_two_moments() -> None:
    days = list(between(Span.DAY, LATE, datetime(2026, 5, 3, 17, tzinfo=UTC)))
    assert [each.day.day for each in days] == [1, 2, 3]


@pytest.mark.parametrize("span", Span)
def test_a_period_knows_by_which_ones_it_is_compared(span: Span) -> None:
    period = containing(span, LATE)
    assert period in period.previous().compared_by("previous")
    assert period in period.last_year().compared_by("last_year")


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2027, 2, 28), [date(2028, 2, 28), date(2028, 2, 29)]),
        (date(2028, 2, 29), []),
        (date(2028, 2, 28), [date(2029, 2, 28)]),
    ],
)
def test_leap_days_are_compared_with_the_28th_and_by_nobody(day: date, later: list[date]) -> None:
    period = containing(Span.DAY, datetime(day.year, day.month, day.day, 5, tzinfo=UTC))
    assert [one.day for one in period.compared_by("last_year")] == later
