"""Whether a school's attendance fell suddenly, of each school day.

A school day is one of which some school told that pupils came: holidays need no list.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from hub.engines import attendance
from hub.engines.attendance import FallRule, ImpossibleAttendance, Presence
from hub.reckoning.desk import Desk, Reckoned
from hub.wording import LOCAL

MEASURE = "education.attendance-fallen"
MEMORY = timedelta(days=60)
"""Holds the school days that a fall is measured against, with Tết or some holidays between."""


def reckon(desk: Desk) -> Iterator[Reckoned]:
    schools = {school: _presences(desk, school) for school in desk.units("school")}
    school_days = {one.day for some in schools.values() for one in some.values() if one.present > 0}
    rule = attendance.rules().fall
    for day in desk.days():
        if day.day in school_days:
            for school, some in schools.items():
                found = _fall(some, day.day, rule, school_days)
                yield Reckoned(
                    measure=MEASURE, unit=school, period=day, why_vi=found.reason_vi,
                    value=None if found.reason_vi else float(found.fallen), trace=found.trace,
                )  # fmt: skip


def _fall(
    days: dict[date, Presence], day: date, rule: FallRule, school_days: set[date]
) -> attendance.Fall:
    return attendance.sudden_fall(days.values(), day, rule, school_days.__contains__)


def _presences(desk: Desk, school: str) -> dict[date, Presence]:
    """What cannot be true (more present than enrolled) counts as not told."""
    since = desk.since - MEMORY
    present = desk.told("education.pupils-present", school, since)
    enrolled = desk.told("education.pupils-enrolled", school, since)
    found: dict[date, Presence] = {}
    for start in present.keys() & enrolled.keys():
        day = start.astimezone(LOCAL).date()
        try:
            found[day] = Presence(
                day=day, present=int(present[start]), enrolled=int(enrolled[start])
            )
        except ImpossibleAttendance:
            continue
    return found
