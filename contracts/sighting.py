"""A sighting: smoke or fire confirmed over time by one camera, at one place in its view."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from contracts.clock import Moment
from contracts.identity import CameraName, Ulid
from contracts.message import Message, Numbered
from contracts.topics import Kind

Fraction = Annotated[float, Field(ge=0, le=1)]


class Label(StrEnum):
    SMOKE = "smoke"
    FIRE = "fire"


class State(StrEnum):
    """A sighting's life: opened once, updated while it lasts, closed once."""

    OPENED = "opened"
    UPDATED = "updated"
    CLOSED = "closed"


class Box(Message):
    """A rectangle in the picture, as fractions of its width and height, from the top left."""

    x: Fraction
    y: Fraction
    w: Fraction
    h: Fraction


class Finding(Message):
    """One box of the frame that the message was made from."""

    label: Label
    score: Fraction
    box: Box


class Bearing(Message):
    """Where the camera looks at the thing.  Degrees clockwise from true north."""

    azimuth_deg: Annotated[float, Field(ge=0, lt=360)]
    sigma_deg: Annotated[float, Field(gt=0, le=180, description="one standard deviation")]
    width_deg: Annotated[float, Field(ge=0, le=360, description="opening of the box")]


class Position(Message):
    """WGS 84, degrees."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]


class Sighting(Numbered):
    """`score` is pooled over `frames` since `first_seen_at`; `findings` are the last frame's."""

    kind: ClassVar[Kind] = Kind.SIGHTING

    sighting: Ulid
    state: State
    camera: CameraName
    label: Label
    score: Fraction
    first_seen_at: Moment
    frames: Annotated[int, Field(ge=1)]
    findings: Annotated[tuple[Finding, ...], Field(max_length=20)] = ()
    bearing: Bearing | None = None
    position: Position | None = None
    model: Annotated[str, Field(max_length=64, description="name and version of the detector")] = ""

    @model_validator(mode="after")
    def _seen_before_captured(self) -> "Sighting":
        if self.first_seen_at > self.captured_at:
            raise ValueError("first_seen_at is after captured_at")
        return self
