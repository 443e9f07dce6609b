"""`python -m models.evaluate --data FOLDER --split val`: how good a detector is, and how quick."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from edge_agent.detector import ModelError
from models import default_weights
from models.contestant import Contestant, Ours, Peer
from models.dataset import DatasetError, Image, Picture, read_manifest
from models.metrics import Found
from models.report import Row, as_json, as_text, rows

TIMED = 30
TIMED_SHAPE = (640, 480)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One contestant on one split; `milliseconds` a 640 × 480 picture on one core, median."""

    name: str
    table: list[Row]
    milliseconds: float


def evaluate(pictures: Sequence[Picture], contestants: Sequence[Contestant]) -> list[Result]:
    """Every contestant on the same pictures, read once."""
    answers: list[list[Found]] = [[] for _ in contestants]
    for picture in pictures:
        image = picture.read()
        for found, contestant in zip(answers, contestants, strict=True):
            found.append(contestant.find(image))
    times = latencies([picture.read() for picture in pictures[:TIMED]], contestants)
    return [
        Result(
            name=contestant.name,
            table=rows(pictures, found, contestant.thresholds),
            milliseconds=milliseconds,
        )
        for contestant, found, milliseconds in zip(contestants, answers, times, strict=True)
    ]


def latencies(images: Sequence[Image], contestants: Sequence[Contestant]) -> list[float]:
    """Median milliseconds of `find`; contestants take turns, so that a busy machine is fair."""
    taken: list[list[float]] = [[] for _ in contestants]
    for image in images:
        sized = np.asarray(cv2.resize(image, TIMED_SHAPE), np.uint8)
        for times, contestant in zip(taken, contestants, strict=True):
            began = time.perf_counter()
            contestant.find(sized)
            times.append((time.perf_counter() - began) * 1e3)
    return [float(np.median(times)) for times in taken]


def as_page(results: Sequence[Result]) -> str:
    parts = [
        f"{result.name}: {result.milliseconds:.1f} ms a picture on one core "
        f"({result.milliseconds / results[0].milliseconds:.2f} of the first)\n"
        f"{as_text(result.table)}"
        for result in results
    ]
    return "\n\n".join(parts)


def main(arguments: Sequence[str] | None = None) -> int:
    told = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        pictures = read_manifest(told.data, told.split)
        contestants: list[Contestant] = [
            Ours(path, told.size) for path in told.weights or [default_weights()]
        ]
        contestants += [Peer(path) for path in told.peer]
        results = evaluate(pictures, contestants)
    except (DatasetError, ModelError) as error:
        print(error, file=sys.stderr)
        return 2
    print(as_page(results))
    if told.json:
        told.json.write_text(json.dumps(_record(told, results), indent=1) + "\n", encoding="utf-8")
    return 0


def _record(told: argparse.Namespace, results: Sequence[Result]) -> dict[str, Any]:
    return {
        "split": told.split,
        "results": [
            {
                "name": result.name,
                "milliseconds": result.milliseconds,
                "rows": as_json(result.table),
            }
            for result in results
        ],
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="models.evaluate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with a manifest.csv")
    parser.add_argument("--split", default="val", help="as named in the manifest")
    parser.add_argument(
        "--weights",
        type=Path,
        action="append",
        help="a detector of ours; may be given several times; without it the built-in one",
    )
    parser.add_argument(
        "--peer", type=Path, action="append", default=[], help="a YOLO export to measure against"
    )
    parser.add_argument("--size", type=int, help="long side in pixels; without it the file's own")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
