"""Which report is due when: local mornings, Tết too, once, and made up for after downtime."""

from datetime import UTC, datetime, time, timedelta

import pytest

from hub.catalogue.periods import Span, containing
from hub.reporting.schedule import Slot, due, due_at
from hub.wording import LOCAL

SEVEN = time(7)
ALL = ("day", "week", "month")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL).astimezone(UTC)


def keys(now: str, *, spans: tuple[str, ...] = ALL, **done: str) -> list[str]:
    known = {Span(span): containing(Span(span), local(day)).start for span, day in done.items()}
    return [slot.key for slot in due(spans, SEVEN, known, local(now))]


def test_yesterdays_report_is_due_at_seven_in_the_morning() -> None:
    assert keys("2026-04-01T06:59", spans=("day",), day="2026-03-30") == []
    assert keys("2026-04-01T07:00", spans=("day",), day="2026-03-30") == ["day 2026-03-31"]


def test_what_is_made_is_not_due_again() -> None:
    assert keys("2026-04-01T07:00", spans=("day",), day="2026-03-31") == []


def test_a_week_is_due_on_monday_and_a_month_on_the_first() -> None:
    done = {"day": "2026-05-31", "week": "2026-05-18", "month": "2026-04-01"}
    assert keys("2026-06-01T07:00", spans=ALL, **done) == ["week 2026-05-25", "month 2026-05-01"]
    assert keys("2026-05-31T23:59", spans=ALL, **done) == []


def test_tet_is_no_holiday_for_reports() -> None:
    """Tết Bính Ngọ: 17 February 2026."""
    assert keys("2026-02-17T07:00", spans=("day",), day="2026-02-15") == ["day 2026-02-16"]


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-01-01"])
def test_seven_is_midnight_utc_all_year(day: str) -> None:
    period = containing(Span.DAY, local(f"{day}T12:00")).previous()
    assert due_at(period, SEVEN) == datetime.fromisoformat(f"{day}T00:00Z")


def test_after_downtime_the_missed_days_are_made_up_oldest_first_and_only_the_newest_is_sent() -> (
    None
):
    known = {Span.DAY: containing(Span.DAY, local("2026-03-28T12:00")).start}
    slots = due(("day",), SEVEN, known, local("2026-04-01T09:00"))
    assert [slot.key for slot in slots] == ["day 2026-03-29", "day 2026-03-30", "day 2026-03-31"]
    assert [slot.newest for slot in slots] == [False, False, True]


def test_a_long_downtime_makes_up_a_week_and_not_a_year() -> None:
    assert len(keys("2026-04-01T09:00", spans=("day",), day="2025-04-01")) == 7


def test_a_new_hub_makes_the_newest_only() -> None:
    assert keys("2026-04-01T09:00") == ["day 2026-03-31", "week 2026-03-23", "month 2026-03-01"]


def test_a_clock_that_was_set_back_makes_nothing_twice() -> None:
    assert keys("2026-03-25T09:00", spans=("day",), day="2026-03-31") == []


def test_a_slot_is_named_by_its_first_local_day() -> None:
    period = containing(Span.WEEK, local("2026-04-01T12:00"))
    assert Slot(period=period, newest=True).key == "week 2026-03-30"
    assert period.end - period.start == timedelta(days=7)
