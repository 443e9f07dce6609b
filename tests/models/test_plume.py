import numpy as np
import pytest

from models.plume import LEAST_SIDE, Plume, add_plume

VIEW = np.full((480, 640, 3), 90, np.uint8)


def plumes(count: int) -> list[Plume]:
    made = (add_plume(VIEW, np.random.default_rng(seed)) for seed in range(count))
    return [plume for plume in made if plume is not None]


def test_smoke_changes_the_view_where_the_box_says_and_hardly_elsewhere() -> None:
    for plume in plumes(12):
        x1, y1, x2, y2 = plume.corners
        change = np.abs(plume.image.astype(int) - VIEW).max(2)
        rows, columns = np.mgrid[0:480, 0:640]
        inside = (columns >= x1 * 640) & (columns < x2 * 640)
        inside &= (rows >= y1 * 480) & (rows < y2 * 480)
        assert change[inside].max() > change[~inside].max()


def test_boxes_lie_in_the_picture_and_are_large_enough_to_see() -> None:
    made = plumes(30)
    assert len(made) > 15
    for plume in made:
        x1, y1, x2, y2 = plume.corners
        assert 0 <= x1 < x2 <= 1
        assert 0 <= y1 < y2 <= 1
        assert (x2 - x1) * 640 >= LEAST_SIDE - 1e-6


def test_the_same_seed_gives_the_same_smoke() -> None:
    one, other = (add_plume(VIEW, np.random.default_rng(3)) for _ in range(2))
    assert one is not None
    assert other is not None
    np.testing.assert_array_equal(one.image, other.image)


def test_the_view_itself_is_left_alone() -> None:
    view = VIEW.copy()
    add_plume(view, np.random.default_rng(1))
    np.testing.assert_array_equal(view, VIEW)


@pytest.mark.parametrize("shape", [(48, 64, 3), (183, 275, 3), (640, 480, 3)])
def test_a_view_of_any_size_will_do(shape: tuple[int, int, int]) -> None:
    view = np.full(shape, 120, np.uint8)
    for seed in range(10):
        plume = add_plume(view, np.random.default_rng(seed))
        assert plume is None or plume.image.shape == shape
