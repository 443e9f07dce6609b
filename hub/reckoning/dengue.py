"""Dengue: outbreaks of each commune and day from the notified cases, and the threshold of each
week from the same week of past years."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, select

from contracts.indicator import ObservationBody
from hub.catalogue.periods import Span, between
from hub.engines import epidemic
from hub.engines.epidemic import DengueCase, Week
from hub.geometry import Spot
from hub.places import district
from hub.reckoning.desk import Desk, Reckoned, body
from hub.records import cases
from hub.wording import LOCAL

DISEASE = "sot-xuat-huyet"
"""Value of the attribute `disease` of a notified dengue case."""
WEEKLY = "health.dengue-cases"
THRESHOLD = "health.dengue-threshold"
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


def thresholds(desk: Desk) -> Iterator[Reckoned]:
    """Too few years told: no threshold, and the reason."""
    rule = epidemic.rules().excess
    weeks = list(between(Span.WEEK, desk.since, desk.now))
    since = weeks[0].start - timedelta(weeks=53 * rule.look_back_years)
    for commune in desk.units("commune"):
        counts = _counts(desk, commune, since)
        for week in weeks:
            found = epidemic.excess(counts, _iso(week.start), rule)
            known = found.threshold is not None
            yield Reckoned(
                measure=THRESHOLD, unit=commune, period=week, trace=found.trace,
                value=round(found.threshold, 2) if found.threshold is not None else None,
                why_vi="" if known else found.trace.notes_vi[0],
            )  # fmt: skip


def _counts(desk: Desk, commune: str, since: datetime) -> dict[Week, int]:
    """Before the communes were merged, the sum of those that it was merged from, where all of
    them told: a code may have meant another commune then."""
    here = next((one for one in district().communes
                 if one.code == commune and one.valid_on(desk.today)), None)  # fmt: skip
    begun = _midnight(here.valid_from) if here and here.valid_from else since
    counts = {
        _iso(start): int(value)
        for start, value in desk.told(WEEKLY, commune, since).items()
        if start >= begun
    }
    parts = [desk.told(WEEKLY, code, since) for code in (here.merged if here else ())]
    for start in set.intersection(*(set(part) for part in parts)) if parts else ():
        if start < begun:
            counts[_iso(start)] = int(sum(part[start] for part in parts))
    return counts


def _iso(start: datetime) -> Week:
    year, week, _ = start.astimezone(LOCAL).isocalendar()
    return Week(year=year, week=week)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL)


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
