"""The worst mistakes of a contestant on single frames, as pictures to look at.

A false alarm is a counted box that touches none of its class (overlap below a tenth); a missed
box is one that nothing at the contestant's threshold touches.  Loose boxes are neither.
"""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from models.contestant import Contestant
from models.dataset import CLASS_NAMES, Floats, Image, Picture
from models.metrics import INSIDE_UNKNOWN, Found, coverage, iou

TOUCH = 0.1
MOST = 12
MOST_OF_A_GROUP = 2
"""One camera's favourite mistake must not hide all others."""
WIDTH = 420
QUALITY = 80
TRUE_COLOUR, FOUND_COLOUR = (60, 170, 40), (40, 40, 220)
"""Blue-green-red."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """`weight` ranks: the score of a false alarm, the share of the picture of a missed box."""

    kind: Literal["false alarm", "missed"]
    picture: Picture
    class_name: str
    box: Floats
    weight: float


def false_alarms(
    pictures: Sequence[Picture], found: Sequence[Found], contestant: Contestant
) -> list[Mistake]:
    """The highest-scored, at most one a picture and class."""
    return _worst(_false_alarms(pictures, found, contestant))


def missed(
    pictures: Sequence[Picture], found: Sequence[Found], contestant: Contestant
) -> list[Mistake]:
    """The largest, at most one a picture and class."""
    return _worst(_missed(pictures, found, contestant))


def drawn(mistake: Mistake, found: Found, contestant: Contestant) -> str:
    """The picture with what is true (green) and what was found (red), as a JPEG data URI."""
    image = mistake.picture.read()
    scale = WIDTH / image.shape[1]
    image = np.asarray(cv2.resize(image, (WIDTH, max(1, round(image.shape[0] * scale)))), np.uint8)
    truth, class_ = mistake.picture.truth, CLASS_NAMES.index(mistake.class_name)
    said = (found.scores >= contestant.thresholds[class_]) & (found.classes == class_)
    for corners in truth.boxes[truth.classes == class_]:
        _frame(image, corners, TRUE_COLOUR, 1)
    for corners in found.boxes[said]:
        _frame(image, corners, FOUND_COLOUR, 1)
    _frame(image, mistake.box, TRUE_COLOUR if mistake.kind == "missed" else FOUND_COLOUR, 3)
    _, coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return "data:image/jpeg;base64," + base64.b64encode(coded.tobytes()).decode()


def _false_alarms(
    pictures: Sequence[Picture], found: Sequence[Found], contestant: Contestant
) -> Iterator[Mistake]:
    for picture, answer in zip(pictures, found, strict=True):
        truth = picture.truth
        for class_, name in enumerate(CLASS_NAMES):
            said = (answer.classes == class_) & (answer.scores >= contestant.thresholds[class_])
            boxes, scores = answer.boxes[said], answer.scores[said]
            true = iou(boxes, truth.boxes[truth.classes == class_]).max(1, initial=0.0)
            unsure = coverage(boxes, truth.unknown[truth.unknown_classes == class_])
            false = np.flatnonzero((true < TOUCH) & (unsure < INSIDE_UNKNOWN))
            if false.size:
                best = false[int(np.argmax(scores[false]))]
                yield Mistake(kind="false alarm", picture=picture, class_name=name,
                              box=boxes[best], weight=float(scores[best]))  # fmt: skip


def _missed(
    pictures: Sequence[Picture], found: Sequence[Found], contestant: Contestant
) -> Iterator[Mistake]:
    for picture, answer in zip(pictures, found, strict=True):
        truth = picture.truth
        for class_, name in enumerate(CLASS_NAMES):
            said = (answer.classes == class_) & (answer.scores >= contestant.thresholds[class_])
            wanted = truth.boxes[truth.classes == class_]
            seen = iou(wanted, answer.boxes[said]).max(1, initial=0.0)
            unseen = wanted[seen < TOUCH]
            if len(unseen):
                areas = (unseen[:, 2:] - unseen[:, :2]).prod(1)
                largest = int(np.argmax(areas))
                yield Mistake(kind="missed", picture=picture, class_name=name,
                              box=unseen[largest], weight=float(areas[largest]))  # fmt: skip


def _worst(mistakes: Iterator[Mistake]) -> list[Mistake]:
    kept: list[Mistake] = []
    for one in sorted(mistakes, key=lambda mistake: -mistake.weight):
        same = sum(other.picture.group == one.picture.group for other in kept)
        if same < MOST_OF_A_GROUP and len(kept) < MOST:
            kept.append(one)
    return kept


def _frame(image: Image, corners: Floats, colour: tuple[int, int, int], thickness: int) -> None:
    height, width = image.shape[:2]
    x1, y1, x2, y2 = (round(float(v)) for v in corners * np.array([width, height] * 2, np.float32))
    cv2.rectangle(image, (x1, y1), (x2, y2), colour, thickness, cv2.LINE_AA)
