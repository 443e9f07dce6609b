"""What is written online, again and again, and who takes care of what is bad.

On the day of the fire story many write of it; some re-post, some spread what happened elsewhere.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from random import Random

from contracts.indicator import MentionBody
from hub.catalogue.loader import DISTRICT
from hub.catalogue.periods import Period, Span
from hub.catalogue.records import Unit
from ioc.simulate.calendar import DAY, moment
from ioc.simulate.feed import Feed, local_day
from ioc.simulate.reports import FIRE_HOUR
from ioc.simulate.story import Diary, Step, Story
from ioc.simulate.texts import Post, sentences, usual, written
from ioc.simulate.told import Told
from ioc.simulate.weather import weather
from ioc.simulate.world import World

A_DAY = 1_640.0
"""Texts of a usual day at scale 1."""
COPIES = 0.35
"""Share of texts that are posted again, within a day."""
REMEMBERED = 60
SOURCES = ("mo-phong/bao-mang", "mo-phong/trang-xa", "mo-phong/hoi-nhom", "mo-phong/dien-dan",
           "mo-phong/video-ngan")  # fmt: skip
OFTEN = (0.2, 0.12, 0.38, 0.12, 0.18)
ADDRESS = "https://mo-phong.invalid/{day:%Y%m%d}/{number}"
"""No such name can exist (RFC 2606)."""
FIRE_POSTS, RUMOURS, RAIN_POSTS = 14, 5, 6
"""At the usual scale; at scale 1 ten times as many."""
HEAVY_RAIN = 90.0
HANDED_OVER = 3
"""Texts of a usual week that somebody must take care of; each bad day some more."""


def told(world: World, since: date, until: date) -> Iterator[Told]:
    day = since
    while day < until:
        for number, (at, post, chance) in enumerate(_of_day(world, day)):
            yield Told(at=at + timedelta(minutes=2), body=_body(day, number, at, post, chance))
        day += DAY


def _body(day: date, number: int, at: datetime, post: Post, chance: Random) -> MentionBody:
    return MentionBody(
        source=chance.choices(SOURCES, OFTEN)[0],
        url=ADDRESS.format(day=day, number=number),
        title=post.title, text=post.text, published_at=at,
        interactions=int(chance.paretovariate(0.9)) if chance.random() < 0.98 else 2_500,
    )  # fmt: skip


def _of_day(world: World, day: date) -> Iterator[tuple[datetime, Post, Random]]:
    chance = world.chance("online", day)
    weekend = 0.75 if day.weekday() > 4 else 1.0
    recent: list[Post] = []
    for _ in range(world.whole(max(A_DAY * world.scale, 8) * weekend, chance)):
        post = _copied(recent, chance) or usual(chance)
        recent = [*recent[-REMEMBERED:], post]
        yield moment(day, _hour(chance)), post, chance
    yield from _fire(world, day, chance)
    yield from _rain(world, day, chance)


def _copied(recent: list[Post], chance: Random) -> Post | None:
    return chance.choice(recent).again(chance) if recent and chance.random() < COPIES else None


def _hour(chance: Random) -> float:
    """People write at noon and in the evening."""
    middle = chance.choices((8.5, 12.3, 20.3), (0.3, 0.25, 0.45))[0]
    return min(max(chance.gauss(middle, 1.8), 0.1), 23.5)


def _many(world: World, usual_count: int) -> int:
    return round(usual_count * min(max(1.0, world.scale * 10), 10))


def _fire(world: World, day: date, chance: Random) -> Iterator[tuple[datetime, Post, Random]]:
    if world.story_day("forest-fire", day) != 0:
        return
    place = world.story_place("forest-fire", day).name_vi.replace("Xã", "xã")
    pool = sentences().stories["fire"]
    seen = [written(pool, chance, place) for _ in range(3)]
    for number in range(_many(world, FIRE_POSTS)):
        fresh = number < 3 or chance.random() < 0.3
        post = written(pool, chance, place) if fresh else chance.choice(seen).again(chance)
        hour = min(FIRE_HOUR + chance.expovariate(0.5), 23.9)
        yield moment(day, hour), post, chance
    for _ in range(_many(world, RUMOURS)):
        post = written(sentences().stories["rumour"], chance)
        yield moment(day, chance.uniform(FIRE_HOUR + 1, 23.5)), post, chance


def _rain(world: World, day: date, chance: Random) -> Iterator[tuple[datetime, Post, Random]]:
    for commune in world.of_kind("commune"):
        if weather(world, commune.id, day).rain_of_day > HEAVY_RAIN:
            place = commune.name_vi.replace("Xã", "xã")
            for _ in range(_many(world, RAIN_POSTS)):
                post = written(sentences().stories["rain"], chance, place)
                yield moment(day, chance.uniform(6, 23)), post, chance


def _handed_over(world: World, day: date) -> tuple[Story, ...]:
    """What the desk opens for texts that need an answer."""
    chance = world.chance("hand-over", day)
    fire = world.story_day("forest-fire", day) == 0
    many = world.whole(HANDED_OVER / 7 * max(1.0, 20 * world.scale), chance) + 3 * fire
    return tuple(_hand_over(day, number, fire=fire, chance=chance) for number in range(many))


def _hand_over(day: date, number: int, *, fire: bool, chance: Random) -> Story:
    at = moment(day, chance.uniform(FIRE_HOUR, 20) if fire else chance.uniform(7, 20))
    level = "do" if fire else chance.choices(("do", "vang", "xanh"), (0.25, 0.45, 0.3))[0]
    hours = chance.uniform(0.2, 3.5) if chance.random() < 0.9 else chance.uniform(4, 9)
    said: dict[str, str | int | float | bool] = {"level": level, "mention": f"mp-{day:%y%m%d}"}
    steps = [Step(at=at, state="moi", due_at=at + timedelta(hours=24), attributes=said)]
    for state, length in (("xac-minh", hours), ("dang-xu-ly", 1.5), ("da-phan-hoi", 4.0),
                          ("dong", 14.0)):  # fmt: skip
        at += timedelta(hours=length * chance.uniform(0.6, 1.1))
        steps.append(Step(at=at, state=state))
    case = f"DEMO.tm-{day:%y%m%d}-{number + 1:03}"
    return Story(type="hand-over", case=case, unit=DISTRICT, steps=tuple(steps))


handed_over = Diary(_handed_over)


def first_handled(world: World, day: date) -> Mapping[str, float]:
    """Mean hours to the first step, of what was taken up on the day."""
    taken = [
        (story.steps[1].at - story.steps[0].at).total_seconds() / 3600
        for story in handed_over.back(world, day, 3)
        if local_day(story.steps[1].at) == day
    ]
    if not taken:
        return {}
    return {"online-information.first-handled-hours": round(sum(taken) / len(taken), 2)}


def handling(world: World, _: Unit, period: Period, __: Random) -> Mapping[str, float]:
    return first_handled(world, period.day)


FEEDS = (
    Feed(name="hand-over", level="district", span=Span.DAY, figures=handling, steady=True,
         after=timedelta(minutes=35)),
)  # fmt: skip
