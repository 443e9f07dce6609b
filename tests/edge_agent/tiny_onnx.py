"""Detectors whose answer is known: an ONNX file that returns the boxes and scores it was given."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.onnx_bytes import FLOAT, UINT8, model, node, part, tensor, value

__all__ = ["FLOAT", "UINT8", "write_answers", "write_detector"]

METADATA: Mapping[str, str] = {
    "ioc.version": "test-1",
    "ioc.classes": "smoke,fire",
    "ioc.default_size": "320",
    "ioc.thresholds": json.dumps({"smoke": 0.3, "fire": 0.4}),
}


def write_detector(
    path: Path,
    boxes: NDArray[np.float32],
    scores: NDArray[np.float32],
    metadata: Mapping[str, str] = METADATA,
    input_type: int = UINT8,
) -> Path:
    """`boxes` [n, 4] in input pixels and `scores` [n, classes], whatever the picture."""
    answers = {"boxes": boxes, "scores": scores}
    return write_answers(path, answers, ("image", input_type, [1, "h", "w", 3]), metadata)


def write_answers(
    path: Path,
    answers: Mapping[str, NDArray[np.float32]],
    asks: tuple[str, int, list[int | str]],
    metadata: Mapping[str, str] = METADATA,
) -> Path:
    """A file that `asks` for one input (name, type, shape) and gives `answers` by name."""
    graph = b"".join(
        [
            *(node("Identity", [f"known_{name}"], name) for name in answers),
            part(2, b"tiny"),
            *(part(5, tensor(f"known_{name}", answer)) for name, answer in answers.items()),
            part(11, value(*asks)),
            *(part(12, value(name, FLOAT, one.shape)) for name, one in answers.items()),
        ]
    )
    texts = (part(1, key.encode()) + part(2, text.encode()) for key, text in metadata.items())
    path.write_bytes(model(graph) + b"".join(part(14, text) for text in texts))
    return path
