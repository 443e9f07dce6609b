"""From a checkpoint to a file that the agent runs; needs torch and onnx."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training parts need torch, which agents do not carry")
pytest.importorskip("onnx", reason="exporting needs onnx, which agents do not carry")

from edge_agent.detector import Detector as EdgeDetector  # noqa: E402
from models.deployed import MOST_ROWS, Deployed  # noqa: E402
from models.export import Facts, export  # noqa: E402
from models.network import Depthwise, Detector, same_padding  # noqa: E402

FACTS = Facts(
    version="0.0-test",
    default_size="128",
    thresholds='{"smoke": 0.3, "fire": 0.4}',
    training_data_sha256="0" * 64,
    licence="test",
)


@pytest.fixture(scope="module")
def detector() -> Detector:
    torch.manual_seed(7)
    made = Detector()
    for name, buffer in made.named_buffers():
        if name.endswith("kernel"):
            torch.nn.init.normal_(buffer, std=0.2)
    for branch in made.late.branches:
        torch.nn.init.normal_(branch.logits.weight, std=0.5)
    made.eval()
    return made


@pytest.fixture(scope="module")
def exported(detector: Detector, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "detector.onnx"
    export(detector, path, FACTS, example=128)
    return path


@pytest.mark.parametrize(("height", "width"), [(96, 128), (160, 64), (320, 320)])
def test_the_exported_file_answers_as_the_network_did(
    detector: Detector, exported: Path, height: int, width: int
) -> None:
    import onnxruntime as ort  # noqa: PLC0415

    image = np.random.default_rng(7).integers(0, 255, (1, height, width, 3), dtype=np.uint8)
    boxes, scores = ort.InferenceSession(exported).run(None, {"image": image})
    with torch.no_grad():
        true_boxes, true_scores = Deployed(detector)(torch.from_numpy(image))
    np.testing.assert_allclose(scores.max(1), true_scores.max(1).values, atol=1e-4)
    for row in range(MOST_ROWS // 10):  # rows whose scores tie may change places
        nearest = np.abs(true_boxes.numpy() - boxes[row]).max(1).argmin()
        np.testing.assert_allclose(boxes[row], true_boxes[nearest], rtol=1e-3, atol=0.05)
        np.testing.assert_allclose(scores[row], true_scores[nearest], atol=1e-3)


def test_both_looks_read_the_same_weights(exported: Path) -> None:
    import onnx  # noqa: PLC0415

    graph = onnx.load(exported).graph
    weights = {one.name for one in graph.initializer}
    readers = [node.input[1] for node in graph.node if node.op_type == "Conv"]
    assert set(readers) <= weights
    finest = [name for name in readers if readers.count(name) == 1]
    assert len(finest) == 5  # the branch that half scale leaves out


def test_the_agent_reads_the_exported_facts(exported: Path) -> None:
    facts = EdgeDetector(exported).facts
    assert facts.version == "0.0-test"
    assert facts.default_size == 128
    assert [str(label) for label in facts.labels] == ["smoke", "fire"]


def test_every_convolution_pads_for_itself(exported: Path) -> None:
    import onnx  # noqa: PLC0415

    nodes = onnx.load(exported).graph.node
    padded = {node.output[0] for node in nodes if node.op_type == "Pad"}
    assert not [node.name for node in nodes if node.op_type == "Conv" and node.input[0] in padded]


def test_the_network_keeps_to_its_five_million_parameters(detector: Detector) -> None:
    weights = sum(one.numel() for one in detector.parameters())
    weights += sum(one.numel() for name, one in detector.named_buffers() if "kernel" in name)
    assert weights < 5_000_000


@pytest.mark.parametrize("side", [3, 5])
def test_our_backward_of_the_strided_depthwise_is_the_librarys(side: int) -> None:
    layer = Depthwise(4, side, 2)
    torch.nn.init.normal_(layer.kernel)
    x = torch.randn(2, 4, 8, 8, requires_grad=True)
    y = layer(x)
    upstream = torch.randn_like(y)
    y.backward(upstream)
    twin = x.detach().clone().requires_grad_()
    padding = same_padding(side) * 2
    padded = torch.nn.functional.pad(twin, padding)
    torch.nn.functional.conv2d(padded, layer.kernel, None, 2, 0, 1, 4).backward(upstream)
    torch.testing.assert_close(x.grad, twin.grad)
