"""A released file back into a network that can learn on, for whoever has no checkpoint any more.

Export folds the batch norms of neck and head into their convolutions.  `unfold` reads the folded
kernels with norms that do nothing; `settle` then measures what passes each norm and splits the
kernel again, so that training begins where the release stands: same answers, sensible scales.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from models.network import ConvNorm, Detector, Late


class RestoreError(Exception):
    """A file that does not hold this network; names the file, the reason and the remedy."""

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        self.remedy = "start from a float file that models.release wrote for this network"
        super().__init__(f"{path}: {reason}; {self.remedy}")


def unfold(detector: Detector, released: Path) -> None:
    """Fills the detector's weights; raises RestoreError where the file holds others."""
    stored = dict(_stored(released))
    state = detector.state_dict()
    for name, value in state.items():
        if name in stored:
            value.copy_(_fitting(released, name, stored[name], value))
    for name, norm in _norms(detector):
        kernel, bias = stored.get(f"{name}.0.weight"), stored.get(f"{name}.0.bias")
        if kernel is None or bias is None:
            raise RestoreError(path=released, reason=f"holds no convolution {name}")
        conv, batch = norm[0], norm[1]
        conv.weight.data.copy_(_fitting(released, name, kernel, conv.weight))
        batch.running_mean.zero_()
        batch.running_var.fill_(1 - batch.eps)
        batch.weight.data.fill_(1.0)
        batch.bias.data.copy_(bias)


def settle(late: Late, maps: Iterable[Tensor]) -> None:
    """Norms take the statistics of `maps` (early outputs); no answer changes.

    Each kernel is scaled to the spread of a fresh one, since AdamW's steps know no scale.
    """
    seen: dict[nn.Module, list[tuple[Tensor, Tensor]]] = {}
    with ExitStack() as hooks, torch.no_grad():
        norms = [module for module in late.modules() if isinstance(module, ConvNorm)]
        for norm in norms:
            hook = norm[0].register_forward_hook(
                lambda conv, _, out: seen.setdefault(conv, []).append(_moments(out))
            )
            hooks.callback(hook.remove)
        late.eval()
        for one in maps:
            late(one)
    for norm in norms:
        mean, square = (torch.stack(part).mean(0) for part in zip(*seen[norm[0]], strict=True))
        _split(norm, mean, square - mean * mean)


def _split(norm: ConvNorm, mean: Tensor, variance: Tensor) -> None:
    conv, batch = norm[0], norm[1]
    fresh = (3 * conv.weight[0].numel()) ** -0.5
    factor = fresh / conv.weight.data.flatten(1).std(1).clamp(min=1e-8)
    conv.weight.data.mul_(factor[:, None, None, None])
    batch.running_mean.copy_(mean * factor)
    batch.running_var.copy_(variance * factor**2)
    batch.weight.data.copy_((batch.running_var + batch.eps).sqrt() / factor)
    batch.bias.data.add_(mean)


def _moments(out: Tensor) -> tuple[Tensor, Tensor]:
    return out.mean((0, 2, 3)), (out * out).mean((0, 2, 3))


def _norms(detector: Detector) -> Iterator[tuple[str, ConvNorm]]:
    for name, module in detector.named_modules():
        if isinstance(module, ConvNorm):
            yield name, module


def _stored(released: Path) -> Iterator[tuple[str, Tensor]]:
    """Weights by the names that the network gives them; folded ones by their node's."""
    graph = onnx.load(str(released)).graph
    weights = {one.name: torch.tensor(numpy_helper.to_array(one)) for one in graph.initializer}
    yield from weights.items()
    for node in graph.node:
        if node.op_type == "Conv" and node.input[1] in weights and len(node.input) == 3:
            *folders, last, _ = node.name.strip("/").split("/")
            name = ".".join([*folders[:-1], last])
            yield f"{name}.weight", weights[node.input[1]]
            yield f"{name}.bias", weights[node.input[2]]


def _fitting(path: Path, name: str, given: Tensor, wanted: Tensor) -> Tensor:
    if given.shape != wanted.shape:
        raise RestoreError(
            path=path, reason=f"{name} is {tuple(given.shape)}, not {tuple(wanted.shape)}"
        )
    return given
