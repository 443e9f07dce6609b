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
from models.recipe import Phase, Recipe

FAR = Zoom(least=0.6, most=1.8)
NEAR = Zoom(least=0.3, most=1.15)
ZOOMS = {"tower-smoke": FAR, "tower-clear": FAR, "tower-unverified": FAR, "tower-plume": FAR}
PLUMED = ("tower-clear", "tower-unverified", "forest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """`images` uint8 [n, size, size, 3] red-green-blue, and one target each."""

    images: torch.Tensor
    targets: list[Target]


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

    def __init__(self, pictures: list[Picture], recipe: Recipe) -> None:
        self._recipe = recipe
        self._images: list[Image] = [picture.read() for picture in pictures]
        self._pictures = pictures
        rows: dict[str, list[int]] = {}
        for row, picture in enumerate(pictures):
            rows.setdefault(kind(picture), []).append(row)
        rows["tower-plume"] = [row for name in PLUMED for row in rows.get(name, [])]
        drawn = [name for name in recipe.draws if rows.get(name)]
        weights = np.array([recipe.draws[name] for name in drawn])
        self._kinds, self._weights, self._rows = drawn, weights / weights.sum(), rows

    def sample(self, size: int, random: np.random.Generator) -> Sample:
        if random.random() < self._recipe.mosaic:
            one = mosaic([self._single(size, random) for _ in range(4)], random)
        else:
            one = self._single(size, random)
        return replace(one, image=relight(one.image, random))

    def _single(self, size: int, random: np.random.Generator) -> Sample:
        name = self._kinds[int(random.choice(len(self._kinds), p=self._weights))]
        row = self._rows[name][int(random.integers(len(self._rows[name])))]
        image, truth = self._images[row], self._pictures[row].truth
        if name == "tower-plume":
            image, truth = _plumed(image, truth, random)
        return warp(image, truth, size, ZOOMS.get(name, NEAR), random)


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
            random = np.random.default_rng((self._seed, step))
            samples = [
                self._drawer.sample(self._phase.size, random) for _ in range(self._phase.batch)
            ]
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
