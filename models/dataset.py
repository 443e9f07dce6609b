"""The manifest of a folder of pictures, read as it is, and what each picture can teach.

A folder holds `manifest.csv` (path, source, group, split, labelled, n_smoke, n_fire, width,
height, scene, licence), one `name.txt` of boxes beside each picture (`class cx cy w h`,
fractions, class 0 smoke, 1 fire) and, where it has unverified frames, `tower_zones.json`.
"""

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

SMOKE, FIRE = 0, 1
CLASS_NAMES = ("smoke", "fire")
ZONE_WIDENING = 0.2
MANIFEST = "manifest.csv"
ZONES = "tower_zones.json"

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]


class DatasetError(Exception):
    """A data folder that cannot be used; names the file, what is wrong and the remedy."""

    def __init__(self, *, path: Path, reason: str, remedy: str) -> None:
        self.path = path
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"data {path}: {reason}; {remedy}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is known of one picture, in fractions of it.

    `boxes` float32 [n, 4] x1 y1 x2 y2 with `classes` [n]; `unknown` float32 [m, 4] are regions
    where a box of class `unknown_classes` [m] may stand unlabelled: neither right nor wrong.
    """

    boxes: Floats
    classes: NDArray[np.int64]
    unknown: Floats
    unknown_classes: NDArray[np.int64]

    def knows(self, class_: int) -> bool:
        """Whether the class is boxed exhaustively in the whole picture."""
        return not np.any(self.unknown_classes == class_)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One row of the manifest."""

    path: Path
    name: str
    source: str
    group: str
    split: str
    labelled: str
    scene: str
    width: int
    height: int
    truth: Truth

    def read(self) -> Image:
        """Height × width × 3, blue-green-red."""
        image = cv2.imread(str(self.path), cv2.IMREAD_COLOR)
        if image is None:
            raise DatasetError(
                path=self.path, reason="not a readable picture", remedy="copy the file anew"
            )
        return np.asarray(image, np.uint8)


def read_manifest(folder: Path, split: str | None = None) -> list[Picture]:
    """The pictures of one split (all when None), in the manifest's order."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        raise DatasetError(
            path=manifest, reason="no such file", remedy="name a folder that holds a manifest.csv"
        )
    zones = _read_zones(folder / ZONES)
    with manifest.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if split in (None, row.get("split"))]
    if not rows:
        raise DatasetError(
            path=manifest, reason=f"no picture of split {split!r}", remedy="check its column split"
        )
    return [_picture(folder, row, zones) for row in rows]


def leaks(pictures: Iterable[Picture]) -> dict[str, set[str]]:
    """Groups that stand in more than one split, with those splits."""
    seen: dict[str, set[str]] = {}
    for picture in pictures:
        seen.setdefault(f"{picture.source}/{picture.group}", set()).add(picture.split)
    return {group: splits for group, splits in seen.items() if len(splits) > 1}


def copies(pictures: Iterable[Picture]) -> list[tuple[str, str]]:
    """Pairs of byte-identical pictures in different splits."""
    first: dict[str, Picture] = {}
    pairs: list[tuple[str, str]] = []
    for picture in pictures:
        digest = hashlib.sha256(picture.path.read_bytes()).hexdigest()
        twin = first.setdefault(digest, picture)
        if twin.split != picture.split:
            pairs.append((twin.name, picture.name))
    return pairs


def fingerprint(folder: Path) -> str:
    """Sha-256 of the manifest: the name of the data that a model was trained on."""
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


def _read_zones(path: Path) -> Mapping[str, list[float]]:
    if not path.is_file():
        return {}
    zones: Mapping[str, list[float]] = json.loads(path.read_text(encoding="utf-8"))
    return zones


def _picture(folder: Path, row: Mapping[str, str], zones: Mapping[str, list[float]]) -> Picture:
    path = folder / row["path"]
    boxes, classes = _read_boxes(path.with_suffix(".txt"))
    unknown, unknown_classes = _unknown(row["labelled"], row["group"], zones, path)
    return Picture(
        path=path,
        name=row["path"],
        source=row["source"],
        group=row["group"],
        split=row["split"],
        labelled=row["labelled"],
        scene=row["scene"],
        width=int(row["width"]),
        height=int(row["height"]),
        truth=Truth(boxes=boxes, classes=classes, unknown=unknown, unknown_classes=unknown_classes),
    )


def _read_boxes(path: Path) -> tuple[Floats, NDArray[np.int64]]:
    lines = path.read_text(encoding="utf-8").split("\n") if path.is_file() else []
    rows = [[float(word) for word in line.split()] for line in lines if line.strip()]
    if any(len(row) != 5 or row[0] not in (SMOKE, FIRE) for row in rows):
        raise DatasetError(
            path=path, reason="a line is not `class cx cy w h`", remedy="class is 0 or 1"
        )
    table = np.asarray(rows, np.float32).reshape(-1, 5)
    half = table[:, 3:5] / 2
    corners = np.concatenate([table[:, 1:3] - half, table[:, 1:3] + half], axis=1)
    return np.clip(corners, 0, 1), table[:, 0].astype(np.int64)


def _unknown(
    labelled: str, group: str, zones: Mapping[str, list[float]], path: Path
) -> tuple[Floats, NDArray[np.int64]]:
    everywhere = [0.0, 0.0, 1.0, 1.0]
    match labelled:
        case "smoke+fire":
            regions, classes = [], []
        case "fire":
            regions, classes = [everywhere], [SMOKE]
        case "smoke":
            regions, classes = [everywhere], [FIRE]
        case "unverified":  # fire never stands unboxed on these; smoke only near boxed smoke
            zone = widened(zones[group]) if group in zones else everywhere
            regions, classes = [zone], [SMOKE]
        case _:
            raise DatasetError(
                path=path,
                reason=f"labelled is {labelled!r}",
                remedy="use smoke+fire, fire, smoke or unverified",
            )
    return np.asarray(regions, np.float32).reshape(-1, 4), np.asarray(classes, np.int64)


def widened(zone: list[float], share: float = ZONE_WIDENING) -> list[float]:
    """A zone grown by `share` of its sides in total, cut at the picture's edge."""
    x1, y1, x2, y2 = zone
    dx, dy = (x2 - x1) * share / 2, (y2 - y1) * share / 2
    return [max(0.0, x1 - dx), max(0.0, y1 - dy), min(1.0, x2 + dx), min(1.0, y2 + dy)]
