"""The network as it is deployed: one graph that looks twice at a picture.

At full scale it finds what is small, in the picture at half scale what is large: the same weights
see near fire at the size at which they learned it, for a fifth more time.  A box counts only from
the look that is meant for its size; in between both count, and the agent's suppression keeps the
better one (an image pyramid with valid ranges: SNIP, Singh 2018).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.network import ALL, STRIDES, Detector, decode

MOST_ROWS = 300
HALF_BRANCHES = (1, 2)
"""The finest branch answers for boxes that do not count at half scale; it is not run there."""
GREY = 114.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """Whose box counts, by its largest side as a share of the picture's long side.

    At full scale up to `full_most`, at half scale from `half_least` on.
    """

    full_most: float
    half_least: float


GATES = Gates(full_most=0.4, half_least=0.15)
"""Chosen on part of `val` with the weights of 0.2.0; `python -m models.looks` compares others."""


class Deployed(nn.Module):  # type: ignore[misc]
    """From a uint8 picture [1, height, width, 3] to the best rows of boxes and scores."""

    def __init__(self, detector: Detector, gates: Gates = GATES) -> None:
        super().__init__()
        self.early = detector.early
        self.late = detector.late
        self.gates = gates

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        whole = self.look(image, ALL)
        half = self.look(halved(image), HALF_BRANCHES)
        long = _long_side(image)
        full_scores = whole[1] * (_largest(whole[0]) <= self.gates.full_most * long)
        half_scores = half[1] * (2 * _largest(half[0]) >= self.gates.half_least * long)
        # empty rows behind the real ones: the smallest picture has MOST_ROWS rows as well
        spare = torch.zeros(MOST_ROWS, 4)
        boxes = torch.cat([whole[0], 2 * half[0], spare])
        scores = torch.cat([full_scores, half_scores, spare[:, :2]])
        best = scores.max(1).values.topk(MOST_ROWS).indices
        return boxes[best], scores[best]

    def look(self, image: Tensor, branches: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Corners [anchors, 4] in the image's own pixels, and scores [anchors, CLASSES]."""
        logits, sides = self.late(self.early(image), branches)
        points, strides = _anchors(image, branches)
        return decode(points, strides, sides[0]), logits[0].sigmoid()


def halved(image: Tensor) -> Tensor:
    """Each pixel the mean of four; grey to the right and below up to a multiple of 32."""
    planes = functional.avg_pool2d(image.permute(0, 3, 1, 2).float(), 2)
    down, right = -planes.shape[2] % STRIDES[-1], -planes.shape[3] % STRIDES[-1]
    return functional.pad(planes, (0, right, 0, down), value=GREY).permute(0, 2, 3, 1)


def _largest(corners: Tensor) -> Tensor:
    return (corners[:, 2:] - corners[:, :2]).max(1, keepdim=True).values


def _long_side(image: Tensor) -> Tensor:
    """As a tensor: a length that stays symbolic in the graph."""
    return torch.maximum(_ones(image[0, :, 0, 0]).sum(), _ones(image[0, 0, :, 0]).sum())


def _anchors(image: Tensor, branches: Sequence[int]) -> tuple[Tensor, Tensor]:
    """As network.anchor_points, in operations whose lengths stay symbolic in the graph."""
    points, strides = [], []
    for stride in (STRIDES[branch] for branch in branches):
        ys = (_ones(image[0, ::stride, 0, 0]).cumsum(0) - 0.5) * stride
        xs = (_ones(image[0, 0, ::stride, 0]).cumsum(0) - 0.5) * stride
        shape = ys[:, None] * 0 + xs[None] * 0
        grid = torch.stack([shape + xs[None], shape + ys[:, None]], -1).reshape(-1, 2)
        points.append(grid)
        strides.append(grid[:, 0] * 0 + stride)
    return torch.cat(points), torch.cat(strides)


def _ones(line: Tensor) -> Tensor:
    return line.to(torch.float32) * 0 + 1
