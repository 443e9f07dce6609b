"""The detector and the confirmation together, on series in time: what an officer would have felt.

`python -m models.series --data FOLDER --split val` plays the tower series (a frame a minute, the
onset known) through the detector once and through the confirmation at many thresholds: how many
fires are raised, how late, and how many false alarms come before.
"""

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from math import exp, log
from pathlib import Path
from statistics import median
from types import MappingProxyType

import cv2

from contracts.sighting import Label, State
from edge_agent.confirm import Confirmer
from edge_agent.detector import Detection, Detector
from edge_agent.policy import TOWER, Policy
from models import default_weights

MINUTES_A_DAY = 1440.0
FLOOR = 0.10
STEPS = (0.5, 0.7, 0.85, 1.0, 1.15, 1.3, 1.5, 1.8)
"""Factors on the policy's opening thresholds: the trade-off curve."""
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One frame of a series: what the network saw, and what is known of the truth."""

    minute: int
    detections: tuple[Detection, ...]
    boxes: int
    known_clear: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """`onset`: the first minute with boxed smoke, None where nothing was boxed."""

    name: str
    looks: tuple[Look, ...]

    @property
    def onset(self) -> int | None:
        return next((look.minute for look in self.looks if look.boxes), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`false_alarms` opened in minutes known to be clear; `delay` frames after the onset."""

    false_alarms: int
    clear_minutes: int
    delay: int | None
    has_onset: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One point of the trade-off curve; the interval is 95 %, exact Poisson by search."""

    factor: float
    fires: int
    raised: int
    median_delay: float | None
    false_alarms: int
    clear_hours: float
    a_day: float
    a_day_low: float
    a_day_high: float


def read(data: Path, split: str, detector: Detector) -> Iterator[Series]:
    """Every series of `split`, each frame scored once."""
    with (data / "tower_series.csv").open(encoding="utf-8", newline="") as file:
        wanted = [row for row in csv.DictReader(file) if row["split"] == split]
    for name in dict.fromkeys(row["series"] for row in wanted):
        rows = [row for row in wanted if row["series"] == name]
        looks = tuple(_look(data, row, detector) for row in rows)
        yield Series(name=name, looks=tuple(sorted(looks, key=lambda look: look.minute)))


def play(series: Series, policy: Policy) -> Outcome:
    """The series through the confirmation, a look a minute."""
    confirmer = Confirmer(policy)
    onset, false_alarms, delay = series.onset, 0, None
    for number, look in enumerate(series.looks):
        changes = confirmer.look(look.detections, BEGIN + timedelta(minutes=look.minute))
        opened = sum(change.state is State.OPENED for change in changes)
        if look.known_clear:
            false_alarms += opened
        elif opened and onset is not None and look.minute >= onset and delay is None:
            delay = sum(one.minute >= onset for one in series.looks[:number])
    return Outcome(
        false_alarms=false_alarms,
        clear_minutes=sum(look.known_clear for look in series.looks),
        delay=delay,
        has_onset=onset is not None,
    )


def figures(factor: float, outcomes: Sequence[Outcome]) -> Figures:
    fires = [one for one in outcomes if one.has_onset]
    delays = [one.delay for one in fires if one.delay is not None]
    false_alarms = sum(one.false_alarms for one in outcomes)
    days = sum(one.clear_minutes for one in outcomes) / MINUTES_A_DAY
    low, high = poisson_interval(false_alarms)
    return Figures(
        factor=factor,
        fires=len(fires),
        raised=len(delays),
        median_delay=median(delays) if delays else None,
        false_alarms=false_alarms,
        clear_hours=round(days * 24, 2),
        a_day=round(false_alarms / days, 2),
        a_day_low=round(low / days, 2),
        a_day_high=round(high / days, 2),
    )


def poisson_interval(count: int, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of Garwood (1936) for a mean of which `count` was seen, by bisection."""
    tail = (1 - level) / 2
    low = 0.0 if count == 0 else _bisect(lambda mean: 1 - _at_most(count - 1, mean), tail)
    high = _bisect(lambda mean: 1 - _at_most(count, mean), 1 - tail)
    return low, high


def scaled(policy: Policy, factor: float) -> Policy:
    opens: Mapping[Label, float] = MappingProxyType(
        {label: threshold * factor for label, threshold in policy.opens.items()}
    )
    return replace(policy, opens=opens)


def _look(data: Path, row: dict[str, str], detector: Detector) -> Look:
    image = cv2.imread(str(data / row["path"]), cv2.IMREAD_COLOR)
    if image is None:
        raise FileNotFoundError(data / row["path"])
    return Look(
        minute=int(row["minute"]),
        detections=tuple(detector.detect(image, FLOOR)),
        boxes=int(row["boxes"]),
        known_clear=row["pre_ignition"] == "1",
    )


def _at_most(count: int, mean: float) -> float:
    """The chance of at most `count` when `mean` are expected."""
    if mean <= 0:
        return 1.0
    total, term = 0.0, -mean
    for seen in range(count + 1):
        total += exp(term)
        term += log(mean) - log(seen + 1)
    return min(total, 1.0)


def _bisect(rising: Callable[[float], float], goal: float) -> float:
    low, high = 0.0, 1000.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < goal else (low, middle)
    return (low + high) / 2


def table(rows: Sequence[Figures]) -> str:
    head = "factor  raised  median delay  false alarms in clear hours  a camera and day (95 %)"
    lines = [
        f"{row.factor:6.2f}  {row.raised:2}/{row.fires:<3}  "
        f"{'–' if row.median_delay is None else f'{row.median_delay:.0f} frames':>12}  "
        f"{row.false_alarms:12} in {row.clear_hours:5.1f} h  "
        f"{row.a_day:8.1f} ({row.a_day_low:.1f} to {row.a_day_high:.1f})"
        for row in rows
    ]
    return "\n".join([head, *lines])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m models.series", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with tower_series.csv")
    parser.add_argument("--split", default="val", help="train, val or test (never tune on test)")
    parser.add_argument("--weights", type=Path, default=default_weights(), help="ONNX file")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    wanted = parser.parse_args(arguments)
    detector = Detector(wanted.weights)
    series = []
    for one in read(wanted.data, wanted.split, detector):
        series.append(one)
        print(f"{one.name}: {len(one.looks)} frames, onset {one.onset}", file=sys.stderr)
    rows = [figures(step, [play(one, scaled(TOWER, step)) for one in series]) for step in STEPS]
    print(table(rows))
    if wanted.json:
        wanted.json.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
