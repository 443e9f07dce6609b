"""Smoke and fire in one picture: an ONNX network, before and after which stands this code alone.

Evaluation and calibration go through the same two functions (`letterbox`, `suppress`), so that
what was measured is what runs.  The contract with the file: input `image`, uint8
[1, height, width, 3], red-green-blue, both sides multiples of 32; outputs `boxes`, float32
[n, 4] as x1 y1 x2 y2 in input pixels, and `scores`, float32 [n, classes] in 0..1.
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from contracts.sighting import Box, Label
from edge_agent.frame import Image

STRIDE = 32
GREY = 114
NMS_IOU = 0.55
MOST_BOXES = 100

Floats = NDArray[np.float32]


class ModelError(Exception):
    """A file that is not a detector of ours; names the file, the reason and the remedy."""

    def __init__(self, *, path: Path, reason: str, remedy: str) -> None:
        self.path = path
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"model {path}: {reason}; {remedy}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One box in one frame; `box` in fractions of the picture, from the top left."""

    label: Label
    score: float
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What the file says of itself (ONNX metadata `ioc.*`).

    `default_size` is the long side in pixels; `thresholds` the suggested single-frame score of
    each class, chosen on the validation split.
    """

    version: str
    labels: tuple[Label, ...]
    default_size: int
    thresholds: dict[Label, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterboxed:
    """A picture on its canvas (red-green-blue, top left), `scale` canvas pixels a picture pixel."""

    canvas: Image
    scale: float


class Detector:
    """Raises ModelError when the file is missing, broken or not a detector of ours.

    `content` are the file's bytes if they were read already, to be checked.
    `inference_s`: seconds that the network itself took for the last picture.
    """

    def __init__(
        self,
        weights: Path,
        size: int | None = None,
        threads: int = 1,
        content: bytes | None = None,
    ) -> None:
        self._session = open_session(weights, threads, content)
        self.facts = _read_facts(weights, self._session)
        self.size = self.facts.default_size if size is None else size
        self.inference_s = 0.0
        if self.size < STRIDE or self.size % STRIDE:
            raise ModelError(
                path=weights,
                reason=f"size {self.size} is not a multiple of {STRIDE}",
                remedy=f"take {max(STRIDE, round(self.size / STRIDE) * STRIDE)}",
            )

    def detect(self, image_bgr: Image, floor: float) -> list[Detection]:
        """Every box whose score is at least `floor`, best first, overlaps of one class removed.

        `image_bgr` is height × width × 3 in OpenCV's order.
        """
        fitted = letterbox(image_bgr, self.size)
        began = time.perf_counter()
        boxes, scores = self._session.run(None, {"image": fitted.canvas[None]})
        self.inference_s = time.perf_counter() - began
        height, width = image_bgr.shape[:2]
        found: list[Detection] = []
        for column, label in enumerate(self.facts.labels):
            kept = suppress(boxes, scores[:, column], floor)
            corners = _fractions(boxes[kept] / fitted.scale, width, height)
            found += [
                Detection(label=label, score=float(score), box=_box(corner))
                for corner, score in zip(corners, scores[kept, column], strict=True)
                if corner[2] > corner[0] and corner[3] > corner[1]
            ]
        return sorted(found, key=lambda one: -one.score)


def letterbox(image_bgr: Image, size: int) -> Letterboxed:
    """The picture with its long side at `size`, grey to the right and below up to the stride."""
    height, width = image_bgr.shape[:2]
    scale = size / max(height, width)
    fitted_h, fitted_w = max(1, round(height * scale)), max(1, round(width * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    fitted = cv2.resize(image_bgr, (fitted_w, fitted_h), interpolation=how)
    canvas = np.full((_up(fitted_h), _up(fitted_w), 3), GREY, np.uint8)
    cv2.cvtColor(fitted, cv2.COLOR_BGR2RGB, dst=canvas[:fitted_h, :fitted_w])
    return Letterboxed(canvas=canvas, scale=scale)


def suppress(boxes: Floats, scores: Floats, floor: float) -> NDArray[np.intp]:
    """Rows to keep, best first: at least `floor`, and no two of them nearly the same box."""
    rows = np.flatnonzero(scores >= floor)
    if not rows.size:
        return rows
    corner_and_size = np.concatenate([boxes[rows, :2], boxes[rows, 2:] - boxes[rows, :2]], axis=1)
    kept = cv2.dnn.NMSBoxes(
        corner_and_size.tolist(), scores[rows].tolist(), 0.0, NMS_IOU, top_k=MOST_BOXES
    )
    return rows[np.asarray(kept, dtype=np.intp).reshape(-1)]


def open_session(weights: Path, threads: int, content: bytes | None = None) -> Any:
    """An onnxruntime session on the CPU, of the file or its `content`; raises ModelError."""
    if content is None and not weights.is_file():
        raise ModelError(
            path=weights,
            reason="no such file",
            remedy="give the path of a detector, or leave it out for the one that is built in",
        )
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what is wrong comes back as an exception, not on stderr
    # a waiting thread that spins takes the core from capture and uplink
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return ort.InferenceSession(
            content or str(weights), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's own exceptions have no common root but this
        raise ModelError(
            path=weights,
            reason=f"onnxruntime cannot load it ({str(error).splitlines()[0][:200]})",
            remedy="copy the file anew; it may be cut short or made for a newer onnxruntime",
        ) from error


def _read_facts(weights: Path, session: Any) -> ModelFacts:
    meta: dict[str, str] = session.get_modelmeta().custom_metadata_map
    try:
        facts = ModelFacts(
            version=meta["ioc.version"],
            labels=tuple(Label(name) for name in meta["ioc.classes"].split(",")),
            default_size=int(meta["ioc.default_size"]),
            thresholds={
                Label(name): float(value)
                for name, value in json.loads(meta["ioc.thresholds"]).items()
            },
        )
    except (KeyError, ValueError, AttributeError) as error:
        raise ModelError(
            path=weights,
            reason=f"its metadata is not a detector's ({type(error).__name__}: {error})",
            remedy="export it with models.export",
        ) from error
    _check_shape(weights, session, len(facts.labels))
    return facts


def _check_shape(weights: Path, session: Any, classes: int) -> None:
    inputs = {one.name: (one.type, one.shape[-1]) for one in session.get_inputs()}
    outputs = {one.name: one.shape[-1] for one in session.get_outputs()}
    wanted_in = {"image": ("tensor(uint8)", 3)}
    wanted_out = {"boxes": 4, "scores": classes}
    if inputs != wanted_in or list(outputs.items()) != list(wanted_out.items()):
        raise ModelError(
            path=weights,
            reason=f"inputs {inputs} and outputs {outputs}, not {wanted_in} and {wanted_out}",
            remedy="export it with models.export",
        )


def _up(length: int) -> int:
    return -(-length // STRIDE) * STRIDE


def _fractions(corners: Floats, width: int, height: int) -> NDArray[np.float64]:
    """Corners in picture pixels to fractions, cut at the picture's edge."""
    whole = np.array([width, height, width, height], np.float64)
    return np.clip(corners / whole, 0.0, 1.0)


def _box(corner: NDArray[np.float64]) -> Box:
    x1, y1, x2, y2 = (float(value) for value in corner)
    return Box(x=x1, y=y1, w=x2 - x1, h=y2 - y1)
