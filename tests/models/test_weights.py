"""The weights that are released: signed, documented in their own graph, of standard operators."""

from pathlib import Path

import onnx
import pytest

from edge_agent.detector import Detector
from edge_agent.manifest import MANIFEST, parse, read_checked
from edge_agent.trust import built_in_key, vouch
from models import default_weights
from models.dataset import CLASS_NAMES

FOLDER = default_weights().parent
MANIFEST_SAYS = parse((FOLDER / MANIFEST).read_bytes(), FOLDER / MANIFEST)
FILES = [one.path for one in MANIFEST_SAYS.files]
OPSET = 17
"""onnxruntime 1.13 (2022) and everything newer runs it, on x86-64 and on ARM."""
OPERATORS = {
    "Add", "Cast", "Clip", "Concat", "Constant", "ConstantOfShape", "Conv", "CumSum",
    "DequantizeLinear", "Div", "Exp", "Gather", "Mul", "QuantizeLinear", "ReduceMax", "Reshape",
    "Resize", "Shape", "Sigmoid", "Slice", "Sub", "TopK", "Transpose", "Unsqueeze",
    "AveragePool", "GreaterOrEqual", "LessOrEqual", "Max", "Mod", "Neg", "Pad", "ReduceSum",
}  # fmt: skip
"""All of the standard domain; each has a kernel in onnxruntime's CPU provider at this opset."""


@pytest.fixture(params=FILES)
def path(request: pytest.FixtureRequest) -> Path:
    return FOLDER / str(request.param)


@pytest.fixture
def model(path: Path) -> onnx.ModelProto:
    return onnx.load(str(path))


def test_the_release_is_signed_by_the_projects_key() -> None:
    vouched = vouch(FOLDER, [built_in_key()])
    assert vouched.manifest == MANIFEST_SAYS


def test_float_and_bytes_are_both_in_it_and_nothing_lies_beside_it_unsigned() -> None:
    assert {one.precision for one in MANIFEST_SAYS.files} == {"fp32", "int8"}
    assert {one.name for one in FOLDER.glob("*.onnx")} == set(FILES)
    assert default_weights().name in FILES


def test_no_private_key_lies_beside_the_public_one() -> None:
    for path in FOLDER.iterdir():
        assert b"PRIVATE KEY" not in path.read_bytes(), path


def test_the_manifest_agrees_with_what_the_agent_reads(path: Path) -> None:
    facts = Detector(path, content=read_checked(path, MANIFEST_SAYS)).facts
    line = MANIFEST_SAYS.file(path.name)
    assert line is not None
    assert facts.labels == MANIFEST_SAYS.classes
    assert [str(label) for label in facts.labels] == list(CLASS_NAMES)
    assert facts.thresholds == line.thresholds
    assert facts.default_size == MANIFEST_SAYS.default_size
    assert facts.version.removesuffix("-int8") == MANIFEST_SAYS.version


def test_only_standard_operators_that_are_known_to_run_on_arm(model: onnx.ModelProto) -> None:
    assert {node.domain for node in model.graph.node} == {""}
    assert {node.op_type for node in model.graph.node} <= OPERATORS
    assert [one.version for one in model.opset_import if one.domain == ""] == [OPSET]
    assert not model.functions


def test_nothing_of_the_graph_lies_in_another_file(model: onnx.ModelProto) -> None:
    assert all(not one.external_data for one in model.graph.initializer)


def test_the_graph_documents_what_stands_before_and_after_it(model: onnx.ModelProto) -> None:
    told = {prop.key: prop.value for prop in model.metadata_props}
    for word in ("uint8", "RGB", "multiples of 32", "long side", "grey 114", "normalised"):
        assert word in told["ioc.input"]
    for word in ("x1 y1 x2 y2", "input pixels", "0..1", "overlapping boxes not yet removed"):
        assert word in told["ioc.output"]
