"""Status: what a device is and whether it is there.  Retained; also its last will."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.clock import Moment
from contracts.identity import CameraName, DeviceName
from contracts.message import Message
from contracts.sighting import Position
from contracts.topics import Kind, Topic


class Presence(StrEnum):
    ONLINE = "online"
    OFFLINE = "offline"


class Pose(Message):
    """How a fixed camera stands: degrees clockwise from true north, and its opening."""

    azimuth_deg: Annotated[float, Field(ge=0, lt=360)]
    fov_deg: Annotated[float, Field(gt=0, le=180)]


class CameraCard(Message):
    """What a console needs to show a camera: its name for people and its place."""

    name: CameraName
    title: Annotated[str, Field(max_length=80)] = ""
    scene: Annotated[str, Field(max_length=24, description="tower or street")] = "tower"
    position: Position | None = None
    pose: Pose | None = None


class Status(Message):
    """`at` is when the device said so; in a last will, when it connected."""

    kind: ClassVar[Kind] = Kind.STATUS
    max_bytes: ClassVar[int] = 16_384

    v: Literal[1] = 1
    device: DeviceName
    state: Presence
    at: Moment
    title: Annotated[str, Field(max_length=80)] = ""
    software: Annotated[str, Field(max_length=64)] = ""
    model: Annotated[str, Field(max_length=64)] = ""
    reason: Annotated[
        str, Field(max_length=200, description="why offline, or what ails it though online")
    ] = ""
    cameras: Annotated[tuple[CameraCard, ...], Field(max_length=32)] = ()

    @property
    def topic(self) -> Topic:
        return Topic(device=self.device, kind=self.kind)
