"""What the pages show, read from the records: incidents with their pictures, devices, cameras."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select

from contracts.evidence import Size
from contracts.trust import Concern
from hub.config import Rules
from hub.incidents import CLOSES_BY_ITSELF
from hub.records import cameras, devices, evidence, incident_history, incidents
from hub.trust import originator
from hub.web import sights
from hub.web.sights import Picture
from hub.web.subject import OF_MACHINES, SEEN, Subject, subject

MOST_OPEN = 60
"""Open incidents on the board: more is a catastrophe that the list of all shows."""
MOST_DEVICES = 40
LATE_S = 90.0
"""Three reports of the usual thirty seconds missed."""


class DeviceState(StrEnum):
    """From worst to best."""

    OFFLINE = "offline"
    SILENT = "silent"
    BLIND = "blind"
    LATE = "late"
    ONLINE = "online"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraView:
    """A camera as it is now; `frame_age_s` None when no frame was ever told of."""

    device: str
    name: str
    title: str
    scene: str
    lat: float | None
    lon: float | None
    azimuth_deg: float | None
    fov_deg: float | None
    frame_age_s: float | None
    frames_per_second: float | None
    changing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceView:
    name: str
    title: str
    state: DeviceState
    reason: str
    software: str
    model: str
    last_seen_at: datetime
    skew_s: float | None
    cameras: tuple[CameraView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """A row of `incidents`, its best pictures, and how many cameras see it."""

    row: Row[Any]
    picture: Picture | None
    thumbnail: Picture | None
    cameras: int

    @property
    def needs_a_person(self) -> bool:
        return self.row.acknowledged_at is None and self.row.closed_at is None

    @property
    def is_machine(self) -> bool:
        """A machine's trouble, which nobody can confirm as a fire."""
        return self.row.type in CLOSES_BY_ITSELF

    @property
    def is_device(self) -> bool:
        """A box's or the hub's own trouble, not a figure's."""
        return self.row.type in OF_MACHINES

    @property
    def is_seen(self) -> bool:
        """By a camera: its picture came or is on its way."""
        return self.row.type in SEEN or self.picture is not None or self.thumbnail is not None

    @property
    def subject(self) -> Subject | None:
        return subject(self.row)

    @property
    def rank(self) -> str:
        return "done" if not self.needs_a_person else str(self.row.severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The picture at two in the morning."""

    at: datetime
    open: tuple[IncidentView, ...]
    devices: tuple[DeviceView, ...]
    shown: tuple[DeviceView, ...]
    counts: dict[DeviceState, int]
    total: int
    """Open incidents, those beyond `open` too."""
    waiting: int
    """Of them, those that wait for a person."""

    @property
    def is_whole(self) -> bool:
        """There are cameras, and none is known not to see."""
        return bool(self.devices) and set(self.counts) <= {DeviceState.ONLINE, DeviceState.LATE}


def board(connection: Connection, rules: Rules, now: datetime) -> Board:
    """What waits for a person first; a fire before any machine's trouble; then the newest."""
    query = (
        select(incidents)
        .where(incidents.c.closed_at.is_(None))
        .order_by(
            incidents.c.acknowledged_at.is_not(None),
            incidents.c.type.in_(CLOSES_BY_ITSELF),
            incidents.c.opened_at.desc(),
        )
        .limit(MOST_OPEN)
    )
    known = all_devices(connection, rules, now)
    counted = select(
        func.count(), func.count().filter(incidents.c.acknowledged_at.is_(None))
    ).where(incidents.c.closed_at.is_(None))
    total, waiting = connection.execute(counted).one()
    return Board(
        at=now,
        open=tuple(with_pictures(connection, query)),
        devices=known,
        shown=known[:MOST_DEVICES],
        counts=dict(Counter(device.state for device in known)),
        total=total,
        waiting=waiting,
    )


def with_pictures(connection: Connection, query: Select[Any]) -> list[IncidentView]:
    rows = connection.execute(query).all()
    best = sights.pictures(connection, rows)
    seen_by = sights.counts(connection, [row.id for row in rows])
    return [
        IncidentView(
            row=row,
            picture=best.get((row.id, Size.PICTURE.value)),
            thumbnail=best.get((row.id, Size.THUMBNAIL.value)),
            cameras=seen_by.get(row.id, 0),
        )
        for row in rows
    ]


def incident(connection: Connection, name: str) -> IncidentView | None:
    return next(
        iter(with_pictures(connection, select(incidents).where(incidents.c.id == name))), None
    )


def history(connection: Connection, name: str) -> Sequence[Row[Any]]:
    """Newest first."""
    query = select(incident_history).where(incident_history.c.incident == name)
    return connection.execute(query.order_by(incident_history.c.id.desc()).limit(200)).all()


def open_of(connection: Connection, device: str) -> Sequence[Row[Any]]:
    """Unclosed incidents that a device raised or that are about it, newest first."""
    mine = incidents.c.originator
    query = select(incidents).where(
        incidents.c.closed_at.is_(None),
        or_(
            mine.in_([device, f"{device}#self", *(originator(each, device) for each in Concern)]),
            mine.startswith(f"{device}/", autoescape=True),
        ),
    )
    return connection.execute(query.order_by(incidents.c.id.desc()).limit(MOST_OPEN)).all()


def jpeg(connection: Connection, name: str) -> bytes | None:
    query = select(evidence.c.jpeg).where(evidence.c.id == name)
    found: bytes | None = connection.scalar(query)
    return found


def all_devices(connection: Connection, rules: Rules, now: datetime) -> tuple[DeviceView, ...]:
    """Worst first, then by name."""
    eyes: dict[str, list[CameraView]] = {}
    for row in connection.execute(select(cameras).order_by(cameras.c.device, cameras.c.camera)):
        eyes.setdefault(row.device, []).append(_camera(row, now))
    views = [
        _device(row, tuple(eyes.get(row.device, ())), rules, now)
        for row in connection.execute(select(devices))
    ]
    order = list(DeviceState)
    return tuple(sorted(views, key=lambda view: (order.index(view.state), view.name)))


def _device(row: Row[Any], eyes: tuple[CameraView, ...], rules: Rules, now: datetime) -> DeviceView:
    quiet = now - row.last_seen_at
    state = DeviceState.ONLINE
    if row.state == DeviceState.OFFLINE.value:
        state = DeviceState.OFFLINE
    elif quiet > timedelta(seconds=rules.offline_after_s):
        state = DeviceState.SILENT
    elif any(_is_blind(camera, rules) for camera in eyes):
        state = DeviceState.BLIND
    elif quiet > timedelta(seconds=LATE_S):
        state = DeviceState.LATE
    return DeviceView(
        name=row.device, title=row.title, state=state, reason=row.reason, software=row.software,
        model=row.model, last_seen_at=row.last_seen_at, skew_s=row.skew_s, cameras=eyes,
    )  # fmt: skip


def _is_blind(camera: CameraView, rules: Rules) -> bool:
    stale = camera.frame_age_s is not None and camera.frame_age_s > rules.blind_after_s
    return stale or not camera.changing


def _camera(row: Row[Any], now: datetime) -> CameraView:
    age = None if row.last_frame_at is None else (now - row.last_frame_at).total_seconds()
    return CameraView(
        device=row.device, name=row.camera, title=row.title, scene=row.scene, lat=row.lat,
        lon=row.lon, azimuth_deg=row.azimuth_deg, fov_deg=row.fov_deg,
        frame_age_s=None if age is None else max(age, 0.0),
        frames_per_second=row.frames_per_second,
        changing=row.changing is None or bool(row.changing),
    )  # fmt: skip
