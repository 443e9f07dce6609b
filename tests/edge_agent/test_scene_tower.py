"""What a tower sees: forest that stands still, clouds that drift, and smoke where it burns."""

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_agent.frame import Image
from edge_agent.scene.backdrop import CLOUD_PX_S, Sensor, Sky
from edge_agent.scene.hills import LAYERS, Hills
from edge_agent.scene.light import daylight_on, tint
from edge_agent.scene.noise import endless, fractal, relief
from edge_agent.scene.setting import Setting
from edge_agent.scene.tower import TowerScene

WIDTH, HEIGHT = 320, 180
Indices = NDArray[np.intp]


def setting(**changes: float) -> Setting:
    given: dict[str, float] = {"width": WIDTH, "height": HEIGHT, **changes}
    return Setting(**given)  # type: ignore[arg-type]


def random() -> np.random.Generator:
    return np.random.default_rng(4)


def changed(one: Image, other: Image, by: int = 25) -> tuple[Indices, Indices]:
    """Rows and columns of what differs by more than the sensor's noise."""
    rows, columns = np.nonzero(np.abs(one.astype(int) - other.astype(int)).max(axis=2) > by)
    return rows, columns


@pytest.mark.parametrize("place", [0.25, 0.5, 0.8])
def test_smoke_stands_where_it_was_lit(place: float) -> None:
    lit, never = (
        TowerScene(setting(place=place, ignite_after=after, wind=0.0)).render(40.0, 1)
        for after in (10.0, -1.0)
    )
    rows, columns = changed(lit, never, by=6)
    assert abs(float(np.median(columns)) / WIDTH - place) < 0.06
    assert rows.min() < rows.max() - 5


def test_far_smoke_is_smaller() -> None:
    sizes = []
    for distance in (800.0, 3000.0):
        lit, never = (
            TowerScene(setting(distance=distance, ignite_after=after)).render(50.0, 1)
            for after in (10.0, -1.0)
        )
        sizes.append(changed(lit, never, by=6)[0].size)
    assert sizes[0] > 3 * sizes[1] > 0


def test_hills_stand_still_while_clouds_drift() -> None:
    scene = TowerScene(setting(ignite_after=-1.0))
    rows, _ = changed(scene.render(1.0, 1), scene.render(60.0, 1))
    assert rows.size
    assert rows.max() < 0.62 * HEIGHT


def test_the_sky_rolls_on_without_a_leap() -> None:
    """After one whole round it looks as at first, and the join is no edge."""
    sky = Sky(setting(), 60, random())
    first, again, before = (np.zeros((60, WIDTH, 3), np.uint8) for _ in range(3))
    sky.paint(first, 0.0)
    sky.paint(again, 2 * WIDTH / CLOUD_PX_S)
    sky.paint(before, (2 * WIDTH - 1) / CLOUD_PX_S)
    assert np.array_equal(first, again)
    assert np.array_equal(before[:, 1:], first[:, :-1])


def test_nearer_ridges_lie_lower_and_are_darker() -> None:
    hills = Hills(setting(), random())
    heights = [float(line.mean()) for line in hills.ridges]
    assert len(heights) == LAYERS
    assert heights == sorted(heights)
    image = np.full((HEIGHT, WIDTH, 3), 200, np.uint8)
    hills.over(image)
    far = image[int(hills.ridges[0].max()) + 3].mean()
    assert image[-5:].mean() < far - 30
    assert image[: int(hills.ridges[0].min()) - 4].min() == 200


def test_light_follows_the_hour() -> None:
    hours = [0.0, 5.5, 6.5, 12.0]
    light = [daylight_on(setting(hour=hour)) for hour in hours]
    assert light == sorted(light)
    assert 0 < light[0] < 0.1
    assert light[-1] == 1.0
    dusk = tint(setting(hour=17.5))
    assert dusk[2] > dusk[0]


def test_noise_of_the_sensor_is_small_and_never_twice_the_same() -> None:
    sensor = Sensor(setting(), random())
    grey = np.full((HEIGHT, WIDTH, 3), 100, np.uint8)
    frames = []
    for number in range(1, 15):
        image = grey.copy()
        sensor.over(image, number)
        frames.append(image)
    assert len({frame.tobytes() for frame in frames}) == len(frames)
    assert 0.5 < np.std(frames) < 5
    assert abs(float(np.mean(frames)) - 100) < 1.5


def test_an_endless_strip_joins_its_own_beginning() -> None:
    strip = np.linspace(0, 1, 200, dtype=np.float32)[None].repeat(3, axis=0)
    rolled = endless(strip)
    assert rolled.shape == (3, 100)
    assert abs(float(rolled[0, 0] - rolled[0, -1])) < 0.02


def test_a_slope_towards_the_sun_is_brighter() -> None:
    hill = np.hypot(*np.mgrid[-20:21, -20:21]).astype(np.float32) * -1
    lit = relief(hill, 0.5)
    assert lit[20, 5] > 1.2
    assert lit[20, 35] < 0.8


@pytest.mark.parametrize(("height", "width", "cell"), [(1, 1, 3.0), (50, 7, 400.0), (33, 65, 1.0)])
def test_noise_has_any_size(height: int, width: int, cell: float) -> None:
    noise = fractal(random(), height, width, cell)
    assert noise.shape == (height, width)
    assert np.isfinite(noise).all()
