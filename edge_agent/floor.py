"""The noise floor of one camera: how strong the false evidence of a place and hour usually is.

The same rock glares, the same valley steams at the same hour of the day.  For each cell of a
coarse grid the best pooled score of every hour of the last week is kept; it is noise when the same
place, within an hour of the same time of day, reached it on two other days.  Two, so that what
burned for a day teaches nothing; and today's hours never count.  Fails open: what was not
learned is 0.

Pure but for `load` and `save`, a small file that is replaced as a whole.
"""

import io
import logging
import os
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from contracts.sighting import Box, Label
from edge_agent.detector import Detection

log = logging.getLogger(__name__)

ROWS, COLUMNS = 12, 16
"""A cell of a 4:3 picture is square and about as large as a plume a few kilometres away."""
DAYS = 7
RING = 24 * (DAYS + 1)
HOUR_S = 3600
LABELS = tuple(Label)
STEPS = 255
"""Scores are kept as whole numbers of this."""
NEVER = -1

Bytes = NDArray[np.uint8]


class NoiseFloor:
    """About 74 kB: labels × hours of eight days × rows × columns."""

    def __init__(self) -> None:
        self._best: Bytes = np.zeros((len(LABELS), RING, ROWS, COLUMNS), np.uint8)
        self._hour: NDArray[np.int64] = np.full(RING, NEVER, np.int64)

    def learn(self, one: Detection, at: datetime) -> None:
        """`one`, with its pooled score, was seen at `at` and was no fire."""
        hour = _hour(at)
        slot = hour % RING
        if self._hour[slot] != hour:
            self._hour[slot] = hour
            self._best[:, slot] = 0
        cells = self._best[LABELS.index(one.label), slot][_cells(one.box)]
        np.maximum(cells, np.uint8(one.score * STEPS), out=cells)

    def forget(self, seen: Iterable[Detection], since: datetime, at: datetime) -> None:
        """What was learned from `since` to `at` where `seen` stood: it was a fire after all."""
        slots = [hour % RING for hour in range(_hour(since), _hour(at) + 1)][-RING:]
        for one in seen:
            rows, columns = _cells(one.box)
            self._best[LABELS.index(one.label), slots, rows, columns] = 0

    def under(self, one: Detection, at: datetime) -> float:
        """The pooled score that noise reaches there at this time of day, 0..1."""
        label, cells = LABELS.index(one.label), _cells(one.box, wider=1)
        days = [
            max((self._best[label, slot][cells].max() for slot in slots), default=0)
            for slots in self._days(at)
        ]
        return float(sorted(days)[-2]) / STEPS

    def share(self, at: datetime) -> float:
        """Of the cells, those that are raised at this time of day; 0..1."""
        days = np.zeros((DAYS, ROWS, COLUMNS), np.uint8)
        for day, slots in enumerate(self._days(at)):
            for slot in slots:
                np.maximum(days[day], self._best[:, slot].max(0), out=days[day])
        return float(((days > 0).sum(0) >= 2).mean())

    def _days(self, at: datetime) -> Iterator[list[int]]:
        """For each past day the slots within an hour of the time of day of `at`."""
        now = _hour(at)
        for day in range(1, DAYS + 1):
            hours = (now - 24 * day + off for off in (-1, 0, 1))
            yield [hour % RING for hour in hours if self._hour[hour % RING] == hour]

    def save(self, path: Path) -> None:
        """Raises OSError; the file is whole, the old or the new."""
        new = path.with_name(path.name + ".new")
        with new.open("wb") as file:
            np.savez_compressed(file, best=self._best, hour=self._hour)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)

    @classmethod
    def load(cls, path: Path) -> "NoiseFloor":
        """What was saved there; a floor that knows nothing when there is no such file, or one
        that cannot be read (said in the log)."""
        floor = cls()
        try:
            data = path.read_bytes()
            with np.load(io.BytesIO(data), allow_pickle=False) as kept:
                best, hour = kept["best"], kept["hour"]
            if (best.shape, best.dtype) != (floor._best.shape, floor._best.dtype):
                raise ValueError(f"an array of {best.shape} {best.dtype}")
            if (hour.shape, hour.dtype) != (floor._hour.shape, floor._hour.dtype):
                raise ValueError(f"hours of {hour.shape} {hour.dtype}")
        except FileNotFoundError:
            return floor
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            log.warning("noise floor %s: unreadable (%s); it is learned anew", path, error)
            return floor
        floor._best, floor._hour = best, hour
        return floor


def _hour(at: datetime) -> int:
    return int(at.timestamp()) // HOUR_S


def _cells(box: Box, wider: int = 0) -> tuple[slice, slice]:
    """The cells that a box touches, and `wider` more to each side."""
    return _span(box.y, box.h, ROWS, wider), _span(box.x, box.w, COLUMNS, wider)


def _span(begin: float, length: float, count: int, wider: int) -> slice:
    first = min(max(int(begin * count), 0), count - 1)
    last = min(max(int((begin + length) * count), first), count - 1)
    return slice(max(first - wider, 0), last + wider + 1)
