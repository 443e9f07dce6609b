"""Telemetry: figures of a box, a camera or a weather station at one moment."""

from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from contracts.identity import CameraName
from contracts.measurement import FROM_DEVICES, SHAPES, Measurement
from contracts.message import Numbered
from contracts.topics import Kind


class Telemetry(Numbered):
    """`values` are fields of the measurement's frozen shape, in its units."""

    kind: ClassVar[Kind] = Kind.TELEMETRY

    measurement: Measurement
    camera: CameraName | None = None
    values: Annotated[dict[str, float], Field(min_length=1, max_length=32)]

    @model_validator(mode="after")
    def _keeps_the_shape(self) -> "Telemetry":
        if self.measurement not in FROM_DEVICES:
            raise ValueError(f"{self.measurement!s} is written by the hub, not by devices")
        shape = SHAPES[self.measurement]
        unknown = self.values.keys() - shape.fields.keys()
        if unknown:
            raise ValueError(f"{self.measurement!s} has no field {min(unknown)!r}")
        if ("camera" in shape.tags) != (self.camera is not None):
            raise ValueError(f"'camera' is for the measurement 'camera', not {self.measurement!s}")
        return self
