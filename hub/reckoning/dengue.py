"""Dengue outbreaks of each commune and day, from the notified cases."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, select

from contracts.indicator import ObservationBody
from hub.engines import epidemic
from hub.engines.epidemic import DengueCase
from hub.geometry import Spot
from hub.reckoning.desk import Desk, body
from hub.records import cases
from hub.wording import LOCAL

DISEASE = "sot-xuat-huyet"
"""Value of the attribute `disease` of a notified dengue case."""
MEMORY = timedelta(days=90)
"""Longer than an outbreak lasts: cases at most a fortnight apart, over a season's height."""


def reckon(desk: Desk) -> Iterator[ObservationBody]:
    rows = _notified(desk)
    for commune in desk.units("commune"):
        here = [row for row in rows if row.unit in desk.catalogue.below(commune, desk.today)]
        found = epidemic.dengue_outbreaks(
            (case for row in here if (case := _case(row)) is not None), epidemic.rules().dengue
        )
        for day in desk.days():
            active = sum(outbreak.active(day.day) for outbreak in found)
            yield body("health.dengue-clusters", commune, day, active)


def _notified(desk: Desk) -> list[Row[Any]]:
    query = select(cases).where(
        cases.c.type == "disease",
        cases.c.received_at >= desk.since - MEMORY,
        cases.c.attributes["disease"].as_string() == DISEASE,
    )
    return [row for row in desk.connection.execute(query) if row.outcome != "withdrawn"]


def _case(row: Row[Any]) -> DengueCase | None:
    """None where the place is not known: it can be near to nothing."""
    said = row.attributes
    if not isinstance(said.get("lat"), float | int) or not isinstance(said.get("lon"), float | int):
        return None
    return DengueCase(
        case=row.case, day=_onset(row), spot=Spot(said["lat"], said["lon"]),
        lab_confirmed=bool(said.get("lab_confirmed")),
    )  # fmt: skip


def _onset(row: Row[Any]) -> date:
    try:
        return date.fromisoformat(str(row.attributes.get("onset", "")))
    except ValueError:
        diagnosed: date = row.received_at.astimezone(LOCAL).date()
        return diagnosed
