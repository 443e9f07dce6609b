"""The weather of a commune: the mean of its stations, or of the district's where it has none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hub.catalogue.loader import DISTRICT
from hub.reckoning.desk import HOUR, Desk, Hourly
from hub.wording import LOCAL

RAIN = "rain-1h"
KNOWN = 0.75
"""Of the hours of a day's rain that must have been told: a hole is not a dry hour."""
KNOWN_AT = time(14)
"""Before this hour today's 13:00 has not come in from every station."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sky:
    """What each station told, by the last word of the measure."""

    stations: tuple[str, ...]
    told: Mapping[str, Sequence[Hourly]]

    @property
    def first(self) -> datetime | None:
        """The first hour of which a station told the temperature: without it nothing is known."""
        return min((min(each) for each in self.told["temperature"] if each), default=None)

    def mean(self, what: str, at: datetime) -> float | None:
        """Of the hour that begins at `at`."""
        known = [each[at] for each in self.told[what] if at in each]
        return sum(known) / len(known) if known else None

    def rain(self, until: datetime) -> dict[datetime, float]:
        """Hourly means over the stations of the 24 hours before `until`."""
        hours = [until - HOUR * back for back in range(1, 25)]
        return {at: mean for at in hours if (mean := self.mean(RAIN, at)) is not None}


def stations(desk: Desk, commune: str) -> tuple[str, ...]:
    return desk.below(commune, "weather-station") or desk.below(DISTRICT, "weather-station")


def sky(desk: Desk, commune: str, since: datetime, *what: str) -> Sky:
    """`what`: the last words of `environment.` measures."""
    some = stations(desk, commune)
    told = {one: [desk.told(f"environment.{one}", each, since) for each in some] for one in what}
    return Sky(stations=some, told=told)


def newest_day(now: datetime) -> date:
    """Of which noon and 13:00 are known."""
    local = now.astimezone(LOCAL)
    return local.date() if local.time() >= KNOWN_AT else local.date() - timedelta(days=1)
