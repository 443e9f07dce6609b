"""All subsystems together, as one stream of words in the order of their telling."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from hub.catalogue.periods import Span
from hub.catalogue.records import Catalogue
from hub.wording import LOCAL
from ioc.simulate import (
    documents,
    economy,
    education,
    health,
    machines,
    nature,
    online,
    public_services,
    reports,
    story,
)
from ioc.simulate.calendar import DAY, moment
from ioc.simulate.feed import Feed
from ioc.simulate.told import Told, in_order
from ioc.simulate.world import World

FEEDS: tuple[Feed, ...] = (
    *education.FEEDS, *health.FEEDS, *nature.FEEDS, *machines.FEEDS, *economy.FEEDS,
    *public_services.FEEDS, *documents.FEEDS, *reports.FEEDS, *online.FEEDS,
)  # fmt: skip
STORIES = (public_services.stories, documents.incoming, documents.outgoing, reports.stories,
           health.stories, online.handed_over)  # fmt: skip
REFORM = date(2025, 7, 1)
"""The four communes are there since; nothing is told of before."""
HISTORY = 400 * DAY
"""Of what is told by month, quarter or year: last year's same period is there to compare with."""
COMPARED = ("visitors",)
"""Daily feeds whose last year is compared with."""
_AIR = "hub.reckoning.air: from the stations' PM2.5"
_RAIN = "hub.reckoning.rain: from the stations' hourly rain"
_FIRE = "hub.reckoning.fire_danger: from the stations' weather at 13:00"
_SCORE = "hub.reckoning.score766: from the month's figures"
_FORECAST = "the weather service: the simulated district tells tomorrow's level itself"
LEFT_TO_THE_HUB = {
    "education.attendance-fallen": "hub.reckoning.attendance: from the schools' mornings",
    "environment.forecast-temperature-13h": _FORECAST,
    "environment.forecast-humidity-13h": _FORECAST,
    "environment.forecast-rain": _FORECAST,
    "environment.vn-aqi-hour": _AIR,
    "environment.vn-aqi": _AIR,
    "environment.rain-3h": _RAIN,
    "environment.rain-24h": _RAIN,
    "forest-fire.danger-index": _FIRE,
    "forest-fire.dry-days": _FIRE,
    "forest-fire.danger-level": _FIRE,
    "health.dengue-clusters": "hub.reckoning.dengue: from the notified cases",
    "public-services.score-766": _SCORE,
    "public-services.score-transparency": _SCORE,
    "public-services.score-progress": _SCORE,
    "public-services.score-digitisation": _SCORE,
    "public-services.score-online": _SCORE,
    "public-services.score-satisfaction": _SCORE,
}
"""Measures of the catalogue that are not simulated, and who reports them."""


def computed(catalogue: Catalogue) -> frozenset[str]:
    """Measures that the hub reckons or watches itself (the catalogue's source says so)."""
    own = "Hệ thống tự"
    return frozenset(each.id for each in catalogue.measures.values() if each.source.startswith(own))


class District:
    """`without` names measures that are not told."""

    def __init__(self, world: World, without: frozenset[str] = frozenset()) -> None:
        self.world = world
        self._without = without

    def told(self, since: datetime, until: datetime) -> list[Told]:
        """What is told up to `until` by a district that began on the local day of `since`.

        Slow figures of the year before come first: a plan, last year's months.
        """
        words = (each for each in self._words(since, until) if each.at < until)
        return in_order(words)

    def news(self, after: datetime, until: datetime) -> list[Told]:
        """What is told in [after, until) by a district that has run for long."""
        begin = after - DAY * story.LONGEST
        words = self._words(begin, until)
        return in_order(each for each in words if after <= each.at < until)

    def _words(self, since: datetime, until: datetime) -> Iterator[Told]:
        first = since.astimezone(LOCAL).date()
        last = until.astimezone(LOCAL).date() + DAY
        for feed in FEEDS:
            for begin, end in _stretches(feed, first, until):
                yield from self._wanted(feed.told(self.world, begin, end))
        for stories in STORIES:
            yield from story.told(self.world, stories, first, last)
        yield from online.told(self.world, first, last)

    def _wanted(self, told: Iterator[Told]) -> Iterator[Told]:
        for each in told:
            if getattr(each.body, "measure", None) not in self._without:
                yield each


def _stretches(feed: Feed, first: date, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    if feed.span in (Span.MONTH, Span.QUARTER, Span.YEAR):
        yield moment(max(first - HISTORY, REFORM), 0), until
        return
    year = timedelta(days=365)
    if feed.name in COMPARED and first - year >= REFORM:
        yield moment(first - year - DAY, 0), until - year
    yield moment(first, 0), until
