"""The weather of a commune, hour by hour: what fires, rain, schools and air depend on."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from random import Random

from ioc.simulate.calendar import DAY, FOEHN_MONTHS, WET_DAYS, WET_MM
from ioc.simulate.world import World

WARMTH = (22, 24, 28, 31, 33, 34, 34, 33, 31, 28, 25, 22)
"""Degrees at 13:00, January to December."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """At 13:00, and the rain (mm) and dust (PM2.5, µg/m³) of the 24 local hours."""

    celsius: float
    humidity_percent: float
    wind_kmh: float
    rain_mm: tuple[float, ...]
    pm25: tuple[float, ...]

    @property
    def rain_of_day(self) -> float:
        return sum(self.rain_mm)


def weather(world: World, place: str, day: date) -> Weather:
    return _weather(world.seed, place, day)


@lru_cache(maxsize=4_096)
def _weather(seed: int, place: str, day: date) -> Weather:
    sky = Random(f"{seed}/sky/{day}")  # noqa: S311  (one sky over all communes)
    here = Random(f"{seed}/sky/{day}/{place}")  # noqa: S311
    month = day.month - 1
    wet = sky.random() < WET_DAYS[month]
    amount = sky.expovariate(1 / WET_MM[month]) * here.uniform(0.6, 1.5) if wet else 0.0
    dry_wind = day.month in FOEHN_MONTHS and not wet
    celsius = WARMTH[month] + sky.gauss(0, 1.5) + here.gauss(0, 0.6) - (3 if wet else 0)
    humidity = sky.gauss(82 if wet else 48 if dry_wind else 63, 5)
    return Weather(
        celsius=round(celsius + (2 if dry_wind else 0), 1),
        humidity_percent=round(min(max(humidity, 25), 98), 1),
        wind_kmh=round(max(here.gauss(14 if dry_wind else 8, 3), 0), 1),
        rain_mm=_hours(amount, here),
        pm25=tuple(_dust(hour, wet, here) for hour in range(24)),
    )


def _hours(amount: float, chance: Random) -> tuple[float, ...]:
    """A day's rain falls within some hours."""
    hours = [0.0] * 24
    if amount >= 0.2:
        begin, length = chance.randrange(24), chance.randint(2, 9)
        shares = [chance.random() for _ in range(length)]
        for offset, share in enumerate(shares):
            hours[(begin + offset) % 24] += round(amount * share / sum(shares), 1)
    return tuple(hours)


def _dust(hour: int, wet: bool, chance: Random) -> float:
    """More when people cook and drive, less in rain."""
    daily = 6 if hour in (6, 7, 8, 17, 18, 19) else 0
    return round(max((9 if wet else 16) + daily + chance.gauss(0, 2.5), 1), 1)


def dry_since(world: World, place: str, day: date, reset_mm: float, most: int = 90) -> date:
    """The last day whose rain took the fire index back to nothing."""
    begin = day
    while weather(world, place, begin).rain_of_day < reset_mm and (day - begin).days < most:
        begin -= DAY
    return begin
