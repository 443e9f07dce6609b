"""Detectors side by side: ours as the agent runs it, and a public YOLO to measure against."""

from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from edge_agent.detector import GREY, Detector, ModelError, open_session, suppress
from models.dataset import CLASS_NAMES, Floats, Image
from models.metrics import Found

FLOOR = 0.01
"""Lower scores cannot move a figure that is printed, and there are many."""
PEER_SIZE = 640
PEER_THRESHOLD = 0.25


class Contestant(Protocol):
    """Anything that finds smoke and fire in a picture (blue-green-red).

    `thresholds`: of single frames, smoke and fire.  `opens`: the pooled score over which it opens
    a sighting; None for the policies' own, which were chosen for our scores.
    """

    name: str
    thresholds: tuple[float, ...]
    opens: float | None

    def find(self, image: Image) -> Found: ...


class Ours:
    """The agent's detector, called as the agent calls it."""

    opens: float | None

    def __init__(self, weights: Path, size: int | None = None, threads: int = 1) -> None:
        self._detector = Detector(weights, size, threads)
        self.opens = None
        facts = self._detector.facts
        self.name = f"{weights.stem} {facts.version} @{self._detector.size}"
        self._labels = [str(label) for label in facts.labels]
        known = {str(label): value for label, value in facts.thresholds.items()}
        self.thresholds = tuple(known[name] for name in CLASS_NAMES)

    def find(self, image: Image) -> Found:
        found = self._detector.detect(image, FLOOR)
        rows = [(one.box.x, one.box.y, one.box.x + one.box.w, one.box.y + one.box.h)
                for one in found]  # fmt: skip
        return Found(
            boxes=np.asarray(rows, np.float32).reshape(-1, 4),
            scores=np.asarray([one.score for one in found], np.float32),
            classes=np.asarray([CLASS_NAMES.index(one.label) for one in found], np.int64),
        )


class Peer:
    """An Ultralytics export: float [1, 3, 640, 640] in, [1, 4 + classes, n] out."""

    opens: float | None

    def __init__(self, weights: Path, threads: int = 1) -> None:
        self._session: Any = open_session(weights, threads)
        shape = self._session.get_outputs()[0].shape
        if len(shape) != 3 or shape[1] != 4 + len(CLASS_NAMES):
            raise ModelError(
                path=weights,
                reason=f"output {shape}, not [1, {4 + len(CLASS_NAMES)}, n]",
                remedy="the peer is a YOLO export with the classes smoke and fire",
            )
        self.name = f"peer {weights.stem} @{PEER_SIZE}"
        self.thresholds = (PEER_THRESHOLD,) * len(CLASS_NAMES)
        self.opens = PEER_THRESHOLD
        self._input = self._session.get_inputs()[0].name

    def find(self, image: Image) -> Found:
        canvas, scale, left, top = _centred(image)
        planes = canvas[None].transpose(0, 3, 1, 2).astype(np.float32) / 255
        (raw,) = self._session.run(None, {self._input: planes})
        table = raw[0].T
        centre, half = table[:, :2], table[:, 2:4] / 2
        corners = np.concatenate([centre - half, centre + half], axis=1)
        height, width = image.shape[:2]
        whole = np.array([width, height] * 2, np.float32) * scale
        fractions = np.clip((corners - np.array([left, top] * 2, np.float32)) / whole, 0, 1)
        return _best(fractions, corners, table[:, 4:])


def _centred(image: Image) -> tuple[Image, float, int, int]:
    height, width = image.shape[:2]
    scale = PEER_SIZE / max(height, width)
    fitted_w, fitted_h = round(width * scale), round(height * scale)
    left, top = (PEER_SIZE - fitted_w) // 2, (PEER_SIZE - fitted_h) // 2
    canvas = np.full((PEER_SIZE, PEER_SIZE, 3), GREY, np.uint8)
    fitted = cv2.resize(image, (fitted_w, fitted_h), interpolation=cv2.INTER_LINEAR)
    canvas[top : top + fitted_h, left : left + fitted_w] = fitted[:, :, ::-1]
    return canvas, scale, left, top


def _best(fractions: Floats, corners: Floats, scores: Floats) -> Found:
    kept = [suppress(corners, scores[:, class_], FLOOR) for class_ in range(len(CLASS_NAMES))]
    rows = np.concatenate(kept)
    classes = np.concatenate([np.full(len(one), class_) for class_, one in enumerate(kept)])
    return Found(
        boxes=fractions[rows],
        scores=scores[rows, classes],
        classes=classes.astype(np.int64),
    )
