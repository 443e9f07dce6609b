"""A released file learns on from where it stood; needs torch and onnx."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training parts need torch, which agents do not carry")
pytest.importorskip("onnx", reason="restoring needs onnx, which agents do not carry")

from models.network import ConvNorm, Detector  # noqa: E402
from models.restore import RestoreError, settle, unfold  # noqa: E402
from tests.models.test_export import detector, exported  # noqa: E402, F401


def answers(network: Detector, images: "torch.Tensor") -> "torch.Tensor":  # type: ignore[name-defined]
    network.eval()
    with torch.no_grad():
        logits, _ = network.late(network.early(images))
    return logits


@pytest.fixture
def images() -> "torch.Tensor":  # type: ignore[name-defined]
    made = np.random.default_rng(7).integers(0, 255, (4, 64, 64, 3), dtype=np.uint8)
    return torch.from_numpy(made)


def test_a_released_file_answers_again_as_it_did(
    detector: Detector,  # noqa: F811
    exported: Path,  # noqa: F811
    images: "torch.Tensor",  # type: ignore[name-defined]
) -> None:
    again = Detector()
    unfold(again, exported)
    torch.testing.assert_close(
        answers(again, images), answers(detector, images), atol=1e-4, rtol=1e-3
    )


def test_settling_measures_what_passes_and_changes_no_answer(
    exported: Path,  # noqa: F811
    images: "torch.Tensor",  # type: ignore[name-defined]
) -> None:
    again = Detector()
    unfold(again, exported)
    before = answers(again, images)
    with torch.no_grad():
        settle(again.late, [again.early(images)])
    torch.testing.assert_close(answers(again, images), before, atol=1e-3, rtol=1e-3)
    norms = [module[1] for module in again.modules() if isinstance(module, ConvNorm)]
    assert all(norm.running_mean.abs().max() > 0 for norm in norms)
    again.late.train()
    with torch.no_grad():
        learning, _ = again.late(again.early(images))
    torch.testing.assert_close(learning, before, atol=0.05, rtol=0.05)


def test_a_file_without_this_network_is_refused_by_name(tmp_path: Path) -> None:
    import onnx  # noqa: PLC0415

    path = tmp_path / "other.onnx"
    graph = onnx.helper.make_graph([], "other", [], [])
    onnx.save(onnx.helper.make_model(graph), str(path))
    with pytest.raises(RestoreError, match=r"other\.onnx: holds no convolution late\.neck"):
        unfold(Detector(), path)
