"""An incident's vocabulary: severity, verdict, event, and what it takes to raise one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    """From what may wait to what may not; `rank` orders them."""

    INFO = "info"
    WARNING = "warning"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class Subsystem(StrEnum):
    """Who is concerned, where the hub itself raises; the catalogue knows more of them."""

    FOREST_FIRE = "forest-fire"
    CAMERAS = "cameras"
    INFRASTRUCTURE = "infrastructure"


class IncidentType(StrEnum):
    """The types that the hub raises by itself; `raise_` takes any code of 1 to 32 characters."""

    FOREST_FIRE = "forest-fire"
    STREET_FIRE = "street-fire"
    DEVICE_TROUBLE = "device-trouble"
    HUB_TROUBLE = "hub-trouble"
    SERVICE_TROUBLE = "service-trouble"
    TRUST = "trust"
    REPORTED_FIRE = "reported-fire"
    REPORTED_LANDSLIDE = "reported-landslide"
    INDICATOR = "indicator"
    OVERDUE_CASE = "overdue-case"
    SILENT_FEED = "silent-feed"
    MENTION_SPIKE = "mention-spike"
    UPDATE_HALTED = "update-halted"


class Verdict(StrEnum):
    """What a person says an incident was."""

    CONFIRMED = "confirmed"
    FALSE_ALARM = "false-alarm"
    CONTROLLED_BURN = "controlled-burn"


class Event(StrEnum):
    """What a phone is told of."""

    OPENED = "incident.opened"
    UPDATED = "incident.updated"
    CLOSED = "incident.closed"


class Action(StrEnum):
    """The entries of an incident's history."""

    OPENED = "opened"
    SEVERITY = "severity"
    JOINED = "joined"
    CLEARED = "cleared"
    RETURNED = "returned"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"
    CONTINUED = "continued"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where: degrees WGS 84.  `fixed`: of the thing itself, else of the camera that looks
    along `bearing_deg` (clockwise from true north).  `camera` is `<device>/<camera>`."""

    lat: float | None = None
    lon: float | None = None
    fixed: bool = False
    bearing_deg: float | None = None
    sigma_deg: float | None = None
    camera: str | None = None
    camera_title: str | None = None
    commune_code: str | None = None
    commune: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """The state of a cause.  `(originator, type)` is the identity of the incident it keeps open.

    `captured_at` is when the world was so; `received_at` when the hub heard of it.
    """

    originator: str
    type: str
    subsystem: str
    severity: Severity
    title_vi: str
    text_vi: str
    captured_at: datetime
    received_at: datetime
    sent_at: datetime | None = None
    place: Place = Place()
    score: float | None = None
    drill: bool = False
    late: bool = False
    clock_suspect: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """What `raise_` did; `opened` is False when it refreshed an incident that was there."""

    incident: str
    opened: bool
