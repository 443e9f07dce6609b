"""What a detector finds in everything of train and val that has an order in time, kept in a file.

The tower series (a frame a minute), the clips (four looks a second), and the ordinary and forest
stills, each held before a camera: shaken, lit, noisy and coded anew for every look.  Each picture
is looked at once, so that confirmations are compared in seconds.
"""

import csv
import hashlib
import json
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from contracts.sighting import Box, Label
from edge_agent.detector import Detection, Detector
from edge_agent.frame import Image

SPLITS = ("train", "val")
STILLS = ("ordinary", "forest")
FLOOR = 0.05
MINUTE_S, CLIP_STEP_S = 60.0, 0.25
HELD_LOOKS = 12
SHAKE_PX, EXPOSURE, NOISE, JPEG = 1.0, 0.01, 2.0, (75, 92)
"""Of a held still: pixels, share, standard deviation of 255, quality."""
HELD_FROM = 0.12
"""A still without a box of this score would feed no track in any look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """`at_s` after the recording's begin; `clear`: known to show no fire."""

    at_s: float
    clear: bool
    boxed: bool
    detections: tuple[Detection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """`kind`: series, clip or still; `camera`: what is not independent of one another; `where`:
    everything that was ever boxed, empty if unknown."""

    name: str
    kind: str
    camera: str
    looks: tuple[Look, ...]

    where: tuple[Box, ...] = ()

    @property
    def onset(self) -> int | None:
        return next((number for number, look in enumerate(self.looks) if look.boxed), None)

    def paced(self, step_s: float) -> "Recording":
        """The same looks, as if they had come `step_s` seconds apart."""
        looks = tuple(replace(one, at_s=step_s * row) for row, one in enumerate(self.looks))
        return replace(self, looks=looks)


def kept(data: Path, weights: Path, cache: Path) -> list[Recording]:
    """Everything of train and val.  What these weights found before is read from `cache`, a line
    of JSON a recording; the rest is looked at now and kept there, so that an interrupted run goes
    on.  Says on stderr how far it is."""
    mark = hashlib.sha256(weights.read_bytes()).hexdigest()
    known = {one.name: one for one in _read_cache(cache, mark)}
    detector = Detector(weights)
    tasks = [*_series(data), *_clips(data), *_stills(data)]
    recordings = []
    with cache.open("a" if known else "w", encoding="utf-8") as file:
        if not known:
            print(mark, file=file, flush=True)
        for number, task in enumerate(tasks, 1):
            if task.name not in known:
                known[task.name] = task.look(detector)
                line = json.dumps(asdict(known[task.name]), default=lambda box: box.model_dump())
                print(line, file=file, flush=True)
                print(f"{number} of {len(tasks)}: {task.name}", file=sys.stderr, flush=True)
            recordings.append(known[task.name])
    return recordings


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    name: str
    look: Callable[[Detector], Recording]


def _series(data: Path) -> Iterator[Task]:
    rows = [row for row in _rows(data / "tower_series.csv") if row["split"] in SPLITS]
    for name in dict.fromkeys(row["series"] for row in rows):
        own = [one for one in rows if one["series"] == name]
        own.sort(key=lambda one: int(one["minute"]))
        yield Task(name=name, look=partial(_look_at_series, data, own))


def _look_at_series(data: Path, rows: list[dict[str, str]], detector: Detector) -> Recording:
    looks = tuple(
        Look(
            at_s=MINUTE_S * int(row["minute"]),
            clear=row["pre_ignition"] == "1",
            boxed=int(row["boxes"]) > 0,
            detections=tuple(detector.detect(_read(data / row["path"]), FLOOR)),
        )
        for row in rows
    )
    where = tuple(box for row in rows for box in _boxes(data / row["path"]))
    name, camera = rows[0]["series"], rows[0]["camera"]
    return Recording(name=name, kind="series", camera=camera, looks=looks, where=where)


def _clips(data: Path) -> Iterator[Task]:
    for path in sorted((data / "videos").glob("*.mp4")):
        yield Task(name=path.name, look=partial(_look_at_clip, path))


def _look_at_clip(path: Path, detector: Detector) -> Recording:
    burns = not path.name.startswith("nofire")
    looks = tuple(
        Look(
            at_s=CLIP_STEP_S * number,
            clear=not burns,
            boxed=burns,
            detections=tuple(detector.detect(image, FLOOR)),
        )
        for number, image in enumerate(_frames(path))
    )
    return Recording(name=path.name, kind="clip", camera=path.stem, looks=looks)


def _stills(data: Path) -> Iterator[Task]:
    for row in _rows(data / "manifest.csv"):
        if row["split"] in SPLITS and row["source"] in STILLS:
            yield Task(name=row["path"], look=partial(_look_at_still, data, row))


def _look_at_still(data: Path, row: dict[str, str], detector: Detector) -> Recording:
    image = _read(data / row["path"])
    found = [tuple(detector.detect(image, FLOOR))]
    if any(one.score >= HELD_FROM for one in found[0]):
        found += [tuple(detector.detect(one, FLOOR)) for one in _held(image, row["path"])]
    looks = tuple(
        Look(at_s=float(number), clear=True, boxed=False, detections=one)
        for number, one in enumerate(found)
    )
    return Recording(name=row["path"], kind="still", camera=row["group"], looks=looks)


def _frames(path: Path) -> Iterator[Image]:
    video = cv2.VideoCapture(str(path))
    fps, number, due = video.get(cv2.CAP_PROP_FPS) or 25.0, 0, 0.0
    while video.grab():
        if number / fps >= due:
            due += CLIP_STEP_S
            read, image = video.retrieve()
            if read:
                yield np.asarray(image, np.uint8)
        number += 1
    video.release()


def _held(image: Image, name: str) -> Iterator[Image]:
    random = np.random.default_rng(zlib.crc32(name.encode()))
    height, width = image.shape[:2]
    for _ in range(HELD_LOOKS - 1):
        right, down = random.uniform(-SHAKE_PX, SHAKE_PX, 2)
        move = np.array([[1, 0, right], [0, 1, down]], np.float32)
        moved = cv2.warpAffine(image, move, (width, height), borderMode=cv2.BORDER_REPLICATE)
        lit = moved * random.uniform(1 - EXPOSURE, 1 + EXPOSURE)
        noisy = np.clip(lit + random.normal(0, NOISE, lit.shape), 0, 255).astype(np.uint8)
        quality = int(random.integers(*JPEG, endpoint=True))
        _, coded = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, quality])
        yield np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _read(path: Path) -> Image:
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise FileNotFoundError(path)
    return np.asarray(image, np.uint8)


