"""A trained network as one ONNX file for the agent; `edge_agent.detector` says its contract."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import onnx
import torch
from onnx import helper
from torch import Tensor, nn

from edge_agent.detector import GREY, MOST_BOXES, NMS_IOU, STRIDE
from models.dataset import CLASS_NAMES
from models.deployed import MOST_ROWS, Deployed
from models.network import Detector, same_padding

OPSET = 17
DEFAULT_SIZE = 640
LICENCE = (
    "network and code Apache-2.0; starting weights EfficientNet-lite0 by ML Illustrated, "
    "Apache-2.0; trained on public pictures, some for research only or without a stated licence: "
    "see MODEL_CARD.md"
)
INPUT_TEXT = (
    f"uint8 [1, height, width, 3], RGB, sides multiples of {STRIDE}; picture scaled to "
    "ioc.default_size on its long side (area averaging when smaller, bilinear when larger), "
    f"anchored top left, rest filled with grey {GREY}; normalised in the graph"
)
OUTPUT_TEXT = (
    f"boxes: x1 y1 x2 y2 in input pixels; scores: 0..1 for each class; the best {MOST_ROWS} rows, "
    "overlapping boxes not yet removed. Then, for each class: drop scores below the floor; of "
    f"boxes with an IoU above {NMS_IOU} keep the best, {MOST_BOXES} at most; divide by the scale"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the file says of itself; all text, as ONNX metadata is."""

    version: str
    default_size: str
    thresholds: str
    training_data_sha256: str
    licence: str

    def as_metadata(self) -> dict[str, str]:
        return {
            "ioc.version": self.version,
            "ioc.classes": ",".join(CLASS_NAMES),
            "ioc.input": INPUT_TEXT,
            "ioc.output": OUTPUT_TEXT,
            "ioc.default_size": self.default_size,
            "ioc.thresholds": self.thresholds,
            "ioc.training_data_sha256": self.training_data_sha256,
            "ioc.licence": self.licence,
        }


def averaged(state: Mapping[str, Any]) -> Detector:
    """The averaged network of a checkpoint of `models.train`."""
    detector = Detector()
    detector.early.load_state_dict(state["early"])
    detector.late.load_state_dict(state["average"])
    detector.eval()
    return detector


def export(detector: Detector, target: Path, facts: Facts, example: int = DEFAULT_SIZE) -> None:
    """Writes `target`; the detector is left in evaluation mode."""
    module = Deployed(detector.float()).eval()
    image = torch.zeros(1, example * 3 // 4, example, 3, dtype=torch.uint8)
    axes = {
        "image": {1: "height", 2: "width"},
        "boxes": {0: "rows"},
        "scores": {0: "rows"},
    }
    with TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.onnx"
        trace(module, image, raw, axes)
        model = onnx.load(str(raw))
    _name_weights_once(model.graph)
    _pad_inside_convolutions(model)
    for output, columns in zip(model.graph.output, (4, len(CLASS_NAMES)), strict=True):
        output.type.tensor_type.shape.dim[1].dim_value = columns
    label(model, facts)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(target))


def trace(module: nn.Module, image: Tensor, target: Path, axes: dict[str, dict[int, str]]) -> None:
    """`axes` names the inputs and outputs, the input first, and their lengths that may vary."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's own deprecations and tracer notes
        torch.onnx.export(
            module,
            (image,),
            str(target),
            opset_version=OPSET,
            input_names=list(axes)[:1],
            output_names=list(axes)[1:],
            dynamic_axes=axes,
            dynamo=False,
        )


def label(model: onnx.ModelProto, facts: Facts) -> None:
    helper.set_model_props(model, facts.as_metadata())
    model.producer_name = "models.export"
    model.graph.name = "dg-detector"
    _drop_unused_domains(model)


def _drop_unused_domains(model: onnx.ModelProto) -> None:
    """The quantiser declares every domain that it knows; a box's runtime may know fewer."""
    used = {node.domain for node in model.graph.node}
    kept = [one for one in model.opset_import if one.domain in used]
    del model.opset_import[:]
    model.opset_import.extend(kept)


def _name_weights_once(graph: onnx.GraphProto) -> None:
    """The second look reads the first one's weights by their own name, not through a copy's."""
    weights = {one.name for one in graph.initializer}
    copies = {
        node.output[0]: node.input[0]
        for node in graph.node
        if node.op_type == "Identity" and node.input[0] in weights
    }
    for node in graph.node:
        node.input[:] = [copies.get(name, name) for name in node.input]
    _drop_unread(graph)


def _pad_inside_convolutions(model: onnx.ModelProto) -> None:
    """Zero padding before a convolution becomes the convolution's own: faster, and it quantises."""
    graph = model.graph
    pads = {node.output[0]: node for node in graph.node if node.op_type == "Pad"}
    for conv in [node for node in graph.node if node.op_type == "Conv"]:
        pad = pads.get(conv.input[0])
        if pad is None:
            continue
        attributes = {one.name: one for one in conv.attribute}
        before, after = same_padding(attributes["kernel_shape"].ints[0])
        attributes["pads"].ints[:] = [before, before, after, after]
        conv.input[0] = pad.input[0]
    _drop_unread(graph)


def _drop_unread(graph: onnx.GraphProto) -> None:
    wanted = {one.name for one in graph.output}
    for node in reversed(list(graph.node)):
        if wanted.isdisjoint(node.output):
            graph.node.remove(node)
        else:
            wanted.update(node.input)
