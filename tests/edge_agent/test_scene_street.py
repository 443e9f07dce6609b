"""What a street camera sees: perspective, traffic, and a fire before or behind it."""

from itertools import pairwise

import numpy as np
import pytest

from edge_agent.frame import Image
from edge_agent.scene import houses, traffic
from edge_agent.scene.perspective import View, dimmed
from edge_agent.scene.setting import Setting
from edge_agent.scene.street import StreetScene

SMALL = "synthetic:street?width=320&height=180"
VIEW = View(width=320, height=180, focal=300.0, horizon=70.0, eye=6.0)


def grey() -> Image:
    return np.full((180, 320, 3), 120, np.uint8)


def passer(kind: traffic.Kind = "car", across: float = 2.0, speed: float = 8.0) -> traffic.Passer:
    return traffic.Passer(kind=kind, across=across, speed=speed, offset=0.1, paint=(40, 40, 200))


def test_what_is_far_away_is_small_and_near_the_horizon() -> None:
    near, far = VIEW.pixel((2.0, 0.0, 10.0)), VIEW.pixel((2.0, 0.0, 100.0))
    assert near[0] - 160 == pytest.approx(10 * (far[0] - 160))
    assert near[1] > far[1] > VIEW.horizon
    assert VIEW.pixel((0.0, 6.0, 33.0)) == (160.0, 70.0)  # at the height of the eye


def test_a_place_in_the_picture_is_found_again() -> None:
    across = VIEW.across(0.72, 25.0)
    assert VIEW.pixel((across, 0.0, 25.0))[0] / VIEW.width == pytest.approx(0.72)


def test_the_ground_is_metres_by_pixel() -> None:
    first, across, ahead = VIEW.ground()
    assert across.shape == ahead.shape == (180 - first, 320)
    x, y = VIEW.pixel((float(across[40, 33]), 0.0, float(ahead[40, 33])))
    assert x == pytest.approx(33, abs=0.01)
    assert y == pytest.approx(first + 40, abs=0.01)


def test_light_dims_but_never_leaves_the_range_of_a_pixel() -> None:
    assert dimmed((100, 200, 250), 0.5) == (50, 100, 125)
    assert dimmed((100, 200, 250), 2.0) == (200, 255, 255)


@pytest.mark.parametrize("kind", ["car", "bike", "walker"])
def test_whoever_passes_is_seen_and_moves(kind: traffic.Kind) -> None:
    one, later = grey(), grey()
    traffic.paint(one, VIEW, passer(kind), 0.0, 1.0)
    traffic.paint(later, VIEW, passer(kind), 1.0, 1.0)
    assert (one != 120).any()
    assert (one != later).any()


def test_whoever_drives_away_comes_back_at_the_near_end() -> None:
    aheads = [passer(speed=8.0).ahead(seconds / 4) for seconds in range(200)]
    assert min(aheads) >= traffic.NEAREST_M
    assert max(aheads) <= traffic.FARTHEST_M
    assert any(b < a for a, b in pairwise(aheads))
    assert passer(speed=-8.0).ahead(1.0) < passer(speed=-8.0).ahead(0.0)


def test_traffic_keeps_to_the_right() -> None:
    """Whoever drives away from the camera is on its right."""
    drivers = [one for one in traffic.some(np.random.default_rng(1)) if one.kind != "walker"]
    assert drivers
    assert all((one.across > 0) == (one.speed > 0) for one in drivers)


@pytest.mark.parametrize(("car_ahead", "hidden"), [(55.0, True), (65.0, False)])
def test_a_car_hides_the_fire_only_if_it_is_nearer(car_ahead: float, hidden: bool) -> None:
    scene = StreetScene(
        Setting.from_url(f"{SMALL}&place=0.56&distance=60&strength=4&ignite_after=0")
    )
    view = scene._view
    x, y = view.pixel((view.across(0.56, 60.0), 0.6, 60.0))
    offset = (car_ahead - traffic.NEAREST_M) / (traffic.FARTHEST_M - traffic.NEAREST_M)
    scene._passers = [
        traffic.Passer(
            kind="car", across=view.across(0.56, car_ahead), speed=0.0, offset=offset,
            paint=(200, 60, 40),
        )
    ]  # fmt: skip
    blue, _, red = scene.render(30.0, 1)[int(y), int(x)]
    assert bool(blue > red) is hidden


def test_windows_are_lit_at_night() -> None:
    night = StreetScene(Setting.from_url(f"{SMALL}&hour=22&ignite_after=-1")).render(1.0, 1)
    day = StreetScene(Setting.from_url(f"{SMALL}&hour=12&ignite_after=-1")).render(1.0, 1)
    assert night.mean() < day.mean() / 2
    assert (night[..., 2] > 120).sum() > 50


def test_houses_leave_the_sky_as_it_was() -> None:
    image = np.zeros((180, 320, 3), np.uint8)
    image[:] = (210, 180, 140)
    houses.paint(image, VIEW, 1.0, np.random.default_rng(3))
    assert (image[5, 150:170] == (210, 180, 140)).all()
    assert (image[120] != (210, 180, 140)).any()


def test_a_street_has_its_fire_at_the_roadside_unless_told_otherwise() -> None:
    assert Setting.from_url("synthetic:street").place > 0.7
    assert Setting.from_url("synthetic:street?place=0.3").place == 0.3
