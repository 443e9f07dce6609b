"""Detectors whose answer is known: an ONNX file that returns the boxes and scores it was given.

Written as protobuf by hand, field by field of onnx.proto, so that tests need no further package.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FLOAT, UINT8 = 1, 2
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
            *(_part(1, _identity(f"known_{name}", name)) for name in answers),
            _part(2, b"tiny"),
            *(_part(5, _tensor(f"known_{name}", value)) for name, value in answers.items()),
            _part(11, _value(*asks)),
            *(_part(12, _value(n, FLOAT, list(v.shape))) for n, v in answers.items()),
        ]
    )
    texts = (_part(1, key.encode()) + _part(2, text.encode()) for key, text in metadata.items())
    model = [_number(1, 8), _part(7, graph), _part(8, _number(2, 17))]
    path.write_bytes(b"".join([*model, *(_part(14, text) for text in texts)]))
    return path


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _part(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _identity(source: str, target: str) -> bytes:
    return _part(1, source.encode()) + _part(2, target.encode()) + _part(4, b"Identity")


def _tensor(name: str, value: NDArray[np.float32]) -> bytes:
    sides = b"".join(_number(1, side) for side in value.shape)
    raw = value.astype("<f4").tobytes()
    return sides + _number(2, FLOAT) + _part(8, name.encode()) + _part(9, raw)


def _value(name: str, kind: int, shape: list[int | str]) -> bytes:
    sides = b"".join(
        _part(1, _number(1, one) if isinstance(one, int) else _part(2, one.encode()))
        for one in shape
    )
    tensor = _number(1, kind) + _part(2, sides)
    return _part(1, name.encode()) + _part(2, _part(1, tensor))
