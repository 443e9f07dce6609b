"""Bearings on the ground, against the worked example of the domain notes."""

import pytest

from hub.geometry import Ray, Spot, along, apart_deg, crossing, distance_m, moved

A = Spot(15.9273, 107.6393)
B = Spot(15.9654, 107.7170)


def test_two_towers_locate_a_fire() -> None:
    fix = crossing(Ray(A, 107.3806), Ray(B, 169.1787), 15_000)
    assert fix is not None
    assert distance_m(fix, Spot(15.9, 107.73)) < 30
    assert distance_m(A, fix) == pytest.approx(10_162, abs=30)


@pytest.mark.parametrize(
    ("one", "other"),
    [(287.4, 349.2), (107.4, 349.2), (107.4, 112.0), (60.0, 240.0)],
    ids=["behind both", "behind one", "nearly parallel", "opposite"],
)
def test_rays_that_do_not_meet_in_front_locate_nothing(one: float, other: float) -> None:
    assert crossing(Ray(A, one), Ray(B, other), 15_000) is None


def test_a_meeting_out_of_reach_is_none() -> None:
    assert crossing(Ray(A, 107.3806), Ray(B, 169.1787), 9_000) is None


def test_a_look_along_a_bearing_goes_there() -> None:
    east = along(Ray(A, 90), 1000)
    assert east.lat == pytest.approx(A.lat)
    assert distance_m(A, east) == pytest.approx(1000, rel=1e-4)
    assert moved(A, 0, 1000).lat > A.lat


@pytest.mark.parametrize(("one", "other", "apart"), [(350, 10, 20), (10, 350, 20), (0, 180, 180)])
def test_bearings_wrap_around_north(one: float, other: float, apart: float) -> None:
    assert apart_deg(one, other) == apart
