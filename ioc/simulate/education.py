"""Schools: who is there in the morning, and what is counted by month, quarter and year."""

from collections.abc import Mapping
from datetime import timedelta
from random import Random

from hub.catalogue.periods import Period, Span
from hub.catalogue.records import Unit
from ioc.simulate.feed import Feed
from ioc.simulate.weather import weather
from ioc.simulate.world import World

FEVER_DAYS = 3
"""A school in which many fall ill at once: a story."""


def pupils(world: World, school: Unit) -> int:
    return 110 + round(260 * world.trait(school, "pupils"))


def present(world: World, school: Unit, period: Period, chance: Random) -> Mapping[str, float]:
    """By half past eight on school days; fewer on market days, in heavy rain and in a fever."""
    day = period.day
    if not world.calendar.is_school_day(day):
        return {}
    enrolled = pupils(world, school)
    rain = weather(world, school.parent or "", day).rain_of_day
    share = 0.02 + 0.015 * world.trait(school, "absence")
    share += 0.015 * world.calendar.is_market_day(day) + 0.008 * (day.weekday() == 0)
    share += 0.05 * (rain > 60) + 0.12 * _fever(world, school, period)
    absent = min(world.whole(enrolled * share, chance), enrolled)
    unexcused = min(world.whole(absent * 0.3, chance), absent)
    return {
        "education.pupils-enrolled": enrolled,
        "education.pupils-present": enrolled - absent,
        "education.pupils-absent-excused": absent - unexcused,
        "education.pupils-absent-unexcused": unexcused,
    }


def _fever(world: World, school: Unit, period: Period) -> bool:
    day = period.day
    ill = school.parent == world.story_place("school-fever", day).id
    return ill and world.story_day("school-fever", day) < FEVER_DAYS


def month(world: World, school: Unit, _: Period, chance: Random) -> Mapping[str, float]:
    boarding = round(pupils(world, school) * (0.2 + 0.4 * world.trait(school, "boarding")))
    return {
        "education.pupils-boarding": boarding,
        "education.pupils-boarding-supported": boarding - world.whole(boarding * 0.01, chance),
        "education.dropouts": world.whole(0.06, chance),
    }


def quarter(world: World, school: Unit, _: Period, __: Random) -> Mapping[str, float]:
    primary = "Tiểu học" in school.name_vi
    level = "primary" if primary else "lower-secondary"
    classes = max(round(pupils(world, school) / (27 if primary else 34)), 4)
    return {
        f"education.pupils-{level}": pupils(world, school),
        f"education.classes-{level}": classes,
        f"education.teachers-{level}": round(classes * (1.45 if primary else 1.9)),
    }


def year(world: World, school: Unit, _: Period, __: Random) -> Mapping[str, float]:
    return {"education.pupils": pupils(world, school)}


def schools(world: World, commune: Unit, _: Period, __: Random) -> Mapping[str, float]:
    own = [school for school in world.of_kind("school") if school.parent == commune.id]
    standard = sum(world.trait(school, "standard") < 0.6 for school in own)
    return {"education.schools": len(own), "education.schools-standard": standard}


FEEDS = (
    Feed(name="attendance", level="school", span=Span.DAY, figures=present, early=True,
         after=timedelta(hours=8)),
    Feed(name="school-month", level="school", span=Span.MONTH, figures=month,
         after=timedelta(days=3)),
    Feed(name="school-quarter", level="school", span=Span.QUARTER, figures=quarter, early=True,
         after=timedelta(days=10), steady=True),
    Feed(name="school-year", level="school", span=Span.YEAR, figures=year, early=True,
         after=timedelta(days=20), steady=True),
    Feed(name="schools", level="commune", span=Span.YEAR, figures=schools, early=True,
         after=timedelta(days=20), steady=True),
)  # fmt: skip
