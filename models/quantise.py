"""The same network in bytes.

Static quantisation in QDQ form (weights by channel, activations by tensor), calibrated on
training pictures seen through the agent's own letterbox.  The last layer of each branch and all
decoding stay in float, so that boxes keep their edges.

Weights keep to seven bits: processors without VNNI add pairs of products in sixteen bits, where
eight would overflow without a word.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from edge_agent.detector import letterbox
from models.dataset import Picture

PICTURES = 240
SIZE = 640
SEED = 7
QUANTISED = ("Conv", "Add", "Resize", "Clip")
KEPT_FLOAT = ("/logits", "/sides")
METHODS = {
    "minmax": CalibrationMethod.MinMax,
    "percentile": CalibrationMethod.Percentile,
    "entropy": CalibrationMethod.Entropy,
}


class Calibration(CalibrationDataReader):  # type: ignore[misc]
    """Training pictures as the network is fed them."""

    def __init__(self, pictures: Sequence[Picture]) -> None:
        self._feed = self._pictures(pictures)

    def get_next(self) -> dict[str, Any] | None:
        return next(self._feed, None)

    @staticmethod
    def _pictures(pictures: Sequence[Picture]) -> Iterator[dict[str, Any]]:
        for picture in pictures:
            yield {"image": letterbox(picture.read(), SIZE).canvas[None]}


def quantise(source: Path, target: Path, pictures: Sequence[Picture], method: str) -> None:
    """Writes `target`, without metadata."""
    with TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.onnx"
        quant_pre_process(str(source), str(ready), skip_symbolic_shape=True)
        names = [node.name for node in onnx.load(str(ready)).graph.node]
        quantize_static(
            str(ready),
            str(target),
            Calibration(pictures),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=list(QUANTISED),
            nodes_to_exclude=[name for name in names if any(k in name for k in KEPT_FLOAT)],
            calibrate_method=METHODS[method],
        )


def choose(pictures: Sequence[Picture], count: int = PICTURES) -> list[Picture]:
    """The same pictures for the same manifest, a like number of each source."""
    random = np.random.default_rng(SEED)
    sources: dict[str, list[Picture]] = {}
    for row in random.permutation(len(pictures)):
        sources.setdefault(pictures[row].source, []).append(pictures[row])
    each = -(-count // len(sources))
    return [picture for name in sorted(sources) for picture in sources[name][:each]]
