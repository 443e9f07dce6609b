"""The network in bytes; needs torch and onnx."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training parts need torch, which agents do not carry")
pytest.importorskip("onnx", reason="quantising needs onnx, which agents do not carry")

from edge_agent.detector import Detector as EdgeDetector  # noqa: E402
from models.dataset import Picture  # noqa: E402
from models.export import label  # noqa: E402
from models.quantise import choose, quantise  # noqa: E402
from tests.models.test_export import FACTS, detector, exported  # noqa: E402, F401
from tests.models.test_sampling import picture  # noqa: E402


@pytest.fixture
def in_bytes(exported: Path, tmp_path: Path) -> Path:  # noqa: F811
    import onnx  # noqa: PLC0415

    target = tmp_path / "int8.onnx"
    quantise(exported, target, [picture(tmp_path, "a", "urban")], "minmax")
    model = onnx.load(str(target))
    label(model, FACTS)
    onnx.save(model, str(target))
    return target


def test_the_agent_runs_the_file_in_bytes(in_bytes: Path, exported: Path) -> None:  # noqa: F811
    image = np.random.default_rng(7).integers(0, 255, (96, 128, 3), dtype=np.uint8)
    whole = EdgeDetector(exported).detect(image, 0.0)
    small = EdgeDetector(in_bytes).detect(image, 0.0)
    assert small
    assert abs(whole[0].score - small[0].score) < 0.3


def test_bytes_take_a_third_of_the_room(in_bytes: Path, exported: Path) -> None:  # noqa: F811
    assert in_bytes.stat().st_size * 3 < exported.stat().st_size


def test_the_last_layers_stay_in_float(in_bytes: Path) -> None:
    import onnx  # noqa: PLC0415

    graph = onnx.load(str(in_bytes)).graph
    kinds = {node.output[0]: node.op_type for node in graph.node}
    kept = [
        node
        for node in graph.node
        if node.op_type == "Conv" and ("/logits" in node.name or "/sides" in node.name)
    ]
    assert len(kept) == 10  # three strides at full scale and two at half, logits and sides each
    assert all(kinds.get(node.input[1]) != "DequantizeLinear" for node in kept)


def test_calibration_takes_the_same_pictures_and_of_every_source(tmp_path: Path) -> None:
    pictures: list[Picture] = [
        picture(tmp_path, f"{source}{number}", source)
        for source in ("urban", "forest")
        for number in range(10)
    ]
    chosen = choose(pictures, 6)
    assert [one.name for one in chosen] == [one.name for one in choose(pictures, 6)]
    assert sorted(one.source for one in chosen) == ["forest"] * 3 + ["urban"] * 3
