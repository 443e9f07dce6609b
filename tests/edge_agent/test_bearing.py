"""Where a box lies on the ground."""

import pytest

from contracts.sighting import Box, Label
from contracts.status import Pose
from edge_agent.bearing import MOUNT_SIGMA_DEG, bearing_of, offset_deg


def test_the_worked_example_of_the_domain_page() -> None:
    assert offset_deg(480.5 / 1920, 60.0) == pytest.approx(-16.086, abs=0.02)


def test_the_middle_is_the_axis_and_the_edges_are_half_the_field() -> None:
    assert offset_deg(0.5, 60.0) == 0
    assert offset_deg(1.0, 60.0) == pytest.approx(30.0)
    assert offset_deg(0.0, 60.0) == pytest.approx(-30.0)


def test_a_bearing_left_of_north_wraps_around() -> None:
    box = Box(x=0.0, y=0.5, w=0.1, h=0.1)
    bearing = bearing_of(box, Label.FIRE, Pose(azimuth_deg=5, fov_deg=60))
    assert 335 < bearing.azimuth_deg < 345


@pytest.mark.parametrize("azimuth", [0.0, 359.999, 180.0])
def test_a_bearing_is_always_below_360(azimuth: float) -> None:
    box = Box(x=0.4, y=0.5, w=0.2, h=0.1)
    bearing = bearing_of(box, Label.SMOKE, Pose(azimuth_deg=azimuth, fov_deg=60))
    assert 0 <= bearing.azimuth_deg < 360


def test_a_wide_plume_is_a_less_certain_bearing() -> None:
    pose = Pose(azimuth_deg=90, fov_deg=60)
    narrow = bearing_of(Box(x=0.5, y=0.5, w=0.01, h=0.1), Label.SMOKE, pose)
    wide = bearing_of(Box(x=0.4, y=0.5, w=0.2, h=0.1), Label.SMOKE, pose)
    assert MOUNT_SIGMA_DEG <= narrow.sigma_deg < wide.sigma_deg
    assert wide.width_deg > narrow.width_deg
