"""Evidence: a JPEG is kept only after it was opened and read to its end."""

import io
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from contracts.evidence import Evidence
from hub.database import Work, upsert
from hub.feed import Topic
from hub.records import evidence

PIXELS = 50_000_000
"""A 400 kB JPEG may claim to unfold to gigabytes; no camera of ours has 50 megapixels."""


_UNREADABLE = (
    OSError, UnidentifiedImageError, SyntaxError, ValueError, Image.DecompressionBombError
)  # fmt: skip
"""What Pillow raises on bytes that are no picture, or too much of one."""


class CorruptPicture(ValueError):
    """Bytes that are not a whole JPEG; `why` is the decoder's word."""

    reason = "corrupt-jpeg"

    def __init__(self, *, evidence: str, why: str) -> None:
        self.evidence = evidence
        self.why = why
        super().__init__(f"evidence {evidence} is not a whole JPEG: {why}")


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Pixels."""

    width: int
    height: int


def measure(message: Evidence, jpeg: bytes) -> Dimensions:
    """Decodes the whole picture; raises CorruptPicture."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
            width, height = picture.size
            if width * height > PIXELS:
                raise CorruptPicture(evidence=message.id, why=f"{width} x {height} pixels")
            picture.load()
    except _UNREADABLE as wrong:
        if isinstance(wrong, CorruptPicture):
            raise
        raise CorruptPicture(evidence=message.id, why=str(wrong) or "unreadable") from None
    return Dimensions(width, height)


def store(work: Work, message: Evidence, jpeg: bytes, filed: dict[str, object]) -> None:
    """Keeps a picture; `filed` has `captured_at` and `received_at`.  Raises CorruptPicture."""
    size = measure(message, jpeg)
    row = {
        "id": message.id, "sighting": message.sighting, "device": message.device,
        "camera": message.camera, "label": message.label.value, "size": message.size.value,
        "width": size.width, "height": size.height, "jpeg": jpeg,
    }  # fmt: skip
    upsert(work.connection, evidence, [row | filed])
    work.changed(Topic.EVIDENCE, message.sighting)
