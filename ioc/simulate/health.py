"""Health stations, immunisation, notifiable diseases, and one cluster of dengue."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random

from hub.catalogue.periods import Period, Span
from hub.catalogue.records import Unit
from ioc.simulate.calendar import DAY, moment
from ioc.simulate.economy import people, size
from ioc.simulate.feed import Feed
from ioc.simulate.story import Diary, Step, Story
from ioc.simulate.world import World

A_DAY = 4.2
"""Notifiable cases of a day at scale 1, beside the cluster."""
DISEASES = ("tay-chan-mieng", "thuy-dau", "cum-mua", "sot-xuat-huyet", "tieu-chay")
OFTEN = (0.3, 0.2, 0.3, 0.08, 0.12)
DENGUE = "sot-xuat-huyet"
CLUSTER = (2, 3, 1, 2, 1, 0, 1)
"""New cases of the dengue cluster, day by day, within some 150 metres."""
METRES = 1 / 111_000


def _stories(world: World, day: date) -> tuple[Story, ...]:
    return tuple(_of_day(world, day))


def _of_day(world: World, day: date) -> Iterator[Story]:
    chance = world.chance("disease", day)
    communes = world.of_kind("commune")
    for number in range(world.whole(max(A_DAY * world.scale, 0.5), chance)):
        disease = chance.choices(DISEASES, OFTEN)[0]
        place = chance.choice(communes)
        spread = 4_000 * METRES
        yield _case(place, day, f"{number + 1:03}", disease, spread, chance)
    since = world.story_day("dengue", day)
    for number in range(CLUSTER[since] if since < len(CLUSTER) else 0):
        place = world.story_place("dengue", day)
        yield _case(place, day, f"o{number + 1}", DENGUE, 60 * METRES, chance)


def _case(
    place: Unit, day: date, number: str, disease: str, spread: float, chance: Random
) -> Story:
    """Reported within 48 hours, nearly always."""
    at = moment(day, chance.uniform(7.5, 17))
    late = chance.random() < 0.04
    reported = at + timedelta(hours=chance.uniform(50, 70) if late else chance.uniform(2, 40))
    said: dict[str, str | int | float | bool] = {
        "disease": disease, "group": "B", "at_once": False,
        "onset": str(day - DAY * chance.randint(1, 4)),
        "lab_confirmed": chance.random() < 0.4,
        "lat": round((place.lat or 0) + chance.gauss(0, spread), 5),
        "lon": round((place.lon or 0) + chance.gauss(0, spread), 5),
    }  # fmt: skip
    end = "loai-tru" if chance.random() < 0.04 else "da-bao-cao"
    return Story(
        type="disease", case=f"DEMO.cb-{day:%y%m%d}-{number}", unit=place.id,
        steps=(Step(at=at, state="chan-doan", attributes=said), Step(at=reported, state=end)),
    )  # fmt: skip


stories = Diary(_stories)


def dengue_week(world: World, commune: Unit, period: Period, _: Random) -> Mapping[str, float]:
    days = [period.day + DAY * n for n in range(7)]
    cases = sum(
        story.steps[0].attributes["disease"] == DENGUE
        for day in days
        for story in stories(world, day)
        if story.unit == commune.id
    )
    rains = 2.0 if period.day.month in (7, 8, 9, 10, 11) else 1.0
    return {
        "health.dengue-cases": cases,
        "health.dengue-threshold": round(rains * (1 + world.trait(commune, "dengue")), 1),
    }


def station(world: World, unit: Unit, period: Period, chance: Random) -> Mapping[str, float]:
    """Mondays are full, weekends are for emergencies; in the cold months more people come."""
    day = period.day
    centre = "Trung tâm" in unit.name_vi
    week = (1.3, 1.1, 1.0, 1.0, 0.95, 0.45, 0.3)[day.weekday()]
    cold = 1.2 if day.month in (11, 12, 1, 2) else 1.0
    visits = world.whole((95 if centre else 18) * week * cold, chance)
    beds = 60 if centre else 5
    return {
        "health.visits": visits,
        "health.visits-insured": round(visits * chance.uniform(0.9, 0.98)),
        "health.inpatients": min(world.whole(beds * 0.74, chance), round(beds * 1.1)),
        "health.beds": beds,
        "health.referrals": world.whole(visits * 0.03, chance),
    }


def month(world: World, commune: Unit, _: Period, chance: Random) -> Mapping[str, float]:
    population = people(world, commune)
    infants = round(population * 0.018)
    births = world.whole(9 * size(world, commune), chance)
    return {
        "health.population": population,
        "health.insured": round(population * (0.955 + 0.03 * world.trait(commune, "insured"))),
        "health.infants": infants,
        "health.infants-immunised": min(round(infants * chance.uniform(0.91, 0.99)), infants),
        "health.births": births,
        "health.births-four-checks": min(world.whole(births * 0.82, chance), births),
    }


def stations(world: World, commune: Unit, _: Period, __: Random) -> Mapping[str, float]:
    own = [each for each in world.of_kind("health-station") if each.parent == commune.id]
    doctors = sum(world.trait(each, "doctor") < 0.85 for each in own)
    return {"health.stations": len(own), "health.stations-with-doctor": doctors}


FEEDS = (
    Feed(name="stations-day", level="health-station", span=Span.DAY, figures=station,
         after=timedelta(hours=8)),
    Feed(name="health-month", level="commune", span=Span.MONTH, figures=month,
         after=timedelta(days=4)),
    Feed(name="health-quarter", level="commune", span=Span.QUARTER, figures=stations, early=True,
         after=timedelta(days=10), steady=True),
    Feed(name="dengue-week", level="commune", span=Span.WEEK, figures=dengue_week, steady=True,
         after=timedelta(hours=20)),
)  # fmt: skip
