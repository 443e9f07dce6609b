"""What cameras showed of incidents: pictures that say whose they are, one look a camera."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, Table, and_, or_, select

from hub.records import cameras, devices, evidence, incidents, sightings
from hub.wording import LOCAL, eye


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """`camera` as people call it, with the time at which it was taken."""

    id: str
    camera: str
    captured_at: datetime

    @property
    def caption(self) -> str:
        """`Tháp Prao · hướng đông bắc, 19:50:11`."""
        return f"{self.camera}, {self.captured_at.astimezone(LOCAL):%H:%M:%S}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The newest of a camera's sightings of an incident; `code` is `<device>/<camera>`."""

    camera: str
    code: str
    device: str
    label: str
    score: float
    captured_at: datetime


def pictures(connection: Connection, rows: Iterable[Row[Any]]) -> dict[tuple[str, str], Picture]:
    """The newest picture by incident and size.  What was seen on after an incident was closed
    belongs to the one that followed; the closed one keeps what was taken until then."""
    found: dict[tuple[str, str], Picture] = {}
    for row in rows:
        columns = (evidence.c.id, evidence.c.size, evidence.c.captured_at)
        query = _named(evidence, *columns).join(
            sightings, sightings.c.sighting == evidence.c.sighting
        )
        query = query.where(_is_of(row))
        if row.closed_at is not None:
            query = query.where(evidence.c.captured_at <= row.closed_at)
        for each in connection.execute(query.order_by(evidence.c.captured_at)):
            picture = Picture(id=each.id, camera=_name(each), captured_at=each.captured_at)
            found[row.id, each.size] = picture
    return found


def looks(connection: Connection, incident: str) -> Sequence[Look]:
    """The cameras that see an incident, the newest first."""
    row = connection.execute(select(incidents).where(incidents.c.id == incident)).one_or_none()
    if row is None:
        return ()
    last: dict[str, Look] = {}
    query = _named(sightings, *sightings.c).where(_is_of(row))
    for each in connection.execute(query.order_by(sightings.c.captured_at.desc())):
        code = f"{each.device}/{each.camera}"
        look = Look(
            camera=_name(each), code=code, device=each.device, label=each.label,
            score=each.score, captured_at=each.captured_at,
        )  # fmt: skip
        last.setdefault(code, look)
    return tuple(last.values())


def counts(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """How many cameras see each incident."""
    query = (
        select(sightings.c.incident, sightings.c.device, sightings.c.camera)
        .where(sightings.c.incident.in_(list(names)))
        .distinct()
    )
    found: dict[str, int] = {}
    for row in connection.execute(query):
        found[row.incident] = found.get(row.incident, 0) + 1
    return found


def _is_of(incident: Row[Any]) -> Any:
    """The condition on a sighting: it is filed there, or was when the incident was closed."""
    own = sightings.c.incident == incident.id
    if incident.closed_at is None:
        return own
    return or_(own, sightings.c.sighting == incident.originator.rpartition("/")[2])


def _named(table: Table, *columns: Column[Any]) -> Select[Any]:
    """Rows of `table` beside what people call their device and camera."""
    here = and_(cameras.c.device == table.c.device, cameras.c.camera == table.c.camera)
    wanted = dict.fromkeys((*columns, table.c.device, table.c.camera))
    return (
        select(*wanted, devices.c.title.label("device_title"), cameras.c.title.label("eye_title"))
        .select_from(table)
        .outerjoin(devices, devices.c.device == table.c.device)
        .outerjoin(cameras, here)
    )


def _name(row: Row[Any]) -> str:
    return eye(row.device_title or row.device, row.eye_title or row.camera)
