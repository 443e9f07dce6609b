"""When figures are due."""

from datetime import UTC, datetime
from pathlib import Path

from hub.catalogue.due import due_at, expected, is_told
from hub.catalogue.loader import load
from hub.catalogue.periods import Span, containing
from hub.config import Subsystems
from hub.knowledge import learn
from hub.wording import LOCAL

CATALOGUE = load()
CLOCK = CATALOGUE.clock


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL).astimezone(UTC)


def due(measure: str, moment: str) -> datetime:
    known = CATALOGUE.measures[measure]
    return due_at(known, containing(known.period, local(moment)))


def test_attendance_is_due_the_same_morning_at_half_past_eight() -> None:
    assert due("education.pupils-present", "2026-11-25T12:00") == local("2026-11-25T08:30")


def test_yesterdays_visits_are_due_this_morning() -> None:
    assert due("health.visits", "2026-11-24T12:00") == local("2026-11-25T09:00")


def test_a_month_has_its_days_after_its_end() -> None:
    assert due("cameras.accidents", "2026-10-15T12:00") == local("2026-11-06T00:00")


def test_an_hour_without_a_term_is_due_when_it_is_over() -> None:
    assert due("environment.rain-1h", "2026-11-25T13:10") == local("2026-11-25T14:00")


def test_before_the_hour_yesterdays_figure_is_the_one_to_expect() -> None:
    measure = CATALOGUE.measures["education.pupils-present"]
    early = expected(measure, local("2026-11-27T08:29"), CLOCK)
    assert early.day.isoformat() == "2026-11-26"
    assert expected(measure, local("2026-11-27T08:30"), CLOCK).day.isoformat() == "2026-11-27"


def test_machines_have_half_an_hour_before_they_are_missed() -> None:
    """Nobody can tell of an hour before it is over."""
    rain = CATALOGUE.measures["environment.rain-1h"]
    online = CATALOGUE.measures["cameras.minutes-online"]
    assert expected(rain, local("2026-11-25T14:29"), CLOCK).start == local("2026-11-25T12:00")
    assert expected(rain, local("2026-11-25T14:30"), CLOCK).start == local("2026-11-25T13:00")
    assert expected(online, local("2026-11-26T00:29"), CLOCK).day.isoformat() == "2026-11-24"
    assert expected(online, local("2026-11-26T00:30"), CLOCK).day.isoformat() == "2026-11-25"


def test_on_a_day_off_no_school_is_missed() -> None:
    """28 November 2026 is a Saturday; 2 September is the national day."""
    measure = CATALOGUE.measures["education.pupils-present"]
    assert expected(measure, local("2026-11-28T12:00"), CLOCK).day.isoformat() == "2026-11-27"
    assert expected(measure, local("2026-11-30T08:29"), CLOCK).day.isoformat() == "2026-11-27"
    assert expected(measure, local("2026-11-30T08:30"), CLOCK).day.isoformat() == "2026-11-30"
    off = containing(Span.DAY, local("2026-09-02T12:00"))
    assert not is_told(measure, off, CLOCK)
    assert is_told(CATALOGUE.measures["health.visits"], off, CLOCK)


def test_a_districts_own_day_of_work_is_a_day_on_which_schools_tell(tmp_path: Path) -> None:
    """A Saturday that was swapped for a Monday, in the district's own file."""
    days = tmp_path / "days.yaml"
    days.write_text(
        "working_days: [{day: 2026-11-28, source: the district's letter}]\n"
        "days_off: [{day: 2026-11-30, source: the district's letter}]\n"
    )
    own = learn(Subsystems(working_days_file=days)).catalogue
    measure = own.measures["education.pupils-present"]
    for moment in ("2026-11-28T12:00", "2026-11-30T12:00"):
        assert expected(measure, local(moment), own.clock).day.isoformat() == "2026-11-28"


def test_a_plan_is_expected_while_its_year_runs() -> None:
    known = CATALOGUE.measures["socio-economic.budget-revenue-plan"]
    plan, now = known.model_copy(update={"planned": True}), local("2026-11-25T08:00")
    assert expected(plan, now, CLOCK) == containing(Span.YEAR, now)
