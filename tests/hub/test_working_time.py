"""The clock of offices."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.wording import LOCAL
from hub.working_time import BadCalendar, Pause, TooFar, working_time

CLOCK = working_time()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-03-02 10:00", 3, "2026-03-05 10:00"),
        ("2026-03-06 10:00", 1, "2026-03-09 10:00"),  # over a weekend
        ("2026-03-02 10:00", 0.5, "2026-03-02 16:00"),  # over noon
        ("2026-03-02 20:00", 1, "2026-03-03 17:30"),  # handed in at night: counts from morning
        ("2026-03-01 09:00", 1, "2026-03-02 17:30"),  # on a Sunday
        ("2026-04-24 10:00", 1, "2026-04-28 10:00"),  # Hùng Kings on a Sunday, Monday off
        ("2026-04-29 17:00", 1, "2026-05-04 17:00"),  # 30 April and 1 May
        ("2027-02-03 10:00", 2, "2027-02-12 10:00"),  # Tết Đinh Mùi
        ("2026-08-21 17:00", 1, "2026-08-22 17:00"),  # a Saturday that is worked for 31 August
    ],
)
def test_a_term_in_working_days_ends_where_the_calendar_says(
    start: str, days: float, end: str
) -> None:
    assert CLOCK.add_days(at(start), days) == at(end)


def test_the_end_is_said_in_the_zone_of_the_start() -> None:
    start = at("2026-03-02 10:00").astimezone(UTC)
    assert CLOCK.add_days(start, 1).tzinfo is UTC


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 6, 1)),  # noqa: DTZ001
    st.integers(0, 200 * 60),
)
def test_the_working_time_up_to_the_end_of_a_term_is_the_term(
    start: datetime, minutes: int
) -> None:
    begun, term = start.replace(tzinfo=LOCAL), timedelta(minutes=minutes)
    assert CLOCK.between(begun, CLOCK.add(begun, term)) == term


def test_working_time_backwards_is_none() -> None:
    assert CLOCK.between(at("2026-03-03 10:00"), at("2026-03-02 10:00")) == timedelta()


def test_pauses_count_in_working_time_and_only_after_the_start() -> None:
    weekend = Pause(start=at("2026-03-06 16:30"), end=at("2026-03-09 08:30"))
    assert CLOCK.paused([weekend], at("2026-03-01 00:00")) == timedelta(hours=2)
    assert CLOCK.paused([weekend], at("2026-03-09 07:30")) == timedelta(hours=1)


def test_it_is_working_time_in_the_morning_and_not_at_noon() -> None:
    assert CLOCK.is_working(at("2026-03-02 11:29"))
    assert not CLOCK.is_working(at("2026-03-02 12:00"))
    assert not CLOCK.is_working(at("2026-02-17 09:00"))


def test_a_term_without_end_is_refused() -> None:
    with pytest.raises(TooFar):
        CLOCK.add_days(at("2026-03-02 10:00"), 10_000)


def test_a_districts_own_file_adds_days_and_changes_hours(tmp_path: Path) -> None:
    own = tmp_path / "days.yaml"
    own.write_text(
        'hours: [["07:00", "11:00"], ["13:00", "17:00"]]\n'
        "days_off: [{day: 2026-03-03, source: bão số 1}]\n"
    )
    clock = working_time(own)
    assert clock.add_days(at("2026-03-02 08:00"), 1) == at("2026-03-04 08:00")


@pytest.mark.parametrize(
    ("text", "why"), [("hours: 8", "hours"), ("days: []", "days"), ("{", "expected")]
)
def test_what_is_wrong_in_a_calendar_is_named(tmp_path: Path, text: str, why: str) -> None:
    own = tmp_path / "days.yaml"
    own.write_text(text)
    with pytest.raises(BadCalendar, match=why):
        working_time(own)


def test_a_day_has_eight_hours_by_default() -> None:
    assert CLOCK.day_length == timedelta(hours=8)


def test_public_holidays_are_those_that_a_kept_library_reckons() -> None:
    known = holidays.country_holidays("VN")
    days = (date(2015, 1, 1) + timedelta(days=n) for n in range(61 * 365))
    weekdays = [day for day in days if day.weekday() < 5]
    free = working_time().is_working_day
    assert [day for day in weekdays if free(day) is (day in known)] == []
