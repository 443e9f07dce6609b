"""What the network is told: varifocal class loss (Zhang 2021) and GIoU (Rezatofighi 2019).

A class that may stand unlabelled in a region is neither right nor wrong there: its logits in
that region take no part, except where a labelled box says otherwise.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from models.assign import assign
from models.network import anchor_points, decode
from models.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The truth of one picture as tensors, in pixels; columns as in `dataset.Truth`."""

    boxes: Tensor
    classes: Tensor
    unknown: Tensor
    unknown_classes: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    classes: Tensor
    boxes: Tensor

    def total(self, recipe: Recipe) -> Tensor:
        return recipe.class_weight * self.classes + recipe.box_weight * self.boxes


def detection_loss(
    logits: Tensor, sides: Tensor, targets: list[Target], size: int, recipe: Recipe
) -> Losses:
    """`logits` [n, anchors, classes], `sides` [n, anchors, 4] of `size` × `size` pictures."""
    points, strides = anchor_points(size, size)
    logits, corners = logits.float(), decode(points, strides, sides.float())
    wanted, known = torch.zeros_like(logits), torch.ones_like(logits)
    predicted, true, worth = [], [], []
    for number, target in enumerate(targets):
        if recipe.masks_unknown:
            known[number] = known_mask(points, target, logits.shape[2])
        if not target.boxes.shape[0]:
            continue
        with torch.no_grad():
            found = assign(
                points,
                strides,
                logits[number].sigmoid(),
                corners[number],
                target.boxes,
                target.classes,
                recipe,
            )
        classes = target.classes[found.boxes]
        wanted[number, found.rows, classes] = found.worth
        known[number, found.rows, classes] = 1.0
        predicted.append(corners[number, found.rows])
        true.append(target.boxes[found.boxes])
        worth.append(found.worth)
    total_worth = wanted.sum().clamp(min=1.0)
    class_loss = (varifocal(logits, wanted, recipe) * known).sum() / total_worth
    if not predicted:
        return Losses(classes=class_loss, boxes=sides.sum() * 0)
    misfit = (1 - giou(torch.cat(predicted), torch.cat(true))) * torch.cat(worth)
    return Losses(classes=class_loss, boxes=misfit.sum() / total_worth)


def known_mask(points: Tensor, target: Target, classes: int) -> Tensor:
    """[anchors, classes]: 0 where a class may stand unlabelled."""
    mask = torch.ones(points.shape[0], classes)
    for region, class_ in zip(target.unknown, target.unknown_classes, strict=True):
        inside = ((points >= region[:2]) & (points <= region[2:])).all(1)
        mask[inside, class_] = 0.0
    return mask


def varifocal(logits: Tensor, wanted: Tensor, recipe: Recipe) -> Tensor:
    """Positives weigh what they are worth; negatives as much as they are believed."""
    believed = logits.sigmoid().detach()
    doubt = recipe.focal_alpha * believed**recipe.focal_gamma
    weight = torch.where(wanted > 0, wanted, doubt)
    return weight * functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")


def giou(one: Tensor, other: Tensor) -> Tensor:
    """Row by row, [n, 4] corners: [n] in -1..1."""
    shared = _area(torch.maximum(one[:, :2], other[:, :2]), torch.minimum(one[:, 2:], other[:, 2:]))
    union = _area(one[:, :2], one[:, 2:]) + _area(other[:, :2], other[:, 2:]) - shared + 1e-7
    hull = _area(torch.minimum(one[:, :2], other[:, :2]), torch.maximum(one[:, 2:], other[:, 2:]))
    return shared / union - (hull - union) / (hull + 1e-7)


def _area(low: Tensor, high: Tensor) -> Tensor:
    return (high - low).clamp(min=0).prod(1)
