"""Socio-economic plan and figures, tourism, land, public order, cashless payment."""

from collections.abc import Mapping
from datetime import timedelta
from math import cos, tau
from random import Random

from hub.catalogue.periods import Period, Span
from hub.catalogue.records import Unit
from ioc.simulate.calendar import DAY
from ioc.simulate.feed import Feed, Figures
from ioc.simulate.world import World

GROWTH = 0.08
"""Of money, a year."""
SINCE = 2025


def size(world: World, commune: Unit) -> float:
    """How large a commune is beside the others, about 1."""
    return 0.6 + 0.9 * world.trait(commune, "size")


def people(world: World, commune: Unit) -> int:
    return round(6_800 * size(world, commune))


def _years(period: Period) -> float:
    return period.day.year - SINCE + period.day.month / 12


def _grown(period: Period) -> float:
    return float((1 + GROWTH) ** _years(period))


def plan(world: World, commune: Unit, period: Period, _: Random) -> Mapping[str, float]:
    money = size(world, commune) * (1 + GROWTH) ** (period.day.year - SINCE)
    return {
        "socio-economic.budget-revenue-plan": round(9_000 * money),
        "socio-economic.public-investment-disbursed-plan": round(24_000 * money),
        "socio-economic.production-value-plan": round(180_000 * money),
        "socio-economic.poor-households-share-plan": round(19 - 3 * _years(period), 1),
        "socio-economic.jobs-created-plan": round(150 * size(world, commune)),
    }


def month(world: World, commune: Unit, period: Period, chance: Random) -> Mapping[str, float]:
    """Public works are paid late in the year, taxes at the ends of quarters."""
    money, number = size(world, commune) * _grown(period), period.day.month
    late = 0.4 + 1.2 * number / 12
    tax = 1.35 if number % 3 == 0 else 0.85
    return {
        "socio-economic.budget-revenue": round(750 * money * tax * chance.uniform(0.9, 1.12)),
        "socio-economic.public-investment-disbursed":
            round(1_950 * money * late * chance.uniform(0.8, 1.15)),
        "socio-economic.production-value": round(15_000 * money * chance.uniform(0.93, 1.07)),
        "socio-economic.poor-households-share":
            round(18.5 + 4 * world.trait(commune, "poor") - 3 * _years(period), 2),
        "socio-economic.jobs-created": world.whole(12.5 * size(world, commune), chance),
    }  # fmt: skip


def year(world: World, commune: Unit, period: Period, _: Random) -> Mapping[str, float]:
    households = round(people(world, commune) / 3.9)
    share = (18.5 + 4 * world.trait(commune, "poor") - 3 * _years(period)) / 100
    return {
        "socio-economic.households": households,
        "socio-economic.poor-households": round(households * max(share, 0.02)),
    }


def rural(world: World, commune: Unit, period: Period, _: Random) -> Mapping[str, float]:
    met = 13 + 4 * world.trait(commune, "rural") + 0.7 * _years(period)
    return {"socio-economic.rural-criteria-met": min(int(met), 19)}


def visitors(world: World, commune: Unit, period: Period, chance: Random) -> Mapping[str, float]:
    """Weekends and holidays; more each year, fewer in the rains."""
    day = period.day
    free = not world.calendar.is_working_day(day)
    season = 1 + 0.4 * cos(tau * (day.timetuple().tm_yday - 170) / 365)
    crowd = 55 * size(world, commune) * season * _grown(period) * (2.4 if free else 1)
    count = world.whole(crowd, chance)
    rooms = 18 + round(50 * world.trait(commune, "rooms"))
    return {
        "tourism.visitors": count,
        "tourism.visitors-foreign": min(world.whole(crowd * 0.06, chance), count),
        "tourism.rooms": rooms,
        "tourism.rooms-occupied": min(world.whole(crowd * 0.22, chance), rooms),
    }


def tourism(world: World, commune: Unit, period: Period, chance: Random) -> Mapping[str, float]:
    money = size(world, commune) * _grown(period) * chance.uniform(0.85, 1.2)
    return {"tourism.revenue": round(520 * money)}


def commerce(world: World, commune: Unit, period: Period, chance: Random) -> Mapping[str, float]:
    """Cashless payment spreads, month by month."""
    payments = world.whole(5_200 * size(world, commune) * _grown(period), chance)
    households = round(190 * size(world, commune))
    return {
        "commerce.payments": payments,
        "commerce.payments-cashless": round(payments * min(0.3 + 0.11 * _years(period), 0.85)),
        "commerce.households-trading": households,
        "commerce.households-qr": round(households * min(0.35 + 0.15 * _years(period), 0.95)),
        "commerce.products-online": round((14 + 9 * _years(period)) * size(world, commune)),
        "commerce.online-sales":
            round(85 * size(world, commune) * _grown(period) * chance.uniform(0.8, 1.3)),
    }  # fmt: skip


def areas(world: World, commune: Unit, _: Period, __: Random) -> Mapping[str, float]:
    hectares = 20_500 * (0.75 + 0.5 * world.trait(commune, "area"))
    return {
        "land.area-agricultural": round(hectares * 0.11, 1),
        "land.area-forest": round(hectares * 0.82, 1),
        "land.area-built": round(hectares * 0.04, 1),
        "land.area-unused": round(hectares * 0.03, 1),
    }


def certificates(world: World, commune: Unit, period: Period, _: Random) -> Mapping[str, float]:
    due = round(4_100 * size(world, commune))
    return {
        "land.certificates-due": due,
        "land.certificates-issued": round(due * min(0.84 + 0.04 * _years(period), 0.99)),
    }


def land(world: World, commune: Unit, _: Period, chance: Random) -> Mapping[str, float]:
    violations = world.whole(0.8, chance)
    return {
        "land.changes": world.whole(34 * size(world, commune), chance),
        "land.violations": violations,
        "land.violations-settled": min(world.whole(violations * 0.8, chance), violations),
    }


def order(world: World, commune: Unit, _: Period, chance: Random) -> Mapping[str, float]:
    crimes = world.whole(0.7 * size(world, commune), chance)
    return {
        "public-order.cases": crimes + world.whole(2.2 * size(world, commune), chance),
        "public-order.crimes": crimes,
        "public-order.crimes-solved": min(world.whole(crimes * 0.85, chance), crimes),
        "public-order.fires": world.whole(0.12, chance),
    }


def _stock(name: str, span: Span, figures: Figures, days: int = 15) -> Feed:
    """How things stand, told soon after the period begins."""
    return Feed(name=name, level="commune", span=span, figures=figures, early=True,
                after=DAY * days, steady=True)  # fmt: skip


FEEDS = (
    _stock("plan", Span.YEAR, plan, 1),
    _stock("households", Span.YEAR, year),
    _stock("rural", Span.QUARTER, rural),
    _stock("areas", Span.YEAR, areas),
    _stock("certificates", Span.QUARTER, certificates),
    Feed(name="socio-economic", level="commune", span=Span.MONTH, figures=month,
         after=timedelta(days=4)),
    Feed(name="visitors", level="commune", span=Span.DAY, figures=visitors,
         after=timedelta(hours=9)),
    Feed(name="tourism", level="commune", span=Span.MONTH, figures=tourism,
         after=timedelta(days=8)),
    Feed(name="commerce", level="commune", span=Span.MONTH, figures=commerce,
         after=timedelta(days=8)),
    Feed(name="land", level="commune", span=Span.MONTH, figures=land, after=timedelta(days=4)),
    Feed(name="order", level="commune", span=Span.MONTH, figures=order, after=timedelta(days=4)),
)  # fmt: skip
