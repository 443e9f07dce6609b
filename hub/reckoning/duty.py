"""How fast the desk is: minutes from a fire's first sign to a person's word, by commune and day."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from contracts.indicator import ObservationBody
from hub.catalogue.periods import Period, Span, containing
from hub.incident import IncidentType
from hub.reckoning.desk import Desk, body
from hub.records import incidents

FIRES = (IncidentType.FOREST_FIRE.value, IncidentType.STREET_FIRE.value)


def reckon(desk: Desk) -> Iterator[ObservationBody]:
    """Drills and what came late do not count: nobody could have been faster."""
    waits: dict[tuple[str, Period], list[float]] = defaultdict(list)
    query = select(incidents).where(
        incidents.c.type.in_(FIRES),
        incidents.c.opened_at >= desk.since,
        incidents.c.acknowledged_at.is_not(None),
        incidents.c.commune_code.is_not(None),
        incidents.c.drill.is_(False),
        incidents.c.late.is_(False),
    )
    for row in desk.connection.execute(query):
        day = containing(Span.DAY, row.opened_at)
        waits[row.commune_code, day].append(_minutes(row.opened_at, row.acknowledged_at))
    for (commune, day), minutes in waits.items():
        mean = sum(minutes) / len(minutes)
        yield body("forest-fire.ack-minutes", commune, day, round(mean, 2))


def _minutes(start: datetime, end: datetime) -> float:
    return max((end - start).total_seconds(), 0.0) / 60
