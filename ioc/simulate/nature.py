"""Forest fire and environment: weather through the hub's own engines, towers, rain, air, dams."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from math import cos, tau
from random import Random

from hub.catalogue.periods import Period, Span
from hub.catalogue.records import Unit
from hub.engines import danger, fwi, rain
from hub.wording import LOCAL
from ioc.simulate.calendar import DAY
from ioc.simulate.feed import Feed
from ioc.simulate.weather import dry_since, weather
from ioc.simulate.world import World

FWI_DAYS = 20
"""Days that the moisture codes are run before one that is told: the fast ones forget sooner."""
A_VUONG = (352.0, 378.0)
"""Metres: low in August, high in December."""


def fire_danger(world: World, commune: Unit, period: Period, _: Random) -> Mapping[str, float]:
    """What comes from forecasts; the index of the day itself the hub reckons from the stations."""
    tomorrow = _danger(world, commune.id, period.day + DAY)
    return {
        "forest-fire.danger-level-tomorrow": tomorrow.level.level,
        "forest-fire.fwi": round(_fwi(world, commune, period.day), 1),
    }


def _danger(world: World, commune: str, day: date) -> danger.Danger:
    rules = _danger_rules()
    begin = dry_since(world, commune, day, rules.index.rain_reset_mm)
    days = [_day(world, commune, begin + DAY * n) for n in range((day - begin).days + 1)]
    table = next(iter(rules.tables))
    return danger.reckon(days, rules, danger.Method(table=table))[-1]


def _day(world: World, commune: str, day: date) -> danger.Weather:
    sky = weather(world, commune, day)
    return danger.Weather(
        day=day, t13=sky.celsius, rh13=sky.humidity_percent,
        rain=danger.Rain(mm=sky.rain_of_day), wind_kmh=sky.wind_kmh,
    )  # fmt: skip


def _fwi(world: World, commune: Unit, day: date) -> float:
    rules = _fwi_rules()
    codes, value = rules.start, 0.0
    for back in range(FWI_DAYS, -1, -1):
        then = day - DAY * back
        sky = weather(world, commune.id, then)
        told = fwi.Weather(
            month=then.month, celsius=sky.celsius, humidity_percent=sky.humidity_percent,
            wind_kmh=sky.wind_kmh, rain_mm=sky.rain_of_day,
        )  # fmt: skip
        found = fwi.reckon(codes, told, rules, lat=commune.lat or 0.0)
        codes, value = found.codes, found.fwi
    return value


@lru_cache(maxsize=1)
def _danger_rules() -> danger.Rules:
    return danger.rules()


@lru_cache(maxsize=1)
def _fwi_rules() -> fwi.Rules:
    return fwi.rules()


@lru_cache(maxsize=1)
def _rain_rules() -> rain.Rules:
    return rain.rules()


def burns(world: World, commune: Unit, day: date) -> bool:
    """The day of the fire story, in its commune."""
    began = world.story_day("forest-fire", day) == 0
    return began and world.story_place("forest-fire", day).id == commune.id


def fires(world: World, commune: Unit, period: Period, chance: Random) -> Mapping[str, float]:
    day = period.day
    season = world.calendar.is_fire_season(day)
    fire = int(burns(world, commune, day))
    hot = world.whole(0.5 if season else 0.06, chance) + 2 * fire
    figures = {
        "forest-fire.hotspots": hot,
        "forest-fire.fires": fire,
        "forest-fire.burnt-area": round(fire * chance.uniform(0.4, 2.6), 2),
        "forest-fire.patrols": world.whole(3 if season else 1.4, chance),
    }
    if hot:
        figures["forest-fire.ack-minutes"] = round(chance.uniform(0.4, 2.4), 1)
        figures["forest-fire.verify-minutes"] = round(chance.uniform(1.5, 6.0), 1)
    return figures


def towers(world: World, _: Unit, __: Period, chance: Random) -> Mapping[str, float]:
    """Lightning and mud: a tower is off for hours now and then."""
    off = chance.uniform(60, 600) if chance.random() < 0.04 else chance.uniform(0, 12)
    return {
        "forest-fire.minutes-online": round(1440 - off),
        "forest-fire.minutes-expected": 1440,
        "forest-fire.false-alarms": world.whole(0.3, chance),
        "forest-fire.tower-days": 1,
    }


def station(world: World, unit: Unit, period: Period, chance: Random) -> Mapping[str, float]:
    """One hour of a station: warmest and driest at 13:00; rain and dust of its commune."""
    hour = period.start.astimezone(LOCAL)
    sky = weather(world, unit.parent or "", hour.date())
    swing = (1 - cos(tau * (hour.hour - 1) / 24)) / 2
    return {
        "environment.pm25": round(max(sky.pm25[hour.hour] + chance.gauss(0, 0.6), 0.5), 1),
        "environment.temperature": round(sky.celsius - 9 * (1 - swing), 1),
        "environment.humidity": round(min(sky.humidity_percent + 25 * (1 - swing), 99), 1),
        "environment.wind-speed": round(sky.wind_kmh * (0.4 + 0.6 * swing), 1),
        "environment.rain-1h": round(sky.rain_mm[hour.hour], 1),
    }


def landslide(world: World, commune: Unit, period: Period, _: Random) -> Mapping[str, float]:
    """Of the commune's most dangerous slope."""
    days = [weather(world, commune.id, period.day - DAY * n).rain_of_day for n in range(8)]
    slope = rain.Spot(id="mp", name_vi="Điểm mô phỏng", hazard=rain.Hazard.HIGH)
    risk = rain.landslide(rain.fallen_by_day(days), [slope], _rain_rules().landslide)
    return {"environment.landslide-level": max(each.level for each in risk)}


def reservoir(_: World, __: Unit, period: Period, chance: Random) -> Mapping[str, float]:
    low, high = A_VUONG
    at = period.start.timetuple().tm_yday + period.start.hour / 24
    level = (low + high) / 2 + (high - low) / 2 * cos(tau * (at - 345) / 365)
    return {"environment.reservoir-a-vuong-level": round(level + chance.gauss(0, 0.05), 2)}


def waste(world: World, commune: Unit, _: Period, chance: Random) -> Mapping[str, float]:
    tons = round(60 + 90 * world.trait(commune, "waste") + chance.gauss(0, 5), 1)
    return {
        "environment.waste-generated": tons,
        "environment.waste-collected": round(tons * chance.uniform(0.78, 0.93), 1),
    }


FEEDS = (
    Feed(name="fire-danger", level="commune", span=Span.DAY, figures=fire_danger, early=True,
         after=timedelta(hours=13, minutes=20), steady=True),
    Feed(name="fires", level="commune", span=Span.DAY, figures=fires, after=timedelta(hours=7)),
    Feed(name="towers", level="tower", span=Span.DAY, figures=towers, steady=True,
         after=timedelta(minutes=5)),
    Feed(name="stations", level="weather-station", span=Span.HOUR, figures=station, steady=True,
         after=timedelta(minutes=2)),
    Feed(name="landslide", level="commune", span=Span.DAY, figures=landslide, steady=True,
         after=timedelta(minutes=15)),
    Feed(name="reservoir", level="reservoir", span=Span.HOUR, figures=reservoir, steady=True,
         after=timedelta(minutes=3)),
    Feed(name="waste", level="commune", span=Span.MONTH, figures=waste, after=timedelta(days=4)),
)  # fmt: skip
