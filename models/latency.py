"""How long a picture takes on one core, and how many a second that makes.

What counts is the processor's time, which hardly changes when others use the machine too; the time
by the clock stands beside it.  The networks take turns; compare ratios before milliseconds.  As a
yardstick that anybody can build, one plain convolution of known work runs with them.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np
import onnxruntime as ort

from edge_agent.detector import open_session
from models import onnx_bytes
from models.contestant import Contestant
from models.dataset import Image

SHAPES = ((480, 640), (640, 640))
FRAME = (640, 480)
ROUNDS, WARM = 12, 2
CHANNELS, SIDE, KERNEL = 64, 160, 3
YARDSTICK_GFLOP = 2 * CHANNELS * CHANNELS * KERNEL**2 * SIDE**2 / 1e9
YARDSTICK = (
    f"convolution {KERNEL}x{KERNEL}, {CHANNELS} to {CHANNELS} channels, {YARDSTICK_GFLOP:.2f} GFLOP"
)
INT8 = "-int8"
WHOLE_WAY = f"whole way, {FRAME[0]} x {FRAME[1]} frame"

Run = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """`what`: `session.run` alone at a shape, or a contestant's whole way from a 640 × 480 frame.

    `milliseconds` of processor, `a_second` as many pictures on one core, `ratio` to the first
    network of the same kind; `wall_ms` by the clock.  Medians.
    """

    network: str
    what: str
    milliseconds: float
    a_second: float
    ratio: float
    wall_ms: float


def timings(
    weights: Sequence[Path], contestants: Sequence[Contestant], image: Image
) -> list[Timing]:
    """`weights` alone at both shapes, the yardstick, and every contestant on `image`."""
    table: list[Timing] = []
    for shape in SHAPES:
        runs = {path.stem: raw_run(path, shape) for path in weights}
        table += _table(f"session.run, {shape[1]} x {shape[0]}", {**runs, YARDSTICK: yardstick()})
    frame = np.asarray(cv2.resize(image, FRAME), np.uint8)
    ways = {one.name: _way(one, frame) for one in contestants}
    return [*table, *_table(WHOLE_WAY, ways)]


def with_float(weights: Path) -> list[Path]:
    """The file, and beside one in bytes the one in float that it was made from."""
    twin = weights.with_name(weights.name.replace(INT8, ""))
    return [weights, twin] if twin != weights and twin.is_file() else [weights]


def raw_run(path: Path, shape: tuple[int, int]) -> Run:
    """`session.run` on noise, as the file wants it (a peer's shape is fixed)."""
    session = open_session(path, threads=1)
    asked = session.get_inputs()[0]
    random = np.random.default_rng(7)
    if asked.type == "tensor(uint8)":
        feed = random.integers(0, 255, (1, *shape, 3), np.uint8)
    else:
        feed = random.random(tuple(asked.shape), np.float32)
    return lambda: session.run(None, {asked.name: feed})


def yardstick() -> Run:
    """One convolution, float32, of `YARDSTICK_GFLOP`."""
    random = np.random.default_rng(7)
    planes = [1, CHANNELS, SIDE, SIDE]
    kernel = random.standard_normal((CHANNELS, CHANNELS, KERNEL, KERNEL), np.float32)
    graph = [
        onnx_bytes.node("Conv", ["x", "w"], "y", {"pads": [KERNEL // 2] * 4}),
        onnx_bytes.part(2, b"yardstick"),
        onnx_bytes.part(5, onnx_bytes.tensor("w", kernel)),
        onnx_bytes.part(11, onnx_bytes.value("x", onnx_bytes.FLOAT, planes)),
        onnx_bytes.part(12, onnx_bytes.value("y", onnx_bytes.FLOAT, planes)),
    ]
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session: Any = ort.InferenceSession(onnx_bytes.model(b"".join(graph)), options)
    feed = random.random(tuple(planes), np.float32)
    return lambda: session.run(None, {"x": feed})


def take_turns(runs: dict[str, Run], rounds: int = ROUNDS) -> dict[str, tuple[float, float]]:
    """Median milliseconds of each: of processor, and by the clock."""
    busy: dict[str, list[float]] = {name: [] for name in runs}
    wall: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(rounds + WARM):
        for name, run in runs.items():
            began, busy_then = time.perf_counter(), time.process_time()
            run()
            if turn >= WARM:
                busy[name].append((time.process_time() - busy_then) * 1e3)
                wall[name].append((time.perf_counter() - began) * 1e3)
    return {name: (median(busy[name]), median(wall[name])) for name in runs}


def _table(what: str, runs: dict[str, Run]) -> list[Timing]:
    taken = take_turns(runs)
    first, _ = next(iter(taken.values()))
    return [
        Timing(
            network=name,
            what=what,
            milliseconds=round(busy, 2),
            a_second=round(1e3 / busy, 1),
            ratio=round(busy / first, 3),
            wall_ms=round(wall, 2),
        )
        for name, (busy, wall) in taken.items()
    ]


def _way(contestant: Contestant, frame: Image) -> Run:
    return lambda: contestant.find(frame)
