"""A folder of pictures, played as time-lapse."""

import logging
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from contracts.clock import utc_now
from edge_agent.frame import Frame, Image, SourceError
from edge_agent.sources.pace import Pace

log = logging.getLogger(__name__)

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp"}
DEFAULT_PACE_S = 1.0
JPEG, JPEG_SCAN, JPEG_END = b"\xff\xd8", b"\xff\xda", b"\xff\xd9"


class FolderSource:
    """Pictures in the order of their names, one each `pace_s` seconds.

    One that cannot be read, or is cut short, is skipped, named and counted in the log.  When it
    loops, the folder is listed anew each time round.
    """

    def __init__(self, folder: Path, *, loop: bool, pace_s: float | None) -> None:
        self._folder = folder
        self._loop = loop
        self._pace = Pace(DEFAULT_PACE_S if pace_s is None else pace_s)

    def frames(self) -> Iterator[Frame]:
        number = 0
        while not self._pace.closed:
            before = number
            for image in self._round():
                if not self._pace.wait():
                    return
                number += 1
                yield Frame(image=image, captured_at=utc_now(), number=number)
            if number == before:
                raise SourceError(
                    source=str(self._folder),
                    why="none of its pictures can be read",
                    remedy=f"put {', '.join(sorted(SUFFIXES))} files there",
                )
            if not self._loop:
                return

    def close(self) -> None:
        self._pace.close()

    def _round(self) -> Iterator[Image]:
        files = self._pictures()
        skipped = 0
        for file in files:
            image = _read(file)
            if image is None:
                skipped += 1
                log.warning("folder %s: %s is no whole picture: skipped", self._folder, file.name)
            else:
                yield image
        if skipped:
            log.warning("folder %s: %d of %d files skipped", self._folder, skipped, len(files))

    def _pictures(self) -> list[Path]:
        try:
            entries = sorted(self._folder.iterdir())
        except OSError as gone:
            raise SourceError(
                source=str(self._folder),
                why=gone.strerror or "unreadable",
                remedy="look at the disk",
            ) from gone
        return [entry for entry in entries if entry.suffix.lower() in SUFFIXES]


def _read(file: Path) -> Image | None:
    """None for what is no picture, or only the first half of one (libjpeg greys the rest)."""
    try:
        data = file.read_bytes()
        if data.startswith(JPEG) and data.rfind(JPEG_END) < data.rfind(JPEG_SCAN):
            return None
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except (OSError, cv2.error):
        return None
    return None if image is None else np.asarray(image, np.uint8)
