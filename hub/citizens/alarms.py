"""A citizen's word of a fire or a landslide: joins what is known, or opens what is to verify.

One unclosed incident stands for a category and commune, however many people tell of it; phones
hear of the first and the second witness, not of each.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select

from hub.config import Citizens
from hub.database import Work
from hub.fires import TYPES as FIRES
from hub.geometry import Spot, distance_m
from hub.incident import Alarm, IncidentType, Place, Severity
from hub.incidents import Incidents
from hub.places import Commune
from hub.records import citizen_reports, incidents
from hub.wording import small

JOINED_VI = "người dân báo tin, chưa xác minh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What matters of a report for an alarm; `spot` lies in the district."""

    category: str
    text: str
    place: str
    spot: Spot | None
    commune: Commune | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    type: IncidentType
    joins: tuple[str, ...]
    subsystem: str
    what_vi: str


KINDS = {
    "chay": _Kind(
        type=IncidentType.REPORTED_FIRE,
        joins=(*FIRES, IncidentType.REPORTED_FIRE.value),
        subsystem="forest-fire",
        what_vi="cháy",
    ),
    "sat-lo": _Kind(
        type=IncidentType.REPORTED_LANDSLIDE,
        joins=(IncidentType.REPORTED_LANDSLIDE.value,),
        subsystem="environment",
        what_vi="sạt lở",
    ),
}
"""Categories of reports that are alarms."""


class ReportAlarms:
    """Stateless but for the wiring; each call inside of the caller's `Work`."""

    def __init__(self, open_incidents: Incidents, settings: Citizens) -> None:
        self._incidents = open_incidents
        self._settings = settings

    def tell(self, work: Work, told: Told, may_open: Callable[[], bool]) -> str | None:
        """The incident that the report belongs to; None if it is none, or opens too many."""
        kind = KINDS.get(told.category)
        if kind is None:
            return None
        known = self._known(work, told, kind)
        if known is not None:
            joined = JOINED_VI if _witnesses(work, known.id) < self._settings.witnesses_told else ""
            self._incidents.refresh(work, known.id, _more(known, told), joined=joined)
            return str(known.id)
        if not may_open():
            return None
        return self._incidents.raise_(work, _alarm(told, kind)).incident

    def _known(self, work: Work, told: Told, kind: _Kind) -> Row[Any] | None:
        query = select(incidents).where(
            incidents.c.closed_at.is_(None),
            incidents.c.drill.is_(False),
            incidents.c.type.in_(kind.joins),
        )
        rows = work.connection.execute(query.order_by(incidents.c.last_seen_at.desc())).all()
        recent = told.at - timedelta(minutes=self._settings.recent_min)
        return next(
            (row for row in rows
             if row.originator == _originator(told)
             or (row.last_seen_at >= recent and _is_near(row, told, self._settings.near_m))),
            None,
        )  # fmt: skip


def _is_near(row: Row[Any], told: Told, near_m: float) -> bool:
    """The position of a camera is not where its fire is."""
    if told.commune is not None and row.commune_code == told.commune.code:
        return True
    if told.spot is None or row.lat is None or not row.fixed:
        return False
    return distance_m(told.spot, Spot(row.lat, row.lon)) <= near_m


def _witnesses(work: Work, incident: str) -> int:
    query = (
        select(func.count())
        .select_from(citizen_reports)
        .where(citizen_reports.c.incident == incident)
    )
    return work.connection.scalar(query) or 0


def _more(row: Row[Any], told: Told) -> Alarm:
    """What the incident says already, and that people say it too."""
    also = "Người dân cũng báo tin (chưa xác minh)."
    text = row.text_vi if also in row.text_vi else f"{row.text_vi} {also}".strip()
    return Alarm(
        originator=row.originator, type=row.type, subsystem=row.subsystem,
        severity=Severity(row.severity), title_vi=row.title_vi, text_vi=text,
        captured_at=told.at, received_at=told.at, place=Place(
            lat=row.lat, lon=row.lon, fixed=row.fixed, bearing_deg=row.bearing_deg,
            sigma_deg=row.sigma_deg, camera=row.camera, camera_title=row.camera_title,
            commune_code=row.commune_code, commune=row.commune,
        ),
    )  # fmt: skip


def _alarm(told: Told, kind: _Kind) -> Alarm:
    where = small(told.commune.name) if told.commune else "chưa rõ xã"
    spot = told.spot
    return Alarm(
        originator=_originator(told),
        type=kind.type,
        subsystem=kind.subsystem,
        severity=Severity.MAJOR,
        title_vi=f"Người dân báo {kind.what_vi} – {where} (chưa xác minh)",
        text_vi="Tin của người dân, chưa ai xác minh. Đọc tin và xem ảnh ở mục Tin người dân.",
        captured_at=told.at,
        received_at=told.at,
        place=Place(
            lat=spot.lat if spot else None,
            lon=spot.lon if spot else None,
            fixed=spot is not None,
            commune_code=told.commune.code if told.commune else None,
            commune=told.commune.name if told.commune else None,
        ),
    )


def _originator(told: Told) -> str:
    return f"report {told.category} {told.commune.code if told.commune else 'district'}"
