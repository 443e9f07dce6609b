"""ONNX files written as protobuf by hand, field by field of onnx.proto: no package is needed."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FLOAT, UINT8 = 1, 2
INTS = 7
IR_VERSION, OPSET = 8, 17


def number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def part(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def model(graph: bytes) -> bytes:
    return number(1, IR_VERSION) + part(7, graph) + part(8, number(2, OPSET))


def node(
    operation: str,
    inputs: Sequence[str],
    output: str,
    ints: dict[str, Sequence[int]] | None = None,
) -> bytes:
    """As a field of its graph; `ints` are its attributes."""
    attributes = [
        part(5, part(1, name.encode()) + b"".join(number(8, v) for v in values) + number(20, INTS))
        for name, values in (ints or {}).items()
    ]
    names = [part(1, name.encode()) for name in inputs]
    return part(
        1, b"".join([*names, part(2, output.encode()), part(4, operation.encode()), *attributes])
    )


def tensor(name: str, value: NDArray[np.float32]) -> bytes:
    sides = b"".join(number(1, side) for side in value.shape)
    raw = value.astype("<f4").tobytes()
    return sides + number(2, FLOAT) + part(8, name.encode()) + part(9, raw)


def value(name: str, kind: int, shape: Sequence[int | str]) -> bytes:
    """An input's or output's name, type and shape."""
    sides = b"".join(
        part(1, number(1, one) if isinstance(one, int) else part(2, one.encode())) for one in shape
    )
    return part(1, name.encode()) + part(2, part(1, number(1, kind) + part(2, sides)))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
