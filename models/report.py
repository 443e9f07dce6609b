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
from models.text import aligned, plain

Members = dict[tuple[str, str], list[tuple[Judged, str]]]
"""By class and scene: judged pictures, each with its group."""

EVERYTHING = "all"
FAR, CLEAR_TOWER = "wildfire_longrange", "tower_no_box"
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
    return FAR if picture.scene == CLEAR_TOWER else picture.scene


def mixed_scenes(pictures: Sequence[Picture]) -> set[str]:
    """Scenes whose pictures come from more than one source."""
    sources: dict[str, set[str]] = {}
    for picture in pictures:
        sources.setdefault(scene_of(picture), set()).add(picture.source)
    return {scene for scene, names in sources.items() if len(names) > 1}


def members(pictures: Sequence[Picture], found: Sequence[Found]) -> Members:
    """The judged pictures of every class in every scene in which it is known."""
    table: Members = {}
    mixed = mixed_scenes(pictures)
    for class_, name in enumerate(CLASS_NAMES):
        for picture, answer in zip(pictures, found, strict=True):
            judged = judge(picture.truth, answer, class_)
            if judged is None:
                continue
            counted = [EVERYTHING, scene_of(picture)]
            if scene_of(picture) in mixed:
                counted.append(f"source {picture.source}")
            for scene in counted:
                table.setdefault((name, scene), []).append((judged, picture.group))
    return table


def rows(table: Members, thresholds: Sequence[float]) -> list[Row]:
    """Each class's scenes together, all of them first."""
    ordered = sorted(table, key=lambda one: (CLASS_NAMES.index(one[0]), one[1] != EVERYTHING, one))
    return [
        _row(name, scene, table[name, scene], thresholds[CLASS_NAMES.index(name)])
        for name, scene in ordered
    ]


def as_text(table: Sequence[Row]) -> str:
    return aligned(HEADINGS, [row.cells() for row in table])


def as_json(table: Sequence[Row]) -> list[dict[str, Any]]:
    """Plain values; what is undefined is null."""
    return [plain(asdict(row)) for row in table]


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
