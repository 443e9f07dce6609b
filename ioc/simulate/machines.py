"""Cameras and the digital infrastructure: what machines count about the street and themselves."""

from collections.abc import Mapping
from datetime import timedelta
from math import exp
from random import Random

from hub.catalogue.periods import Period, Span
from hub.catalogue.records import Unit
from hub.wording import LOCAL
from ioc.simulate.feed import Feed
from ioc.simulate.world import World


def health(world: World, camera: Unit, _: Period, chance: Random) -> Mapping[str, float]:
    off = chance.uniform(90, 900) if chance.random() < 0.06 else chance.uniform(0, 20)
    return {
        "cameras.minutes-online": round(1440 - off),
        "cameras.minutes-expected": 1440,
        "cameras.tampers": world.whole(0.05, chance),
        "cameras.events": world.whole(4 + 8 * world.trait(camera, "events"), chance),
    }


def counts(world: World, camera: Unit, period: Period, chance: Random) -> Mapping[str, float]:
    """Two rushes a day; quiet on Sundays, crowded on market days."""
    hour, day = period.start.astimezone(LOCAL).hour, period.day
    rush = exp(-((hour - 7) ** 2) / 4) + 0.9 * exp(-((hour - 17) ** 2) / 5)
    mood = (0.7 if day.weekday() == 6 else 1) + 0.5 * world.calendar.is_market_day(day)
    busy = (40 + 120 * world.trait(camera, "street")) * mood * (rush + 0.12 * (5 <= hour < 22))
    return {
        "cameras.vehicles": world.whole(busy, chance),
        "cameras.people": world.whole(busy * 0.6, chance),
    }


def accidents(world: World, _: Unit, __: Period, chance: Random) -> Mapping[str, float]:
    count = world.whole(0.9, chance)
    return {
        "cameras.accidents": count,
        "cameras.accident-deaths": int(count > 0 and chance.random() < 0.12),
        "cameras.accident-injuries": world.whole(count * 1.2, chance),
    }


def service(world: World, unit: Unit, period: Period, chance: Random) -> Mapping[str, float]:
    """Watched all day; a service is down for an hour now and then."""
    down = chance.uniform(600, 9_000) if chance.random() < 0.05 else chance.uniform(0, 120)
    left = 90 - (period.day.toordinal() + round(90 * world.trait(unit, "certificate"))) % 76
    return {
        "infrastructure.seconds-up": round(86_400 - down),
        "infrastructure.seconds-watched": 86_400,
        "infrastructure.response-ms": round(20 + 180 * chance.random() ** 3, 1),
        "infrastructure.certificate-days": left,
    }


def conferences(world: World, unit: Unit, _: Period, chance: Random) -> Mapping[str, float]:
    if "Hội nghị" not in unit.name_vi:
        return {}
    return {
        "infrastructure.conferences": world.whole(14, chance) + 1,
        "infrastructure.conferences-failed": world.whole(0.3, chance),
    }


FEEDS = (
    Feed(name="camera-health", level="camera", span=Span.DAY, figures=health, steady=True,
         after=timedelta(minutes=5)),
    Feed(name="camera-counts", level="camera", span=Span.HOUR, figures=counts, steady=True,
         after=timedelta(minutes=1)),
    Feed(name="accidents", level="commune", span=Span.MONTH, figures=accidents,
         after=timedelta(days=4)),
    Feed(name="services", level="service", span=Span.DAY, figures=service, steady=True,
         after=timedelta(minutes=5)),
    Feed(name="conferences", level="service", span=Span.MONTH, figures=conferences, steady=True,
         after=timedelta(days=3)),
)  # fmt: skip
