"""The rendered district: believable, repeatable, and without smoke before it burns."""

import numpy as np
import pytest

from edge_agent.frame import Image, SourceError
from edge_agent.scene.plume import TAU_LIMIT, Fire, Plume
from edge_agent.scene.setting import Setting
from edge_agent.sources.synthetic import SCENES, SyntheticSource

SMALL = "width=320&height=180"
KINDS = ["tower", "street"]


def picture(url: str, seconds: float, number: int = 1) -> Image:
    setting = Setting.from_url(url)
    return SCENES[setting.kind](setting).render(seconds, number)


def difference(one: Image, other: Image) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).max())


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_and_second_give_the_same_picture(kind: str) -> None:
    url = f"synthetic:{kind}?{SMALL}&seed=3"
    assert difference(picture(url, 40), picture(url, 40)) == 0
    assert difference(picture(url, 40), picture(f"{url}&hour=18", 40)) > 0


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_burns_before_it_is_lit(kind: str) -> None:
    lit, never = (f"synthetic:{kind}?{SMALL}&ignite_after={after}" for after in (20, -1))
    assert difference(picture(lit, 19.9), picture(never, 19.9)) == 0
    assert difference(picture(lit, 40), picture(never, 40)) > 20


def test_smoke_grows() -> None:
    grey = np.full((180, 320, 3), 60, np.uint8)
    plume = Plume(Fire(x=160, y=170, scale=1.0), seed=1)
    covered = []
    for seconds in (5.0, 15.0, 40.0):
        image = grey.copy()
        plume.blend(image, seconds)
        covered.append(int((image != grey).any(axis=2).sum()))
    assert 0 < covered[0] < covered[1] < covered[2]


def test_smoke_never_hides_more_than_its_thickness_allows() -> None:
    """Beer and Lambert: what shines through is at least exp(-limit) of the view."""
    dark, bright = np.zeros((180, 320, 3), np.uint8), np.full((180, 320, 3), 255, np.uint8)
    plume = Plume(Fire(x=160, y=170, scale=2.0, strength=8.0), seed=1)
    plume.blend(dark, 40.0)
    plume.blend(bright, 40.0)
    through = (bright.astype(float) - dark) / 255
    assert through.min() >= np.exp(-TAU_LIMIT) - 0.02
    assert through.min() < 0.5


def test_smoke_may_be_blended_into_any_picture() -> None:
    image = np.zeros((48, 64, 3), np.uint8)
    Plume(Fire(x=-500, y=-500, scale=1.0), seed=1).blend(image, 30.0)
    assert not image.any()
    Plume(Fire(x=63, y=47, scale=40.0), seed=1).blend(image, 30.0)
    assert image.any()


def test_at_night_the_flame_lights_the_street() -> None:
    night = f"synthetic:street?{SMALL}&hour=23"
    before, after = picture(night, 5), picture(night, 30)
    assert before.mean() < 60
    assert after.max() > 220
    assert after.mean() > before.mean() + 2


def test_two_successive_frames_are_never_the_same() -> None:
    setting = Setting.from_url(f"synthetic:tower?{SMALL}")
    scene = SCENES["tower"](setting)
    prints = {scene.render(1.0, number).tobytes() for number in range(1, 20)}
    assert len(prints) == 19


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("synthetic:moon", "moon"),
        ("synthetic:tower?colour=3", "colour"),
        ("synthetic:tower?seed=x", "seed"),
    ],
)
def test_a_wrong_address_is_named(url: str, named: str) -> None:
    with pytest.raises(SourceError, match=named):
        Setting.from_url(url)


def test_the_source_counts_its_frames_and_ends_when_closed() -> None:
    source = SyntheticSource.from_url(f"synthetic:tower?{SMALL}&fps=50")
    numbers = []
    for frame in source.frames():
        numbers.append(frame.number)
        if frame.number == 5:
            source.close()
    assert numbers == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("hour", "light"), [(0.0, 0.0), (12.0, 1.0), (23.0, 0.0)])
def test_the_sun_rises_and_sets(hour: float, light: float) -> None:
    assert Setting(hour=hour).daylight == light
