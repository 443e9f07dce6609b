"""Evidence: the JPEG that lets an officer judge.

On the wire: one line of JSON (the model below), a newline, the bytes of the JPEG.  A thumbnail
goes in the alarm lane and fits a 2G link; a picture follows in the bulk lane.
"""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from contracts.identity import CameraName, Lane, Ulid
from contracts.message import Numbered
from contracts.sighting import Label
from contracts.topics import Kind

THUMBNAIL_BYTES = 8_000
PICTURE_BYTES = 400_000
HEADER_BYTES = 1_024


class Size(StrEnum):
    THUMBNAIL = "thumbnail"
    PICTURE = "picture"

    @property
    def max_bytes(self) -> int:
        return THUMBNAIL_BYTES if self is Size.THUMBNAIL else PICTURE_BYTES

    @property
    def lane(self) -> Lane:
        return Lane.ALARM if self is Size.THUMBNAIL else Lane.BULK


class Evidence(Numbered):
    """The line before the JPEG; `length` and `sha256` (hex) bind the bytes to it."""

    kind: ClassVar[Kind] = Kind.EVIDENCE
    max_bytes: ClassVar[int] = HEADER_BYTES + PICTURE_BYTES

    sighting: Ulid
    camera: CameraName
    label: Label
    size: Size
    length: Annotated[int, Field(gt=0, le=PICTURE_BYTES)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

    @model_validator(mode="after")
    def _fits(self) -> "Evidence":
        if self.length > self.size.max_bytes:
            raise ValueError(f"a {self.size} has at most {self.size.max_bytes} bytes")
        if self.lane is not self.size.lane:
            raise ValueError(f"a {self.size} travels in lane {self.size.lane}")
        return self
