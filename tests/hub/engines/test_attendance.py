"""Schools by the day."""

from datetime import date, datetime, timedelta

import pytest

from hub.engines.attendance import (
    ImpossibleAttendance,
    Presence,
    SchoolClass,
    percent,
    reports,
    rules,
    sudden_fall,
    too_large,
)
from hub.wording import LOCAL

RULES = rules()
TODAY = date(2026, 11, 24)  # a Tuesday


def is_school_day(day: date) -> bool:
    return day.weekday() < 5


def history(*recent: int | None) -> list[Presence]:
    """Thirty school days at 96 %, the newest as given."""
    days = [day for back in range(60) if is_school_day(day := TODAY - timedelta(back))][:30]
    shares = [*reversed(recent), *[96] * 30][:30]
    return [
        Presence(day=day, present=share, enrolled=100)
        for day, share in zip(days, shares, strict=True)
        if share is not None
    ]


def test_attendance_of_many_schools_weighs_their_pupils() -> None:
    big = Presence(day=TODAY, present=90, enrolled=100)
    small = Presence(day=TODAY, present=10, enrolled=10)
    assert percent([big, small]) == pytest.approx(100 * 100 / 110)
    assert percent([]) is None


def test_more_present_than_enrolled_is_refused() -> None:
    with pytest.raises(ImpossibleAttendance, match="101 present of 100"):
        Presence(day=TODAY, present=101, enrolled=100)


@pytest.mark.parametrize(
    ("recent", "fallen"),
    [((91, 91), True), ((91, 92), False), ((90, 96), False), ((60, 60, 91), True)],
)
def test_two_school_days_five_points_down_are_a_fall(recent: tuple[int, ...], fallen: bool) -> None:
    """The weekend between Friday and Monday does not break the row."""
    found = sudden_fall(history(*recent), TODAY, RULES.fall, is_school_day)
    assert (found.fallen, found.baseline) == (fallen, 96)


def test_three_days_can_be_asked_for() -> None:
    rule = RULES.fall.model_copy(update={"days": 3})
    assert not sudden_fall(history(91, 91), TODAY, rule, is_school_day).fallen
    assert sudden_fall(history(91, 91, 91), TODAY, rule, is_school_day).fallen


def test_a_school_that_did_not_report_has_not_fallen() -> None:
    found = sudden_fall(history(80, None), TODAY, RULES.fall, is_school_day)
    assert (found.fallen, found.recent) == (False, (None, 80))
    assert "Chưa đủ báo cáo" in found.reason_vi


def test_a_new_school_has_no_baseline() -> None:
    found = sudden_fall(history(80, 80)[:5], TODAY, RULES.fall, is_school_day)
    assert (found.fallen, found.baseline) == (False, None)
    assert found.reason_vi == "Mới có 3 ngày để so sánh, cần ít nhất 10."


def test_reports_are_missing_after_half_past_eight() -> None:
    def at(hour: int, minute: int) -> datetime:
        return datetime(2026, 11, 24, hour, minute, tzinfo=LOCAL)

    sent = {"a": at(7, 50), "b": at(8, 40)}
    early = reports("abc", {"a": at(7, 50)}, at(8, 30), RULES, is_school_day)
    assert (early.missing, early.due_at) == ((), at(8, 30))
    late = reports("abc", sent, at(9, 0), RULES, is_school_day)
    assert (late.missing, late.late) == (("c",), ("b",))


def test_nobody_is_missed_on_a_sunday() -> None:
    sunday = datetime(2026, 11, 22, 10, tzinfo=LOCAL)
    assert reports("abc", {}, sunday, RULES, is_school_day).missing == ()


@pytest.mark.parametrize(
    ("level", "pupils", "large"),
    [
        ("primary", 35, False), ("primary", 36, True),
        ("lower-secondary", 45, False), ("upper-secondary", 46, True), ("kindergarten", 99, False),
    ],
)  # fmt: skip
def test_a_class_over_the_ceiling_of_its_level_is_named(
    level: str, pupils: int, large: bool
) -> None:
    one = SchoolClass(school="a", name="1A", level=level, pupils=pupils)
    assert bool(too_large([one], RULES.class_size)) is large
