"""Documents of Q.Office, in and out, some of them hỏa tốc."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random

from hub.catalogue.periods import Period, Span
from hub.catalogue.records import Unit
from ioc.simulate.calendar import DAY
from ioc.simulate.feed import Feed, local_day
from ioc.simulate.story import Diary, Step, Story
from ioc.simulate.world import World

IN, OUT = 260.0, 160.0
"""Documents of a usual working day at scale 1."""
URGENCIES = ("thuong", "khan", "thuong-khan", "hoa-toc")
OFTEN = (0.86, 0.09, 0.03, 0.02)
DAYS = {"thuong": 5.0, "khan": 1.0, "thuong-khan": 0.5, "hoa-toc": 0.25}
"""Working days that an answer may take."""
UNOPENED = timedelta(minutes=15)


def _incoming(world: World, day: date) -> tuple[Story, ...]:
    chance = world.chance("document-in", day)
    many = world.whole(IN * world.scale * world.calendar.crowd(day), chance)
    return tuple(_in(world, day, number, chance) for number in range(many))


def _in(world: World, day: date, number: int, chance: Random) -> Story:
    urgency = chance.choices(URGENCIES, OFTEN)[0]
    work = world.calendar.work
    came = world.calendar.office_moment(day, chance)
    due = work(came, 8.0 * DAYS[urgency])
    opened = 0.1 if urgency == "hoa-toc" and chance.random() < 0.9 else chance.uniform(0.3, 3)
    hours = 8.0 * DAYS[urgency] * min(chance.betavariate(3, 2), 0.97)
    if chance.random() < 0.035:
        hours = 8.0 * DAYS[urgency] + chance.uniform(1, 20)
    said: dict[str, str | int | float | bool] = {
        "urgency": urgency,
        "exchanged": chance.random() < 0.97,
    }
    at, steps = came, [Step(at=came, state="tiep-nhan", due_at=due, attributes=said)]
    pieces = ((opened, "dang-ky"), (0.1 * hours, "trinh"), (0.15 * hours, "chi-dao"),
              (0.1 * hours, "xu-ly"))  # fmt: skip
    for length, state in pieces:
        at = work(at, length)
        steps.append(Step(at=at, state=state, due_at=due))
    done = max(work(came, hours), work(at, 0.1))
    steps.append(Step(at=done, state="hoan-thanh", due_at=due))
    office = chance.choice(world.of_kind("office"))
    case = f"DEMO.den-{day:%y%m%d}-{number + 1:04}"
    return Story(type="document-in", case=case, unit=office.id, steps=tuple(steps))


def _outgoing(world: World, day: date) -> tuple[Story, ...]:
    chance = world.chance("document-out", day)
    many = world.whole(OUT * world.scale * world.calendar.crowd(day), chance)
    return tuple(_out(world, day, number, chance) for number in range(many))


def _out(world: World, day: date, number: int, chance: Random) -> Story:
    at = world.calendar.office_moment(day, chance)
    urgency = chance.choices(URGENCIES, OFTEN)[0]
    steps = [Step(at=at, state="du-thao", attributes={"urgency": urgency})]
    for state, hours in (("trinh-ky", 10.0), ("ky-lanh-dao", 5.0), ("ky-co-quan", 2.0)):
        at = world.calendar.work(at, chance.uniform(0.2, hours))
        steps.append(Step(at=at, state=state))
    signs = {"signed_personal": chance.random() < 0.995, "signed_agency": chance.random() < 0.985,
             "exchanged": chance.random() < 0.985}  # fmt: skip
    at = world.calendar.work(at, chance.uniform(0.2, 5.0))
    steps.append(Step(at=at, state="phat-hanh", attributes=signs))
    office = chance.choice(world.of_kind("office"))
    case = f"DEMO.di-{day:%y%m%d}-{number + 1:04}"
    return Story(type="document-out", case=case, unit=office.id, steps=tuple(steps))


incoming, outgoing = Diary(_incoming), Diary(_outgoing)


def handling(world: World, office: Unit, period: Period, _: Random) -> Mapping[str, float]:
    """Mean working hours of the documents that were done on the day."""
    done = [_hours(world, each) for each in _done(world, office, period.day)]
    return {"documents.processing-hours": round(sum(done) / len(done), 2)} if done else {}


def unopened(world: World, office: Unit, period: Period, _: Random) -> Mapping[str, float]:
    """Urgent documents that nobody opened within a quarter of an hour."""
    late = sum(
        story.steps[1].at - story.steps[0].at > UNOPENED
        for story in incoming(world, period.day)
        if story.unit == office.id and story.steps[0].attributes["urgency"] == "hoa-toc"
    )
    return {"documents.urgent-unopened": late} if world.calendar.crowd(period.day) else {}


def _done(world: World, office: Unit, day: date) -> Iterator[Story]:
    for story in incoming.back(world, day, 14):
        if story.unit == office.id and local_day(story.steps[-1].at) == day:
            yield story


def _hours(world: World, story: Story) -> float:
    taken = world.clock.between(story.steps[0].at, story.steps[-1].at)
    return taken.total_seconds() / 3600


FEEDS = (
    Feed(name="handling", level="office", span=Span.DAY, figures=handling, steady=True,
         after=timedelta(minutes=30)),
    Feed(name="unopened", level="office", span=Span.DAY, figures=unopened, steady=True,
         after=DAY / 48),
)  # fmt: skip
