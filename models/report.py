"""Figures of one detector on one split, a row for each class and scene kind."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from models.bootstrap import with_interval
from models.dataset import CLASS_NAMES, Picture
from models.metrics import (
    COCO_OVERLAPS,
    Found,
    Interval,
    Judged,
    alarm_rate,
    average_precision,
    judge,
    precision_recall,
    recall_at,
)

EVERYTHING = "all"
HEADINGS = ("class", "scene", "pictures", "boxes", "AP50", "AP50-95", "recall@0.1FP",
            "recall@1FP", "precision", "recall", "empty", "alarm rate")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`precision`, `recall` and `alarm_rate` at the class's threshold, in single frames.

    `pictures` counts those where the class is known, `empty` those of them without a box of it.
    """

    class_name: str
    scene: str
    pictures: int
    boxes: int
    ap50: Interval
    ap50_95: float
    recall_at_tenth: Interval
    recall_at_one: Interval
    threshold: float
    precision: float
    recall: float
    empty: int
    alarm_rate: Interval

    def cells(self) -> tuple[str, ...]:
        return (
            self.class_name, self.scene, str(self.pictures), str(self.boxes), str(self.ap50),
            _figure(self.ap50_95), str(self.recall_at_tenth), str(self.recall_at_one),
            _figure(self.precision), _figure(self.recall), str(self.empty), str(self.alarm_rate),
        )  # fmt: skip


def scene_of(picture: Picture) -> str:
    """Clear tower frames belong to the far views."""
    return "wildfire_longrange" if picture.scene == "tower_no_box" else picture.scene


def mixed_scenes(pictures: Sequence[Picture]) -> set[str]:
    """Scenes whose pictures come from more than one source."""
    sources: dict[str, set[str]] = {}
    for picture in pictures:
        sources.setdefault(scene_of(picture), set()).add(picture.source)
    return {scene for scene, names in sources.items() if len(names) > 1}


def rows(
    pictures: Sequence[Picture], found: Sequence[Found], thresholds: Sequence[float]
) -> list[Row]:
    """Every class in every scene in which it is known."""
    table: list[Row] = []
    mixed = mixed_scenes(pictures)
    for class_, name in enumerate(CLASS_NAMES):
        members: dict[str, list[tuple[Judged, str]]] = {}
        for picture, answer in zip(pictures, found, strict=True):
            judged = judge(picture.truth, answer, class_)
            if judged is None:
                continue
            counted = [EVERYTHING, scene_of(picture)]
            if scene_of(picture) in mixed:
                counted.append(f"source {picture.source}")
            for scene in counted:
                members.setdefault(scene, []).append((judged, picture.group))
        ordered = sorted(members, key=lambda one: (one != EVERYTHING, one))
        table += [_row(name, scene, members[scene], thresholds[class_]) for scene in ordered]
    return table


def as_text(table: Sequence[Row]) -> str:
    lines = [HEADINGS, *(row.cells() for row in table)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def as_json(table: Sequence[Row]) -> list[dict[str, Any]]:
    """Plain values; what is undefined is null."""
    return [_plain(asdict(row)) for row in table]


def _row(name: str, scene: str, members: list[tuple[Judged, str]], threshold: float) -> Row:
    judged, groups = [one for one, _ in members], [group for _, group in members]
    precision, recall = precision_recall(judged, threshold)
    sure = partial(with_interval, judged, groups)
    return Row(
        class_name=name,
        scene=scene,
        pictures=len(judged),
        boxes=sum(one.boxes for one in judged),
        ap50=sure(partial(average_precision, overlap_row=0)),
        ap50_95=float(
            np.mean([average_precision(judged, row) for row in range(len(COCO_OVERLAPS))])
        ),
        recall_at_tenth=sure(partial(recall_at, false_per_image=0.1)),
        recall_at_one=sure(partial(recall_at, false_per_image=1.0)),
        threshold=threshold,
        precision=precision,
        recall=recall,
        empty=sum(not one.boxes for one in judged),
        alarm_rate=sure(partial(alarm_rate, threshold=threshold)),
    )


def _figure(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.3f}"


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _plain(value) if isinstance(value, dict)
        else None if isinstance(value, float) and np.isnan(value) else value
        for name, value in values.items()
    }  # fmt: skip