def _boxes(picture: Path) -> Iterator[Box]:
    labels = picture.with_suffix(".txt")
    for line in labels.read_text(encoding="utf-8").splitlines() if labels.is_file() else ():
        x, y, w, h = (float(word) for word in line.split()[1:])
        yield Box(x=max(x - w / 2, 0), y=max(y - h / 2, 0), w=min(w, 1), h=min(h, 1))


def _read_cache(cache: Path, mark: str) -> Iterator[Recording]:
    """Nothing of other weights; a last line that was cut short is left out, and cut off."""
    if not cache.is_file():
        return
    first, *lines = cache.read_text(encoding="utf-8").splitlines(keepends=True) or [""]
    if lines and not lines[-1].endswith("\n"):
        lines.pop()
        cache.write_text("".join([first, *lines]), encoding="utf-8")
    if first.strip() == mark:
        for line in lines:
            yield _recording(json.loads(line))


def _recording(held: Any) -> Recording:
    looks = tuple(
        Look(**{**look, "detections": tuple(_detection(one) for one in look["detections"])})
        for look in held["looks"]
    )
    where = tuple(Box(**box) for box in held["where"])
    return Recording(**{**held, "looks": looks, "where": where})


def _detection(held: Any) -> Detection:
    return Detection(label=Label(held["label"]), score=held["score"], box=Box(**held["box"]))
