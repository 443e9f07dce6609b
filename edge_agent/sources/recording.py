"""A video file, played as if it were live."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from contracts.clock import utc_now
from edge_agent.frame import Frame, SourceError
from edge_agent.sources.pace import Pace

log = logging.getLogger(__name__)

USUAL_FPS = 25.0
FPS_RANGE = (0.1, 240.0)
"""What a file claims beyond this is a broken header."""


class VideoSource:
    """Plays at the file's own frame rate; what the machine is too slow for is left out.

    Frames that do not decode are skipped.  A file of which nothing can be read raises
    SourceError; one that breaks off, or lost frames on the way, says so in the log.
    """

    def __init__(self, path: Path, loop: bool) -> None:
        self._path = path
        self._loop = loop
        self._pace = Pace(1 / USUAL_FPS)

    def frames(self) -> Iterator[Frame]:
        number = 0
        while not self._pace.closed:
            before = number
            for frame in self._play(number):
                number = frame.number
                yield frame
            if number == before and not self._pace.closed:
                raise SourceError(
                    source=str(self._path),
                    why="no frame of it can be read",
                    remedy="look whether it plays elsewhere; it may be cut short or no video",
                )
            if not self._loop:
                return

    def close(self) -> None:
        self._pace.close()

    def _play(self, number: int) -> Iterator[Frame]:
        capture = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        try:
            self._pace.restart(1 / _fps(capture))
            decoded = 0
            while capture.grab():
                decoded += 1
                if self._pace.skip():
                    continue
                if not self._pace.wait():
                    return
                read, image = capture.retrieve()
                if read:
                    number += 1
                    yield Frame(
                        image=np.asarray(image, np.uint8), captured_at=utc_now(), number=number
                    )
            self._tell_missing(decoded, int(capture.get(cv2.CAP_PROP_FRAME_COUNT)))
        finally:
            capture.release()

    def _tell_missing(self, decoded: int, promised: int) -> None:
        """Containers round their count, so a frame or two are no loss."""
        if 0 < decoded < promised - 2:
            log.warning(
                "video %s: %d of %d frames could be read: it is damaged or cut short",
                self._path, decoded, promised,
            )  # fmt: skip


def _fps(capture: Any) -> float:
    fps = float(capture.get(cv2.CAP_PROP_FPS))
    return fps if FPS_RANGE[0] <= fps <= FPS_RANGE[1] else USUAL_FPS
