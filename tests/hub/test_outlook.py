"""Figures look ahead: a forecast where it is earned, else the reason; once a day; odd ones said."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from hub import prospect
from hub.catalogue.loader import DISTRICT
from hub.catalogue.periods import Span, containing
from hub.database import Database
from hub.outlook import Outlooks, kept
from hub.prospect import Past, Prospect
from hub.records import figures, outlooks
from hub.wording import LOCAL
from tests.hub.conftest import NOON, knowledge
from tests.waiting import until

DAY = timedelta(days=1)
TODAY = containing(Span.DAY, NOON)
ATTENDANCE = knowledge().catalogue.at(TODAY.day)["education.attendance"]


def write(database: Database, days: int, value: Callable[[datetime], float | None]) -> None:
    """Figures of the last `days` complete days, as the engine keeps them."""
    starts = [TODAY.start - ago * DAY for ago in range(days, 0, -1)]
    with database.work() as work:
        work.connection.execute(insert(figures), [
            {"indicator": ATTENDANCE.id, "unit": DISTRICT, "period_start": start,
             "period_end": start + DAY, "value": value(start), "grade": "green", "missing": "",
             "terms": [], "computed_at": start}
            for start in starts if value(start) is not None
        ])  # fmt: skip


def school_week(start: datetime) -> float | None:
    """Falls a little every day; Monday is worst; closed at the weekend."""
    weekday = start.astimezone(LOCAL).weekday()
    wobble = (start.toordinal() * 7919 % 13 - 6) / 10
    trend = (TODAY.start - start).days * 0.05
    return None if weekday > 4 else 92.0 + trend + 0.6 * weekday + wobble


@pytest.fixture
def outlook(database: Database) -> Outlooks:
    return Outlooks(database, knowledge().catalogue)


def test_a_falling_figure_will_miss_its_target_and_the_catalogue_says_what_to_do(
    database: Database, outlook: Outlooks
) -> None:
    write(database, 120, school_week)
    seen = outlook.of(ATTENDANCE, DISTRICT, NOON)
    assert seen.reason_vi == ""
    assert len(seen.ahead) == 7
    assert seen.will_miss
    assert "nhiều khả năng không đạt" in prospect.verdict(ATTENDANCE, seen)
    assert prospect.advice(ATTENDANCE, seen) == ATTENDANCE.advice.red
    assert all(one.low <= one.value <= one.high <= 100 for one in seen.ahead)


def test_days_on_which_nobody_reports_are_left_out_not_missing(
    database: Database, outlook: Outlooks
) -> None:
    write(database, 120, school_week)
    seen = outlook.of(ATTENDANCE, DISTRICT, NOON)
    starts = [one.start for one in seen.history] + [one.start for one in seen.ahead]
    weekdays = {start.astimezone(LOCAL).weekday() for start in starts}
    assert weekdays == {0, 1, 2, 3, 4}


def test_too_short_a_past_gives_the_reason_and_no_number(
    database: Database, outlook: Outlooks
) -> None:
    write(database, 10, school_week)
    seen = outlook.of(ATTENDANCE, DISTRICT, NOON)
    assert (seen.ahead, seen.past) == ((), None)
    assert seen.reason_vi.startswith("Mới có ")
    assert prospect.verdict(ATTENDANCE, seen) == ""


def test_nothing_told_is_said_and_not_guessed(outlook: Outlooks) -> None:
    seen = outlook.of(ATTENDANCE, DISTRICT, NOON)
    assert seen.reason_vi == "Chưa có kỳ số liệu nào trọn vẹn."


def test_the_running_day_is_no_part_of_the_past(database: Database, outlook: Outlooks) -> None:
    write(database, 120, school_week)
    seen = outlook.of(ATTENDANCE, DISTRICT, NOON)
    assert seen.history[-1].start < TODAY.start
    assert seen.ahead[0].start >= TODAY.start


def test_a_long_silence_long_ago_does_not_hide_the_forecast(
    database: Database, outlook: Outlooks
) -> None:
    def value(start: datetime) -> float | None:
        ago = (TODAY.start - start).days
        return None if 100 < ago < 200 else school_week(start)

    write(database, 250, value)
    assert outlook.of(ATTENDANCE, DISTRICT, NOON).reason_vi == ""


def test_a_sudden_fall_is_out_of_the_ordinary(database: Database, outlook: Outlooks) -> None:
    yesterday = TODAY.start - DAY

    def value(start: datetime) -> float | None:
        return 40.0 if start == yesterday else school_week(start)

    write(database, 120, value)
    seen = outlook.of(ATTENDANCE, DISTRICT, NOON)
    assert seen.unusual is not None
    assert prospect.oddity(ATTENDANCE, seen.unusual).startswith(
        "40,0 (31/03/2026) thấp bất thường: thường từ "
    )


def test_a_forecast_is_made_once_a_local_day(database: Database, outlook: Outlooks) -> None:
    write(database, 120, school_week)
    assert outlook.refresh(NOON) == 1
    assert outlook.refresh(NOON + timedelta(hours=11)) == 0
    assert outlook.refresh(NOON + timedelta(hours=12, seconds=1)) == 1
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(outlooks)) == 1
        known = kept(connection, ATTENDANCE.id, DISTRICT)
    assert known is not None
    assert known.made_on.isoformat() == "2026-04-02"


def test_what_is_kept_reads_back_as_it_was(database: Database, outlook: Outlooks) -> None:
    write(database, 120, school_week)
    made = outlook.of(ATTENDANCE, DISTRICT, NOON)
    with database.read() as connection:
        assert kept(connection, ATTENDANCE.id, DISTRICT) == made
    assert outlook.of(ATTENDANCE, DISTRICT, NOON) == made


def test_the_thread_makes_the_districts_forecasts(database: Database, outlook: Outlooks) -> None:
    write(database, 30, school_week)

    def made() -> bool:
        with database.read() as connection:
            return kept(connection, ATTENDANCE.id, DISTRICT) is not None

    outlook.start()
    until(made)
    outlook.stop()


def test_past_accuracy_is_said_in_words() -> None:
    past = Past(folds=24, mean_error=1.25, mase=0.6, naive_mase=0.8, coverage=0.79, level=0.8)
    assert prospect.accuracy(ATTENDANCE, past) == (
        "Thử lại 24 lần trên quá khứ: sai trung bình 1,2 điểm phần trăm, ít hơn 25 % so với lấy "
        "giá trị cùng kỳ mùa trước; 79 % số thật nằm trong khoảng (khoảng hứa 80 %)."
    )


@pytest.mark.parametrize(
    ("miss", "words"),
    [(0.9, "nhiều khả năng không đạt (90 %)"), (0.1, "nhiều khả năng đạt (90 %)"),
     (0.5, "chưa rõ đạt hay không (khả năng không đạt 50 %)")],
)  # fmt: skip
def test_a_chance_is_said_as_far_as_it_goes(miss: float, words: str) -> None:
    assert prospect.chance(miss) == words


def test_a_prospect_without_steps_has_no_worst() -> None:
    empty = Prospect(indicator="a.b", unit="505", made_at=NOON, history=())
    assert empty.worst is None
    assert not empty.will_miss
