"""Batches without end: kinds of pictures drawn by the recipe, decoded once and kept in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from torch.utils.data import IterableDataset

from models.augment import Sample, Zoom, mosaic, relight, warp
from models.dataset import SMOKE, Floats, Image, Picture, Truth
from models.loss import Target
from models.plume import add_plume
from models.recipe import Phase

FAR = Zoom(least=0.6, most=1.8)
NEAR_LEAST, NEAR_MOST, NEAR_SIZE = 0.3, 1.15, 320
ZOOMS = {"tower-smoke": FAR, "tower-clear": FAR, "tower-unverified": FAR, "tower-plume": FAR}
PLUMED = ("tower-clear", "tower-unverified", "forest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """`images` uint8 [n, size, size, 3] red-green-blue, and one target each."""

    images: torch.Tensor
    targets: list[Target]


def near(size: int) -> Zoom:
    """Near things at every scale that a window of `size` pixels holds without much grey."""
    return Zoom(least=NEAR_LEAST * (size / NEAR_SIZE) ** 0.5, most=NEAR_MOST)


def kind(picture: Picture) -> str:
    """The name under which the recipe draws a picture."""
    match picture.source:
        case "tower" if len(picture.truth.boxes):
            return "tower-smoke"
        case "tower" if picture.labelled == "unverified":
            return "tower-unverified"
        case "tower":
            return "tower-clear"
        case "adriatic" | "distant":
            return "longrange"
        case other:
            return other


class Drawer:
    """Draws one sample after another; holds every picture decoded."""

    def __init__(self, pictures: list[Picture], mosaic_share: float) -> None:
        self._mosaic_share = mosaic_share
        self._images: list[Image] = [picture.read() for picture in pictures]
        self._pictures = pictures
        self._rows: dict[str, list[int]] = {}
        for row, picture in enumerate(pictures):
            self._rows.setdefault(kind(picture), []).append(row)
        plumed = [row for name in PLUMED for row in self._rows.get(name, [])]
        if plumed:
            self._rows["tower-plume"] = plumed

    def sample(self, phase: Phase, random: np.random.Generator) -> Sample:
        if random.random() < self._mosaic_share:
            one = mosaic([self._single(phase, random) for _ in range(4)], random)
        else:
            one = self._single(phase, random)
        return replace(one, image=relight(one.image, random))

    def _single(self, phase: Phase, random: np.random.Generator) -> Sample:
        kinds = [name for name in phase.draws if name in self._rows]
        shares = np.array([phase.draws[name] for name in kinds])
        name = kinds[int(random.choice(len(kinds), p=shares / shares.sum()))]
        row = self._rows[name][int(random.integers(len(self._rows[name])))]
        image, truth = self._images[row], self._pictures[row].truth
        if name == "tower-plume":
            image, truth = _plumed(image, truth, random)
        return warp(image, truth, phase.size, ZOOMS.get(name) or near(phase.size), random)


def _plumed(image: Image, truth: Truth, random: np.random.Generator) -> tuple[Image, Truth]:
    plume = add_plume(image, random)
    if plume is None:
        return image, truth
    corners: Floats = np.array([plume.corners], np.float32)
    boxes = np.concatenate([truth.boxes, corners])
    classes = np.concatenate([truth.classes, [SMOKE]])
    return plume.image, replace(truth, boxes=boxes, classes=classes)


class Stream(IterableDataset[Batch]):  # type: ignore[misc]
    """Batches of one phase from step `start`; the same seed and step give the same batch."""

    def __init__(self, drawer: Drawer, phase: Phase, seed: int, start: int, stop: int) -> None:
        self._drawer, self._phase = drawer, phase
        self._seed, self._start, self._stop = seed, start, stop

    def __iter__(self) -> Iterator[Batch]:
        cv2.setNumThreads(1)
        for step in range(self._start, self._stop):
            random = np.random.default_rng((self._seed, step % 2**32))
            samples = [self._drawer.sample(self._phase, random) for _ in range(self._phase.batch)]
            yield collate(samples)


def collate(samples: list[Sample]) -> Batch:
    images = np.stack([sample.image[:, :, ::-1] for sample in samples])
    return Batch(
        images=torch.from_numpy(images),
        targets=[
            Target(
                boxes=torch.from_numpy(sample.boxes.astype(np.float32)),
                classes=torch.from_numpy(sample.classes),
                unknown=torch.from_numpy(sample.unknown.astype(np.float32)),
                unknown_classes=torch.from_numpy(sample.unknown_classes),
            )
            for sample in samples
        ],
    )
