"""Which anchors answer for which box: task-aligned assignment (TOOD, Feng 2021)."""

from dataclasses import dataclass

import torch
from torch import Tensor

from models.recipe import Recipe

CENTRE_REACH = 1.5
"""Anchors this many strides around a box's centre may answer for it, however small the box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """For one picture: `rows` anchors that answer, `boxes` which they answer for, `worth` 0..1."""

    rows: Tensor
    boxes: Tensor
    worth: Tensor


def assign(
    points: Tensor,
    strides: Tensor,
    scores: Tensor,
    corners: Tensor,
    truth: Tensor,
    classes: Tensor,
    recipe: Recipe,
) -> Assignment:
    """`points` [a, 2], `scores` [a, classes] and `corners` [a, 4] predicted, `truth` [n, 4]."""
    overlap = box_iou(truth, corners)
    metric = scores[:, classes].T ** recipe.assign_score_power
    metric = metric * overlap**recipe.assign_iou_power
    metric = (metric + 1e-9) * _near(points, strides, truth)
    top = metric.topk(min(recipe.assign_topk, metric.shape[1]), dim=1)
    chosen = torch.zeros_like(metric).scatter_(1, top.indices, (top.values > 0).float())
    contested = chosen.sum(0) > 1
    winner = torch.where(chosen > 0, overlap + 1e-6, torch.zeros_like(overlap)).argmax(0)
    only = torch.nn.functional.one_hot(winner, truth.shape[0]).T.float()
    chosen = torch.where(contested, chosen * only, chosen)
    rows = chosen.sum(0).nonzero()[:, 0]
    boxes = chosen[:, rows].argmax(0)
    metric = metric * chosen
    best_metric = metric.amax(1, keepdim=True).clamp(min=1e-9)
    best_overlap = (overlap * chosen).amax(1, keepdim=True)
    worth = (metric / best_metric * best_overlap)[boxes, rows]
    return Assignment(rows=rows, boxes=boxes, worth=worth.clamp(min=0.05, max=1))


def box_iou(one: Tensor, other: Tensor) -> Tensor:
    """[n, 4] against [m, 4] corners: [n, m]."""
    low = torch.maximum(one[:, None, :2], other[None, :, :2])
    high = torch.minimum(one[:, None, 2:], other[None, :, 2:])
    shared = (high - low).clamp(min=0).prod(2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(1) for boxes in (one, other)]
    return shared / (areas[0][:, None] + areas[1][None] - shared + 1e-9)


def _near(points: Tensor, strides: Tensor, truth: Tensor) -> Tensor:
    centre = (truth[:, :2] + truth[:, 2:]) / 2
    reach = CENTRE_REACH * strides[None, :, None]
    at_centre = ((points[None] - centre[:, None]).abs() < reach).all(2)
    inside = (points[None] > truth[:, None, :2]) & (points[None] < truth[:, None, 2:])
    small = (truth[:, 2:] - truth[:, :2]).amin(1)[:, None] < 2 * strides[None]
    return (inside.all(2) | (at_centre & small)).float()
