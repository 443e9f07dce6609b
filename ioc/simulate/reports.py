"""What people report: rubbish, potholes, a broken line, once a fire."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from random import Random

from hub.catalogue.periods import Period, Span
from hub.catalogue.records import Unit
from ioc.simulate.calendar import moment
from ioc.simulate.feed import Feed, local_day
from ioc.simulate.nature import burns
from ioc.simulate.story import Diary, Step, Story
from ioc.simulate.world import World

A_DAY = 52.0
"""Reports of a day at scale 1; people also report on Sundays."""
CATEGORIES = ("rac", "giao-thong", "dien", "khac", "tai-nan", "sat-lo")
OFTEN = (0.3, 0.28, 0.16, 0.2, 0.03, 0.03)
URGENT = ("chay", "tai-nan", "sat-lo")
FIRE_HOUR = 14.2
"""When somebody sees the smoke of the fire story."""


def _stories(world: World, day: date) -> tuple[Story, ...]:
    return tuple(_of_day(world, day))


def _of_day(world: World, day: date) -> Iterator[Story]:
    chance = world.chance("report", day)
    weekend = 0.8 if day.weekday() > 4 else 1.0
    communes = world.of_kind("commune")
    for number in range(world.whole(max(A_DAY * world.scale, 1.2) * weekend, chance)):
        at = moment(day, min(max(chance.gauss(13, 4), 5), 22.5))
        category = chance.choices(CATEGORIES, OFTEN)[0]
        yield _report(world, chance.choice(communes), at, f"{number + 1:04}", category, chance)
    for commune in communes:
        if burns(world, commune, day):
            yield _report(world, commune, moment(day, FIRE_HOUR), "chay", "chay", chance)


def _report(
    world: World, commune: Unit, at: datetime, number: str, category: str, chance: Random
) -> Story:
    urgent = category in URGENT
    said: dict[str, str | int | float | bool] = {
        "category": category, "urgency": "khan" if urgent else "thuong",
        "lat": round((commune.lat or 0) + chance.gauss(0, 0.015), 5),
        "lon": round((commune.lon or 0) + chance.gauss(0, 0.015), 5),
    }  # fmt: skip
    steps = [Step(at=at, state="moi", attributes=said)]
    steps += _urgent(at, chance) if urgent else _ordinary(world, at, chance)
    return Story(
        type="report", case=f"DEMO.pa-{local_day(at):%y%m%d}-{number}", unit=commune.id,
        steps=tuple(steps),
    )  # fmt: skip


def _urgent(at: datetime, chance: Random) -> Iterator[Step]:
    """Day and night, within a day but for one in twenty."""
    hours = chance.uniform(25, 40) if chance.random() < 0.05 else chance.uniform(1.5, 12)
    for share, state in ((0.02, "tiep-nhan"), (0.05, "chuyen"), (0.15, "dang-xu-ly")):
        yield Step(at=at + timedelta(hours=hours * share), state=state)
    yield Step(at=at + timedelta(hours=hours), state="da-xu-ly")


def _ordinary(world: World, at: datetime, chance: Random) -> Iterator[Step]:
    work = world.calendar.work
    at = work(at, chance.uniform(0.2, 3.5))
    odd = chance.random()
    if odd < 0.06:
        yield Step(at=at, state="rac" if odd < 0.02 else "trung" if odd < 0.045 else "tu-choi")
        return
    yield Step(at=at, state="tiep-nhan")
    hours = 38 * chance.betavariate(2, 2) if chance.random() > 0.06 else chance.uniform(42, 70)
    for share, state in ((0.1, "chuyen"), (0.15, "dang-xu-ly"), (0.6, "cho-duyet")):
        at = work(at, hours * share)
        yield Step(at=at, state=state)
    at = work(at, hours * 0.12)
    yield Step(at=at, state="da-xu-ly")
    yield from _after(world, at, chance)


def _after(world: World, at: datetime, chance: Random) -> Iterator[Step]:
    """Half of the people say how content they are; a few want it done again."""
    work = world.calendar.work
    if chance.random() < 0.5:
        at = work(at, chance.uniform(1, 10))
        yield Step(at=at, state="danh-gia", attributes={"satisfied": chance.random() < 0.91})
    if chance.random() < 0.04:
        at = work(at, chance.uniform(1, 10))
        yield Step(at=at, state="mo-lai")
        for hours, state in ((2.0, "dang-xu-ly"), (12.0, "da-xu-ly")):
            at = work(at, chance.uniform(1, hours))
            yield Step(at=at, state=state)


stories = Diary(_stories)


def answers(world: World, commune: Unit, period: Period, _: Random) -> Mapping[str, float]:
    """Of the commune's reports: what was opened again on the day, and hours to an answer."""
    mine = [each for each in stories.back(world, period.day, 30) if each.unit == commune.id]
    again = sum(_on(each.entered("mo-lai"), period.day) for each in mine)
    figures: dict[str, float] = {"citizens-reports.reopened-count": again}
    hours = [
        (done - each.steps[0].at).total_seconds() / 3600
        for each in mine
        if _on(done := each.entered("da-xu-ly"), period.day) and done
    ]
    if hours:
        figures["citizens-reports.answer-hours"] = round(sum(hours) / len(hours), 2)
    return figures


def _on(at: datetime | None, day: date) -> bool:
    return at is not None and local_day(at) == day


FEEDS = (
    Feed(name="answers", level="commune", span=Span.DAY, figures=answers, steady=True,
         after=timedelta(minutes=40)),
)  # fmt: skip
