"""A frame, and what it is to be a source of frames."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""Height × width × 3, blue-green-red, as OpenCV has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One picture of the world; `captured_at` is UTC, `number` counts from 1 within a source."""

    image: Image
    captured_at: datetime
    number: int


class SourceError(Exception):
    """A source that cannot be read now; names the source and what to do about it."""

    def __init__(self, *, source: str, why: str, remedy: str) -> None:
        self.source = source
        self.why = why
        self.remedy = remedy
        super().__init__(f"{source}: {why}; {remedy}")


class Source(Protocol):
    """Frames at the pace of the world (a recording plays at its own pace).

    `frames` ends when the recording ends and raises SourceError when a live source is lost;
    calling it again opens the source anew.  `close` may be called from another thread.
    """

    def frames(self) -> Iterator[Frame]: ...

    def close(self) -> None: ...
