"""A folder of pictures, played as time-lapse."""

import logging
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from contracts.clock import utc_now
from edge_agent.frame import Frame, SourceError
from edge_agent.sources.pace import Pace

log = logging.getLogger(__name__)

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp"}
DEFAULT_PACE_S = 1.0


class FolderSource:
    """Pictures in the order of their names; one that cannot be read is skipped and named."""

    def __init__(self, folder: Path, *, loop: bool, pace_s: float | None) -> None:
        self._folder = folder
        self._loop = loop
        self._pace = Pace(pace_s or DEFAULT_PACE_S)

    def frames(self) -> Iterator[Frame]:
        number = 0
        while True:
            files = self._pictures()
            shown = 0
            for file in files:
                image = cv2.imread(str(file), cv2.IMREAD_COLOR)
                if image is None:
                    log.warning("folder %s: %s is no picture, skipped", self._folder, file.name)
                    continue
                if not self._pace.wait():
                    return
                number, shown = number + 1, shown + 1
                yield Frame(image=np.asarray(image, np.uint8), captured_at=utc_now(), number=number)
            if not shown:
                raise SourceError(
                    source=str(self._folder),
                    why=f"none of its {len(files)} pictures can be read",
                    remedy=f"put {', '.join(sorted(SUFFIXES))} files there",
                )
            if not self._loop:
                return

    def close(self) -> None:
        self._pace.close()

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
