"""How long a picture takes on one core: float, bytes, and a known small network beside them.

`python -m benchmarks.model_latency [--peer FILE]`.  The networks take turns on the same noise
pictures, so that a busy machine slows all of them alike; the medians and their ratios are printed.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import onnxruntime as ort

from edge_agent.detector import Detector
from models import default_weights

SHAPES = ((480, 640), (640, 640))
WARM_ROUNDS = 3

Run = Callable[[], object]


def open_session(path: Path) -> Any:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def raw_run(path: Path, shape: tuple[int, int]) -> Run:
    """`session.run` alone, on a picture as the file wants it."""
    session = open_session(path)
    asked = session.get_inputs()[0]
    random = np.random.default_rng(7)
    if asked.type == "tensor(uint8)":
        feed = random.integers(0, 255, (1, *shape, 3), np.uint8)
    else:  # a peer of fixed planes in float
        feed = random.random(tuple(asked.shape), np.float32)
    return lambda: session.run(None, {asked.name: feed})


def whole_way(path: Path, shape: tuple[int, int]) -> Run:
    """Letterbox, network, suppression: what the agent pays for a 1280 × 720 frame."""
    detector = Detector(path, size=max(shape))
    frame = np.random.default_rng(7).integers(0, 255, (720, 1280, 3), np.uint8)
    return lambda: detector.detect(frame, 0.1)


def take_turns(runs: dict[str, Run], rounds: int) -> dict[str, float]:
    """Median milliseconds of each."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(rounds + WARM_ROUNDS):
        for name, run in runs.items():
            began = perf_counter()
            run()
            if turn >= WARM_ROUNDS:
                times[name].append((perf_counter() - began) * 1e3)
    return {name: median(taken) for name, taken in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", type=Path, help="another network's ONNX file")
    parser.add_argument("--rounds", type=int, default=30)
    told = parser.parse_args()
    files = {path.stem: path for path in sorted(default_weights().parent.glob("*.onnx"))}
    if told.peer:
        files[f"peer {told.peer.stem}"] = told.peer
    for shape in SHAPES:
        runs = {name: raw_run(path, shape) for name, path in files.items()}
        runs["agent, 1280 x 720 frame"] = whole_way(default_weights(), shape)
        figures = take_turns(runs, told.rounds)
        first = figures[default_weights().stem]
        print(f"{shape[1]} x {shape[0]} pixels, one thread, median of {told.rounds}")
        for name, milliseconds in figures.items():
            print(f"  {name:32} {milliseconds:7.1f} ms   {milliseconds / first:5.2f}")


if __name__ == "__main__":
    main()
