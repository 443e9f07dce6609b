"""The manifest of a folder of pictures, read as it is, and what each picture can teach.

A folder holds `manifest.csv`, one `name.txt` of boxes beside each picture in which something was
boxed (`class cx cy w h`, fractions, class 0 smoke, 1 fire) and, where it has unverified frames,
`tower_zones.json`.  The manifest needs two columns: `path`, relative to the folder, and `labelled`
(smoke+fire, fire, smoke: which classes were looked for; or unverified).  It may have `split`
(without it every picture belongs to whatever split is asked for), `group` (one camera, one video:
what is not independent; each picture by itself if absent), `source` and `scene`.
"""

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

SMOKE, FIRE = 0, 1
CLASS_NAMES = ("smoke", "fire")
ZONE_WIDENING = 0.2
MANIFEST = "manifest.csv"
NEEDED = ("path", "labelled")
UNNAMED = "own"
"""Source and scene of pictures whose manifest does not say."""
REMEDY = "mend these rows"
MOST_PROBLEMS = 10
"""So many wrong rows are told at once."""
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
    truth: Truth

    @property
    def verified_empty(self) -> bool:
        """Whether it is known that nothing burns in it."""
        return self.labelled == "smoke+fire" and not len(self.truth.boxes)

    def read(self) -> Image:
        return read_image(self.path)


def read_image(path: Path) -> Image:
    """Height × width × 3, blue-green-red; raises DatasetError."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise DatasetError(path=path, reason="not a readable picture", remedy="copy the file anew")
    return np.asarray(image, np.uint8)


def read_manifest(folder: Path, split: str | None = None) -> list[Picture]:
    """The pictures of one split (all when None), in the manifest's order."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        raise DatasetError(
            path=manifest, reason="no such file", remedy="name a folder that holds a manifest.csv"
        )
    zones = _read_zones(folder / ZONES)
    rows = list(_rows(manifest, split))
    if not rows:
        raise DatasetError(
            path=manifest, reason=f"no picture of split {split!r}", remedy="check its column split"
        )
    pictures, problems = [], []
    for number, row in rows:
        try:
            pictures.append(_picture(folder, row, zones))
        except DatasetError as wrong:
            problems.append(f"row {number}: {wrong}")
    if problems:
        more = len(problems) - MOST_PROBLEMS
        told = problems[:MOST_PROBLEMS] + ([f"and {more} rows more"] if more > 0 else [])
        raise DatasetError(path=manifest, reason="\n  ".join(["", *told]).strip(), remedy=REMEDY)
    return pictures


def read_table(path: Path, needed: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with the numbers of their lines; raises DatasetError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(
            path=path, reason=f"cannot be read ({error})", remedy="save it as CSV in UTF-8"
        ) from error
    missing = [name for name in needed if name not in (reader.fieldnames or ())]
    if missing:
        raise DatasetError(
            path=path,
            reason=f"has no column {', '.join(missing)}",
            remedy="its first line names the columns, divided by commas",
        )
    return rows


def _rows(manifest: Path, split: str | None) -> Iterator[tuple[int, dict[str, str]]]:
    """Those of one split with their line numbers; where the file knows no splits, all."""
    for number, row in read_table(manifest, NEEDED):
        if split in (None, row.get("split", split)):
            yield number, row


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
    path = folder / (row["path"] or "")
    if not path.is_file():
        raise DatasetError(path=path, reason="no such picture", remedy="check its column path")
    group = row.get("group") or row["path"]
    boxes, classes = read_boxes(path.with_suffix(".txt"))
    unknown, unknown_classes = _unknown(row["labelled"], group, zones, path)
    return Picture(
        path=path,
        name=row["path"],
        source=row.get("source") or UNNAMED,
        group=group,
        split=row.get("split") or "",
        labelled=row["labelled"],
        scene=row.get("scene") or UNNAMED,
        truth=Truth(boxes=boxes, classes=classes, unknown=unknown, unknown_classes=unknown_classes),
    )


def read_boxes(path: Path) -> tuple[Floats, NDArray[np.int64]]:
    """Corners [n, 4] as fractions and classes [n]; none where there is no such file."""
    lines = path.read_text(encoding="utf-8").split("\n") if path.is_file() else []
    try:
        rows = [[float(word) for word in line.split()] for line in lines if line.strip()]
    except ValueError:
        rows = [[]]
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
