"""What the network is told; runs where torch is installed."""

from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="training parts need torch, which agents do not carry")

from models.assign import assign, box_iou  # noqa: E402
from models.loss import Target, detection_loss, giou, known_mask, varifocal  # noqa: E402
from models.network import CLASSES, anchor_points  # noqa: E402
from models.recipe import DEFAULT  # noqa: E402

SIZE = 64
SMOKE, FIRE = 0, 1
WHOLE = [0.0, 0.0, SIZE, SIZE]
ANCHORS = len(anchor_points(SIZE, SIZE)[0])


def target(
    boxes: list[list[float]] | None = None,
    classes: list[int] | None = None,
    unknown: list[list[float]] | None = None,
    unknown_classes: list[int] | None = None,
) -> Target:
    return Target(
        boxes=torch.tensor(boxes or []).reshape(-1, 4).float(),
        classes=torch.tensor(classes or [], dtype=torch.int64),
        unknown=torch.tensor(unknown or []).reshape(-1, 4).float(),
        unknown_classes=torch.tensor(unknown_classes or [], dtype=torch.int64),
    )


def gradient(one: Target) -> Any:
    """Of the class loss, by logits that believe in everything: [anchors, classes]."""
    logits = torch.full((1, ANCHORS, CLASSES), 2.0, requires_grad=True)
    sides = torch.zeros(1, ANCHORS, 4)
    detection_loss(logits, sides, [one], SIZE, DEFAULT).classes.backward()
    return logits.grad[0]


def test_an_unlabelled_class_teaches_nothing() -> None:
    taught = gradient(target(unknown=[WHOLE], unknown_classes=[SMOKE]))
    assert (taught[:, SMOKE] == 0).all()
    assert (taught[:, FIRE] > 0).all()


def test_a_recipe_may_take_the_unlabelled_for_negative() -> None:
    logits = torch.full((1, ANCHORS, CLASSES), 2.0, requires_grad=True)
    partly = target(unknown=[WHOLE], unknown_classes=[SMOKE])
    careless = replace(DEFAULT, masks_unknown=False)
    losses = detection_loss(logits, torch.zeros(1, ANCHORS, 4), [partly], SIZE, careless)
    losses.classes.backward()
    assert (logits.grad[0, :, SMOKE] > 0).all()


def test_an_unknown_zone_teaches_nothing_inside_and_a_negative_outside() -> None:
    taught = gradient(target(unknown=[[0, 0, 32, 64]], unknown_classes=[SMOKE]))
    points, _ = anchor_points(SIZE, SIZE)
    inside = points[:, 0] <= 32
    assert (taught[inside, SMOKE] == 0).all()
    assert (taught[~inside, SMOKE] > 0).all()
    assert (taught[:, FIRE] > 0).all()


def test_a_labelled_box_teaches_even_inside_an_unknown_zone() -> None:
    box = [8.0, 8.0, 40.0, 40.0]
    taught = gradient(target([box], [SMOKE], [WHOLE], [SMOKE]))
    assert (taught[:, SMOKE] != 0).any()


def test_the_mask_is_one_where_everything_is_known() -> None:
    points, _ = anchor_points(SIZE, SIZE)
    assert known_mask(points, target(), CLASSES).min() == 1


def test_every_box_gets_an_anchor_however_small() -> None:
    points, strides = anchor_points(SIZE, SIZE)
    truth = torch.tensor([[10.0, 10.0, 13.0, 13.0], [20.0, 4.0, 60.0, 60.0]])
    found = assign(
        points,
        strides,
        torch.full((ANCHORS, CLASSES), 0.01),
        torch.zeros(ANCHORS, 4),
        truth,
        torch.tensor([SMOKE, FIRE]),
        DEFAULT,
    )
    assert set(found.boxes.tolist()) == {0, 1}
    assert len(set(found.rows.tolist())) == len(found.rows)
    assert ((found.worth > 0) & (found.worth <= 1)).all()


def test_a_confident_and_exact_anchor_answers_for_its_box() -> None:
    points, strides = anchor_points(SIZE, SIZE)
    truth = torch.tensor([[8.0, 8.0, 40.0, 40.0]])
    corners, scores = torch.zeros(ANCHORS, 4), torch.full((ANCHORS, CLASSES), 0.01)
    row = int(((points - 24).abs().sum(1) + strides).argmin())
    corners[row], scores[row, SMOKE] = truth[0], 0.9
    found = assign(points, strides, scores, corners, truth, torch.tensor([SMOKE]), DEFAULT)
    best = found.rows[found.worth.argmax()]
    assert int(best) == row
    assert float(found.worth.max()) == pytest.approx(1.0)


def test_a_doubted_negative_weighs_less_than_a_believed_one() -> None:
    loss = varifocal(torch.tensor([-3.0, 3.0]), torch.zeros(2), DEFAULT)
    assert loss[0] < 0.01 * loss[1]


def test_overlap_measures_agree_with_hand_worked_ones() -> None:
    one = torch.tensor([[0.0, 0.0, 2.0, 2.0]])
    other = torch.tensor([[1.0, 1.0, 3.0, 3.0]])
    assert float(box_iou(one, other)) == pytest.approx(1 / 7)
    assert float(giou(one, other)) == pytest.approx(1 / 7 - 2 / 9, abs=1e-5)
    assert float(giou(one, one)) == pytest.approx(1.0, abs=1e-5)


def test_pictures_without_boxes_have_a_class_loss_only() -> None:
    logits, sides = torch.zeros(2, ANCHORS, CLASSES), torch.zeros(2, ANCHORS, 4)
    losses = detection_loss(logits, sides, [target(), target()], SIZE, DEFAULT)
    assert float(losses.boxes) == 0.0
    assert float(losses.total(DEFAULT)) == pytest.approx(float(losses.classes))
