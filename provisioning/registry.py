"""The registry: which boxes there are, where they stand, where their cameras point.

A device is invited (has a token), enrolled (has a certificate) or revoked.  Removing one would
forget whom its certificates were given to, so there is no removing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Row, insert, select, update

from contracts.identity import CameraName, DeviceName
from contracts.status import Pose
from contracts.topics import ISSUER
from provisioning import audit
from provisioning.errors import NameTaken, UnknownDevice
from provisioning.records import Occasion, certificates, devices

HUB = "hub"
SERVICES = (HUB, ISSUER)
"""Identities that the access list gives more than a device has."""


class State(StrEnum):
    INVITED = "invited"
    ENROLLED = "enrolled"
    REVOKED = "revoked"


class Mounted(BaseModel):
    """One camera of a box and how it stands; true north, degrees."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: CameraName
    pose: Pose | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """`name` or `name:azimuth:field-of-view`; raises ValueError."""
        name, *angles = text.split(":")
        if not angles:
            return cls(name=name)
        azimuth, fov = map(float, angles)
        return cls(name=name, pose=Pose(azimuth_deg=azimuth, fov_deg=fov))


class Card(BaseModel):
    """What a person says of a box when it is added."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: DeviceName
    title: str = Field(default="", max_length=80)
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)
    commune: str = Field(default="", max_length=80)
    cameras: tuple[Mounted, ...] = ()
    photo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A certificate that was given to a name."""

    serial: str
    purpose: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    reason: str | None
    pem: str

    def valid_at(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    card: Card
    state: State
    added_at: datetime
    certificates: tuple[Held, ...]

    @property
    def newest(self) -> Held | None:
        return self.certificates[-1] if self.certificates else None


def add(connection: Connection, occasion: Occasion, card: Card) -> None:
    """Raises NameTaken; a device called like a service would have its rights."""
    if card.name in SERVICES:
        raise NameTaken(card.name, "it is a service's")
    if connection.scalar(select(devices.c.name).where(devices.c.name == card.name)):
        raise NameTaken(card.name, "a device has it")
    row = card.model_dump(mode="json") | {
        "state": State.INVITED.value, "added_at": occasion.at.isoformat(),
    }  # fmt: skip
    connection.execute(insert(devices).values(row))
    audit.note(connection, occasion, "device-added", card.name, card.model_dump(mode="json"))


def find(connection: Connection, name: str) -> Device:
    """Raises UnknownDevice."""
    row = connection.execute(select(devices).where(devices.c.name == name)).one_or_none()
    if row is None:
        raise UnknownDevice(name)
    return _device(connection, row)


def known(connection: Connection) -> Sequence[Device]:
    """All of them, by name."""
    rows = connection.execute(select(devices).order_by(devices.c.name)).all()
    return [_device(connection, row) for row in rows]


def set_state(connection: Connection, name: str, state: State) -> None:
    connection.execute(update(devices).where(devices.c.name == name).values(state=state.value))


def held(connection: Connection, name: str) -> tuple[Held, ...]:
    """Certificates given to `name`, in the order of their making."""
    rows = connection.execute(
        select(certificates).where(certificates.c.name == name).order_by(certificates.c.issued_at)
    )
    return tuple(_held(row) for row in rows)


def _device(connection: Connection, row: Row[Any]) -> Device:
    said = {key: getattr(row, key) for key in Card.model_fields}
    return Device(
        card=Card.model_validate(said),
        state=State(row.state),
        added_at=datetime.fromisoformat(row.added_at),
        certificates=held(connection, row.name),
    )


def _held(row: Row[Any]) -> Held:
    return Held(
        serial=row.serial, purpose=row.purpose, reason=row.reason, pem=row.pem,
        issued_at=datetime.fromisoformat(row.issued_at),
        expires_at=datetime.fromisoformat(row.expires_at),
        revoked_at=datetime.fromisoformat(row.revoked_at) if row.revoked_at else None,
    )  # fmt: skip
