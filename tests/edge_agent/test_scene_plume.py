"""Smoke by itself: it rises, leans, thins and stays where it burns, in any picture."""

import itertools

import numpy as np
import pytest

from edge_agent.frame import Image
from edge_agent.scene.noise import Floats
from edge_agent.scene.plume import TAU_LIMIT, Fire, Plume

FOOT_X, FOOT_Y = 160, 200


def view(level: int = 60) -> Image:
    return np.full((220, 320, 3), level, np.uint8)


def smoke(seconds: float, level: int = 60, light: float = 1.0, **fire: float) -> Image:
    image = view(level)
    burning: dict[str, float] = {"x": FOOT_X, "y": FOOT_Y, "scale": 0.7, "strength": 2.0, **fire}
    Plume(Fire(**burning), seed=5).blend(image, seconds, light)
    return image


def change(image: Image, level: int = 60) -> Floats:
    return np.asarray(np.abs(image.astype(np.float32) - level).max(axis=2), np.float32)


def middle(image: Image) -> tuple[float, float]:
    """Of the smoke: across, and height above the foot, in pixels."""
    seen = change(image)
    ys, xs = np.mgrid[: seen.shape[0], : seen.shape[1]]
    return (
        float((xs * seen).sum() / seen.sum()) - FOOT_X,
        FOOT_Y - float((ys * seen).sum() / seen.sum()),
    )


def test_the_same_seed_and_second_give_the_same_smoke() -> None:
    assert np.array_equal(smoke(30.0), smoke(30.0))


@pytest.mark.parametrize("seconds", [-5.0, 0.0])
def test_there_is_no_smoke_before_it_burns(seconds: float) -> None:
    assert np.array_equal(smoke(seconds), view())


def test_smoke_leans_with_the_wind() -> None:
    right, left = smoke(40.0, wind=3.0), smoke(40.0, wind=-3.0)
    assert middle(right)[0] > 15
    assert middle(left)[0] < -15


def test_wind_lays_the_plume_down() -> None:
    assert middle(smoke(25.0, wind=0.5))[1] > 1.3 * middle(smoke(25.0, wind=6.0))[1]


def test_a_stronger_fire_sends_its_smoke_higher() -> None:
    assert middle(smoke(20.0, strength=4.0))[1] > middle(smoke(20.0, strength=0.5))[1]


def test_the_front_rises_with_the_two_thirds_power_of_time() -> None:
    """Eight times the time, four times the height: Briggs, well below the inversion."""
    tops = [
        FOOT_Y - int(np.nonzero((change(smoke(t, scale=0.5)) > 6).any(axis=1))[0][0])
        for t in (4.0, 32.0)
    ]
    assert 2.0 < tops[1] / tops[0] < 6.0


def test_smoke_comes_from_where_it_burns_at_all_times() -> None:
    for seconds in (5.0, 30.0, 200.0):
        foot = change(smoke(seconds))[FOOT_Y - 12 : FOOT_Y + 6, FOOT_X - 12 : FOOT_X + 13]
        assert foot.max() > 20


def test_smoke_lightens_forest_and_darkens_a_white_sky() -> None:
    assert smoke(30.0, level=40).min() >= 39
    assert smoke(30.0, level=250).max() <= 251
    assert smoke(30.0, level=250).min() < 235


def test_black_smoke_is_darker_than_white() -> None:
    assert smoke(30.0, level=200, dark=0.9).mean() < smoke(30.0, level=200).mean() - 2


def test_the_view_behind_shines_through_by_beer_and_lambert() -> None:
    """What is seen of a bright view, less what is seen of a black one, is exp(-τ) of the view."""
    through = (smoke(40.0, level=255).astype(float) - smoke(40.0, level=0)) / 255
    assert through.min() >= np.exp(-TAU_LIMIT) - 0.02
    assert through.max() <= 1.0
    assert through.min() < 0.3


def test_smoke_thins_on_its_way() -> None:
    through = (smoke(120.0, level=255).astype(float) - smoke(120.0, level=0)) / 255
    rows = through.min(axis=(1, 2))
    assert rows[FOOT_Y - 40 : FOOT_Y].min() < rows[20:60].min()


def test_at_night_only_the_fire_lights_the_smoke() -> None:
    day, night = smoke(30.0, level=10, light=1.0), smoke(30.0, level=10, light=0.0)
    assert change(night, 10).sum() < change(day, 10).sum() / 4
    foot = night[FOOT_Y - 10 : FOOT_Y, FOOT_X - 8 : FOOT_X + 8].mean(axis=(0, 1))
    assert foot[2] > foot[0]  # redder than blue


def test_smoke_moves_without_leaps() -> None:
    second = [smoke(30.0 + step / 5).astype(np.float32) for step in range(11)]
    steps = [float(np.abs(a - b).mean()) for a, b in itertools.pairwise(second)]
    assert min(steps) > 0
    assert max(steps) < 4 * min(steps)


@pytest.mark.parametrize("corner", [(-400.0, 100.0), (1000.0, -50.0), (160.0, 900.0)])
def test_smoke_outside_the_picture_changes_nothing(corner: tuple[float, float]) -> None:
    assert np.array_equal(smoke(5.0, x=corner[0], y=corner[1]), view())


def test_smoke_of_any_size_keeps_the_picture_whole() -> None:
    for scale in (0.01, 0.2, 5.0, 60.0):
        image = smoke(50.0, scale=scale)
        assert image.shape == view().shape
        assert image.dtype == np.uint8
