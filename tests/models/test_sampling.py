"""Batches without end; runs where torch is installed."""

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training parts need torch, which agents do not carry")

from models.dataset import Picture, Truth  # noqa: E402
from models.recipe import FAR_FIRST, NEAR_TOO, Phase, without  # noqa: E402
from models.sampling import Drawer, Stream, collate, kind, near  # noqa: E402

PHASE = Phase(steps=4, size=96, batch=3, draws=FAR_FIRST)


def picture(
    folder: Path, name: str, source: str, labelled: str = "smoke+fire", *, boxed: bool = False
) -> Picture:
    path = folder / f"{name}.png"
    cv2.imwrite(str(path), np.full((120, 160, 3), 90, np.uint8))
    boxes = np.array([[0.2, 0.2, 0.6, 0.6]] if boxed else [], np.float32).reshape(-1, 4)
    truth = Truth(
        boxes=boxes,
        classes=np.zeros(len(boxes), np.int64),
        unknown=np.zeros((0, 4), np.float32),
        unknown_classes=np.zeros(0, np.int64),
    )
    return Picture(
        path=path, name=path.name, source=source, group=name, split="train", labelled=labelled,
        scene="x", truth=truth,
    )  # fmt: skip


@pytest.fixture
def pictures(tmp_path: Path) -> list[Picture]:
    return [
        picture(tmp_path, "a", "tower", boxed=True),
        picture(tmp_path, "b", "tower"),
        picture(tmp_path, "c", "tower", "unverified"),
        picture(tmp_path, "d", "urban", boxed=True),
    ]


def test_tower_frames_are_drawn_by_what_is_known_of_them(pictures: list[Picture]) -> None:
    assert [kind(one) for one in pictures] == [
        "tower-smoke",
        "tower-clear",
        "tower-unverified",
        "urban",
    ]


def test_the_same_seed_and_step_give_the_same_batch(pictures: list[Picture]) -> None:
    drawer = Drawer(pictures, 0.25)
    whole = list(Stream(drawer, PHASE, 7, 0, 4))
    resumed = list(Stream(drawer, PHASE, 7, 2, 4))
    assert len(whole) == 4
    for one, other in zip(whole[2:], resumed, strict=True):
        assert torch.equal(one.images, other.images)
        for left, right in zip(one.targets, other.targets, strict=True):
            assert torch.equal(left.boxes, right.boxes)
    assert not torch.equal(whole[0].images, whole[1].images)


def test_a_batch_is_red_first_and_as_large_as_the_phase_says(pictures: list[Picture]) -> None:
    drawer = Drawer(pictures, 0.25)
    sample = drawer.sample(PHASE, np.random.default_rng(1))
    batch = collate([sample])
    assert batch.images.shape == (1, 96, 96, 3)
    assert batch.images.dtype == torch.uint8
    np.testing.assert_array_equal(batch.images[0].numpy(), sample.image[:, :, ::-1])


def test_rendered_smoke_is_added_to_clear_frames_with_its_box(tmp_path: Path) -> None:
    clear = [picture(tmp_path, "b", "tower")]
    drawer = Drawer(clear, 0.0)
    plumes = Phase(steps=1, size=160, batch=1, draws={"tower-plume": 1.0})
    samples = [drawer.sample(plumes, np.random.default_rng(seed)) for seed in range(20)]
    assert any(len(sample.boxes) for sample in samples)


def test_a_larger_window_shows_near_things_larger() -> None:
    assert near(640).least > near(320).least
    assert near(640).most == near(320).most


@pytest.mark.parametrize("draws", [FAR_FIRST, NEAR_TOO])
def test_the_shares_of_a_mixture_sum_to_one(draws: Mapping[str, float]) -> None:
    assert sum(draws.values()) == pytest.approx(1.0)


def test_a_mixture_without_one_kind_keeps_the_others_proportions() -> None:
    rest = without(FAR_FIRST, "tower-plume")
    assert "tower-plume" not in rest
    assert sum(rest.values()) == pytest.approx(1.0)
    assert rest["urban"] / rest["flare"] == pytest.approx(FAR_FIRST["urban"] / FAR_FIRST["flare"])
