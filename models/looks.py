"""`python -m models.looks --data FOLDER`: ways to look at a picture, against each other on `val`.

The released network is run once at full and once at half scale on every picture, in torch, with
every branch; each way then takes its rows from these two looks.  So the gates of `models.deployed`
are chosen on equal terms.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from edge_agent.detector import letterbox, suppress
from models.contestant import FLOOR
from models.dataset import CLASS_NAMES, Floats, Image, Picture, read_manifest
from models.deployed import GATES, Deployed, Gates, halved
from models.metrics import Found, Judged, average_precision, judge
from models.network import ALL, STRIDES, Detector
from models.restore import unfold

SIZE = 640
FLOAT_WEIGHTS = Path(__file__).with_name("weights") / "dg-detector.onnx"
LEAST_BOXES = 20
"""Fewer boxes of a source say nothing about a way to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Rows that one look found; `boxes` as fractions of the picture, `sides` the largest as a
    share of the canvas's long side, `finest` where the stride-8 branch answered."""

    boxes: Floats
    scores: Floats
    sides: Floats
    finest: "np.ndarray[tuple[int], np.dtype[np.bool_]]"

    def only(self, kept: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> "Look":
        return Look(
            boxes=self.boxes[kept],
            scores=self.scores[kept],
            sides=self.sides[kept],
            finest=self.finest[kept],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """One picture seen at full and at half scale."""

    full: Look
    half: Look


Way = Callable[[Looks], Sequence[Look]]


def gated(gates: Gates, *, with_finest: bool = False) -> Way:
    def way(looks: Looks) -> Sequence[Look]:
        full = looks.full.only(looks.full.sides <= gates.full_most)
        wide = looks.half.sides >= gates.half_least
        half = looks.half.only(wide if with_finest else wide & ~looks.half.finest)
        return full, half

    return way


WAYS: Mapping[str, Way] = {
    "full scale alone": lambda looks: [looks.full],
    "half scale alone": lambda looks: [looks.half],
    "both, no gates": lambda looks: [looks.full, looks.half],
    "both, gates .5 / .1": gated(Gates(full_most=0.5, half_least=0.1)),
    "both, gates .3 / .15": gated(Gates(full_most=0.3, half_least=0.15)),
    "both, gates .3 / .2": gated(Gates(full_most=0.3, half_least=0.2)),
    "as deployed": gated(GATES),
    "as deployed, with the finest branch": gated(GATES, with_finest=True),
}


class Looker:
    def __init__(self, weights: Path) -> None:
        detector = Detector()
        unfold(detector, weights)
        self._deployed = Deployed(detector.eval())

    def __call__(self, image: Image) -> Looks:
        fitted = letterbox(image, SIZE)
        canvas = torch.from_numpy(fitted.canvas[None])
        height, width = image.shape[:2]
        whole = np.array([width, height] * 2, np.float32) * fitted.scale
        with torch.no_grad():
            full = self._look(canvas, 1.0, whole)
            half = self._look(halved(canvas), 2.0, whole)
        return Looks(full=full, half=half)

    def _look(self, image: torch.Tensor, factor: float, whole: Floats) -> Look:
        boxes, scores = self._deployed.look(image, ALL)
        corners, told = boxes.numpy() * factor, scores.numpy()
        fine = (image.shape[1] // STRIDES[0]) * (image.shape[2] // STRIDES[0])
        kept = np.flatnonzero(told.max(1) >= FLOOR)
        sides = (corners[kept, 2:] - corners[kept, :2]).max(1) / SIZE
        return Look(
            boxes=np.clip(corners[kept] / whole, 0, 1),
            scores=told[kept],
            sides=sides,
            finest=kept < fine,
        )


def found(looks: Sequence[Look]) -> Found:
    """What the agent would report of these rows: overlaps of one class removed."""
    boxes = np.concatenate([one.boxes for one in looks])
    scores = np.concatenate([one.scores for one in looks])
    kept = [suppress(boxes, scores[:, column], FLOOR) for column in range(len(CLASS_NAMES))]
    return Found(
        boxes=np.concatenate([boxes[rows] for rows in kept]),
        scores=np.concatenate([scores[rows, column] for column, rows in enumerate(kept)]),
        classes=np.repeat(np.arange(len(CLASS_NAMES)), [len(rows) for rows in kept]),
    )


def columns(pictures: Sequence[Picture]) -> list[tuple[int, str]]:
    """Class and source of every column of the table."""
    counts: dict[tuple[int, str], int] = {}
    for picture in pictures:
        for class_ in picture.truth.classes:
            key = (int(class_), picture.source)
            counts[key] = counts.get(key, 0) + 1
    return sorted(key for key, boxes in counts.items() if boxes >= LEAST_BOXES)


def compare(pictures: Sequence[Picture], seen: Sequence[Looks]) -> dict[str, list[float]]:
    """AP50 of each way in every column."""
    wanted = columns(pictures)
    table: dict[str, list[float]] = {}
    for name, way in WAYS.items():
        judged: dict[tuple[int, str], list[Judged]] = {key: [] for key in wanted}
        for picture, looks in zip(pictures, seen, strict=True):
            answer = found(way(looks))
            for key in (key for key in wanted if key[1] == picture.source):
                one = judge(picture.truth, answer, key[0])
                if one is not None:
                    judged[key].append(one)
        table[name] = [average_precision(judged[key], 0) for key in wanted]
    return table


def as_markdown(heads: Sequence[tuple[int, str]], table: Mapping[str, Sequence[float]]) -> str:
    titles = [f"{CLASS_NAMES[class_]} {source}" for class_, source in heads]
    lines = [["AP50", *titles, "mean"], ["---"] * (len(titles) + 2)]
    lines += [
        [name, *(f"{value:.3f}" for value in values), f"{np.mean(values):.3f}"]
        for name, values in table.items()
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m models.looks", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with a manifest.csv")
    parser.add_argument("--split", default="val", help="never choose on test")
    parser.add_argument("--weights", type=Path, default=FLOAT_WEIGHTS, help="a float release")
    told = parser.parse_args(arguments)
    pictures = read_manifest(told.data, told.split)
    looker = Looker(told.weights)
    seen = []
    for picture in pictures:
        seen.append(looker(picture.read()))
        if len(seen) % 100 == 0:
            print(f"{len(seen)} of {len(pictures)} pictures", file=sys.stderr)
    print(as_markdown(columns(pictures), compare(pictures, seen)))


if __name__ == "__main__":
    main()
