"""How good a detector is: average precision, recall at a false-alarm budget, and how sure we are.

Only numpy.  A class that was not boxed in a picture counts there for nothing: neither its
detections nor its absence.  A detection most of which lies in a region of unknown truth, or on a
box already found, follows the rules below.

Matching is that of Pascal VOC: best score first, each detection takes the free box that it
overlaps most, if at least by the threshold.  A second detection of the same box is false.
Average precision is the area under the precision envelope over all recall points.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.dataset import Floats, Truth

COCO_OVERLAPS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
INSIDE_UNKNOWN = 0.5

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A detector's answer on one picture: corners x1 y1 x2 y2 as fractions, any order."""

    boxes: Floats
    scores: Floats
    classes: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One picture and class: each counted detection's score and whether it was right.

    `right` is [overlaps, detections]; `boxes` how many there were to find.
    """

    scores: Floats
    right: NDArray[np.bool_]
    boxes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A figure and the middle 95 % of its bootstrap over pictures (or groups); NaN if none."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        if np.isnan(self.value):
            return "-"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def judge(
    truth: Truth, found: Found, class_: int, overlaps: Sequence[float] = COCO_OVERLAPS
) -> Judged | None:
    """None where the class is unknown in the whole picture: nothing can be said."""
    whole = np.array([0, 0, 1, 1], np.float32)
    regions = truth.unknown[truth.unknown_classes == class_]
    if any(np.allclose(region, whole) for region in regions):
        return None
    mine = found.classes == class_
    order = np.argsort(-found.scores[mine], kind="stable")
    boxes, scores = found.boxes[mine][order], found.scores[mine][order]
    wanted = truth.boxes[truth.classes == class_]
    overlap = iou(boxes, wanted)
    right = np.stack([_match(overlap, least) for least in overlaps])
    unsure = (coverage(boxes, regions) >= INSIDE_UNKNOWN) & ~right.any(0)
    return Judged(scores=scores[~unsure], right=right[:, ~unsure], boxes=wanted.shape[0])


def _match(overlap: Floats, least: float) -> NDArray[np.bool_]:
    free = np.ones(overlap.shape[1], bool)
    right = np.zeros(overlap.shape[0], bool)
    for row in range(overlap.shape[0]):
        if not free.any():
            break
        best = int(np.argmax(np.where(free, overlap[row], -1.0)))
        if overlap[row, best] >= least:
            right[row], free[best] = True, False
    return right


def average_precision(judged: Sequence[Judged], overlap_row: int) -> float:
    """NaN when there is no box to find."""
    total = sum(one.boxes for one in judged)
    if not total:
        return float("nan")
    scores, right = pooled(judged, overlap_row)
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(right[order])
    recall = hits / total
    precision = hits / np.arange(1, hits.size + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    steps = np.diff(np.concatenate([[0.0], recall]))
    return float((steps * envelope).sum())


def recall_at(judged: Sequence[Judged], false_per_image: float, overlap_row: int = 0) -> float:
    """Share of boxes found at the lowest threshold that keeps the false alarms in the budget."""
    total = sum(one.boxes for one in judged)
    if not total:
        return float("nan")
    scores, right = pooled(judged, overlap_row)
    order = np.argsort(-scores, kind="stable")
    false = np.cumsum(~right[order])
    hits = np.cumsum(right[order])
    allowed = np.flatnonzero(false <= false_per_image * len(judged))
    return float(hits[allowed[-1]] / total) if allowed.size else 0.0


def precision_recall(
    judged: Sequence[Judged], threshold: float, overlap_row: int = 0
) -> tuple[float, float]:
    """At one score threshold; NaN where undefined."""
    total = sum(one.boxes for one in judged)
    scores, right = pooled(judged, overlap_row)
    hits, said = int(right[scores >= threshold].sum()), int((scores >= threshold).sum())
    precision = hits / said if said else float("nan")
    return precision, (hits / total if total else float("nan"))


def alarm_rate(judged: Sequence[Judged], threshold: float) -> float:
    """Share of pictures without a box in which anything counted scores at least `threshold`."""
    empty = [one for one in judged if not one.boxes]
    if not empty:
        return float("nan")
    return float(np.mean([bool((one.scores >= threshold).any()) for one in empty]))


def best_threshold(judged: Sequence[Judged], overlap_row: int = 0) -> float:
    """The score with the best F1; 0.5 when nothing was found."""
    total = sum(one.boxes for one in judged)
    scores, right = pooled(judged, overlap_row)
    if not scores.size or not total:
        return 0.5
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(right[order])
    f1 = 2 * hits / (total + np.arange(1, hits.size + 1))
    return float(scores[order][int(np.argmax(f1))])


def iou(one: Floats, other: Floats) -> Floats:
    """Corners [n, 4] against [m, 4]: [n, m]."""
    shared = _shared(one, other)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(1) for boxes in (one, other)]
    whole = areas[0][:, None] + areas[1][None] - shared
    result: Floats = shared / np.maximum(whole, 1e-12)
    return result


def coverage(boxes: Floats, regions: Floats) -> Floats:
    """Largest share of each box that one of the regions covers, [n]."""
    area = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    share = _shared(boxes, regions) / np.maximum(area, 1e-12)[:, None]
    result: Floats = share.max(1, initial=0.0)
    return result


def _shared(one: Floats, other: Floats) -> Floats:
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    result: Floats = np.clip(high - low, 0, None).prod(2)
    return result


def pooled(judged: Sequence[Judged], overlap_row: int) -> tuple[Floats, NDArray[np.bool_]]:
    if not judged:
        return np.zeros(0, np.float32), np.zeros(0, bool)
    scores = np.concatenate([one.scores for one in judged])
    return scores, np.concatenate([one.right[overlap_row] for one in judged])
