"""Dossiers of the four communes, and what the portal and the 766 score say of them."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from random import Random

from hub.catalogue.periods import Period, Span
from hub.catalogue.records import Unit
from ioc.simulate.feed import Feed
from ioc.simulate.story import Diary, Step, Story
from ioc.simulate.world import World

A_DAY = 620.0
"""Dossiers of a usual working day at scale 1."""
WEEKEND = 0.04
"""What is sent in online when offices are closed."""
SHARES = (0.4, 0.25, 0.2, 0.15)
"""Of the communes; the first has the old district's town."""
PROCEDURES = (
    ("Đăng ký khai sinh", 1, "toan-trinh", 0.26), ("Chứng thực bản sao", 1, "mot-phan", 0.3),
    ("Xác nhận tình trạng hôn nhân", 3, "toan-trinh", 0.12),
    ("Trợ cấp xã hội hằng tháng", 10, "mot-phan", 0.09),
    ("Đăng ký biến động đất đai", 15, "mot-phan", 0.09),
    ("Cấp giấy phép xây dựng nhà ở", 15, "toan-trinh", 0.05),
    ("Đăng ký hộ kinh doanh", 3, "toan-trinh", 0.09),
)  # fmt: skip
"""Name, working days, level of service, share."""
BAD_DAYS = 7
SLOW = 0.55
"""Share of a bad week's dossiers that miss their day."""


def bad_week(world: World, commune: str, day: date) -> bool:
    """A week in which the busiest one-stop desk is short of people: a story."""
    here = commune == world.of_kind("commune")[0].id
    return here and world.story_day("public-services", day) < BAD_DAYS


def _stories(world: World, day: date) -> tuple[Story, ...]:
    return tuple(_of_day(world, day))


def _of_day(world: World, day: date) -> Iterator[Story]:
    crowd = world.calendar.crowd(day) or WEEKEND
    for commune, share in zip(world.of_kind("commune"), SHARES, strict=True):
        chance = world.chance("dossier", commune.id, day)
        for number in range(world.whole(A_DAY * world.scale * crowd * share, chance)):
            yield _dossier(world, commune, day, number, chance)


def _dossier(world: World, commune: Unit, day: date, number: int, chance: Random) -> Story:
    name, days, level, _ = chance.choices(PROCEDURES, [each[3] for each in PROCEDURES])[0]
    online = chance.random() < 0.78 or not world.calendar.is_working_day(day)
    fee = chance.random() < 0.5
    first: dict[str, str | int | float | bool] = {
        "procedure": name, "service_level": level, "online": online,
        "digitised": online or chance.random() < 0.7, "reused": chance.random() < 0.35,
        "fee_due": fee, "paid_online": fee and chance.random() < (0.72 if online else 0.2),
    }  # fmt: skip
    sent = world.calendar.office_moment(day, chance)
    steps = [Step(at=sent, state="1", attributes=first)]
    steps += _handled(world, commune, sent, days, chance)
    return Story(
        type="dossier", case=f"DEMO.{commune.id}-{day:%y%m%d}-{number + 1:04}", unit=commune.id,
        steps=tuple(steps),
    )  # fmt: skip


def _handled(
    world: World, commune: Unit, sent: datetime, days: int, chance: Random
) -> Iterator[Step]:
    work = world.calendar.work
    taken = work(sent, chance.uniform(0.1, 3.0))
    if chance.random() < 0.02:
        yield Step(at=taken, state="3")
        return
    due = work(taken, 8.0 * days)
    yield Step(at=taken, state="2", due_at=due)
    begun = work(taken, chance.uniform(0.2, 2.0))
    yield Step(at=begun, state="4", due_at=due)
    if chance.random() < 0.07:
        asked = work(begun, chance.uniform(0.5, 2.0))
        yield Step(at=asked, state="5", due_at=due)
        begun = work(asked, chance.uniform(4, 24))
        due = work(due, (world.clock.between(asked, begun)).total_seconds() / 3600)
        yield Step(at=begun, state="4", due_at=due)
    if chance.random() < 0.01:
        yield Step(at=work(begun, 1.0), state="7", due_at=due)
        return
    yield from _finished(world, commune, begun, due, chance)


def _finished(
    world: World, commune: Unit, begun: datetime, due: datetime, chance: Random
) -> Iterator[Step]:
    work = world.calendar.work
    left = world.clock.between(begun, due).total_seconds() / 3600
    late = chance.random() < (SLOW if bad_week(world, commune.id, begun.date()) else 0.015)
    hours = left + chance.uniform(2, 40) if late else left * min(chance.betavariate(4, 2), 0.98)
    done = work(begun, hours)
    yield Step(at=done, state="9", due_at=due, attributes={"e_result": chance.random() < 0.93})
    said: dict[str, str | int | float | bool] = {
        "satisfied": chance.random() < (0.6 if late else 0.97),
        "complaint": chance.random() < (0.2 if late else 0.01),
    }
    yield Step(at=work(done, chance.uniform(0.1, 8)), state="10", due_at=due, attributes=said)


stories = Diary(_stories)


def portal(world: World, commune: Unit, _: Period, chance: Random) -> Mapping[str, float]:
    procedures = 226 + round(20 * world.trait(commune, "procedures"))
    online = round(procedures * 0.86)
    return {
        "public-services.procedures": procedures,
        "public-services.procedures-online": online,
        "public-services.procedures-full-process": round(online * 0.62),
        "public-services.procedures-online-used": round(online * chance.uniform(0.58, 0.72)),
        "public-services.procedures-published-on-time": procedures - world.whole(0.6, chance),
    }


FEEDS = (
    Feed(name="portal", level="commune", span=Span.MONTH, figures=portal, after=timedelta(days=3),
         steady=True),
)  # fmt: skip
