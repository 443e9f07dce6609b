"""Series in time: frames of one camera around an ignition, their order and onset known.

`tower_series.csv` of a picture folder needs the columns series, minute, path and boxes.  It may
have camera, split, and pre_ignition (1: known to be free of smoke; without it, every frame before
the first boxed one is).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from models.contestant import Contestant
from models.dataset import DatasetError, read_boxes, read_table
from models.metrics import Found
from models.poisson import Rate, rate
from models.recording import Look, Opening, Recording, detections, play, policy_of, touches

FILE = "tower_series.csv"
NEEDED = ("series", "minute", "path", "boxes")
SCENE = "tower"
STEPS = (0.25, 0.35, 0.5, 0.6, 0.7, 0.85, 1.0, 1.15, 1.3, 1.5, 1.8, 2.2)
"""Factors on the opening thresholds: the trade-off curve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One row: a frame of a series and what is known of it."""

    series: str
    camera: str
    minute: float
    path: str
    boxes: int
    clear: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One series: `false_alarms` opened in looks known to be clear, `unboxed_alarms` in looks
    before the onset or of a series without a box (a few may be smoke that nobody boxed);
    `elsewhere` after the onset, away from the smoke; `delay` looks after the onset."""

    camera: str
    false_alarms: int
    clear_s: float
    unboxed_alarms: int
    unboxed_s: float
    elsewhere: int
    has_onset: bool
    delay: int | None
    delay_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One point of the trade-off curve; delays are medians of the fires that were raised."""

    factor: float
    opens: float
    fires: int
    raised: int
    delay: float | None
    delay_s: float | None
    elsewhere: int
    clear: Rate | None
    unboxed: Rate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    name: str
    clear: Rate | None
    unboxed: Rate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesReport:
    """`point`: at the contestant's own thresholds; `cameras`: the same, camera by camera."""

    series: int
    point: Figures
    curve: tuple[Figures, ...]
    cameras: tuple[Camera, ...]


def read_shots(folder: Path, split: str) -> list[list[Shot]]:
    """Each series of `split` in its order; none where the folder has no such file."""
    table = folder / FILE
    if not table.is_file():
        return []
    shots = [
        _shot(folder, table, number, row)
        for number, row in read_table(table, NEEDED)
        if row.get("split", split) == split
    ]
    names = dict.fromkeys(shot.series for shot in shots)
    return [
        sorted((one for one in shots if one.series == name), key=lambda shot: shot.minute)
        for name in names
    ]


def recording(folder: Path, shots: Sequence[Shot], answers: Mapping[str, Found]) -> Recording:
    """A series as one contestant saw it."""
    onset = next((number for number, shot in enumerate(shots) if shot.boxes), None)
    boxed = [read_boxes((folder / shot.path).with_suffix(".txt"))[0] for shot in shots]
    return Recording(
        name=shots[0].series,
        camera=shots[0].camera,
        scene=SCENE,
        looks=tuple(
            Look(
                at_s=(shot.minute - shots[0].minute) * 60,
                detections=detections(answers[shot.path]),
                clear=onset is None or number < onset if shot.clear is None else shot.clear,
            )
            for number, shot in enumerate(shots)
        ),
        onset=onset,
        where=np.concatenate(boxed),
    )


def report(recordings: Sequence[Recording], contestant: Contestant) -> SeriesReport | None:
    """None without series."""
    if not recordings:
        return None
    curve = {step: _played(recordings, contestant, step) for step in STEPS}
    label = next(iter(policy_of(contestant, SCENE).opens))
    opens = policy_of(contestant, SCENE).opens[label]
    points = {step: figures(step, opens * step, outcomes) for step, outcomes in curve.items()}
    return SeriesReport(
        series=len(recordings),
        point=points[1.0],
        curve=tuple(points.values()),
        cameras=tuple(_cameras(curve[1.0])),
    )


def outcome(recording: Recording, openings: Sequence[Opening]) -> Outcome:
    onset, looks = recording.onset, recording.looks
    seen = [one for one in openings if _sees(recording, one)]
    delay = None if onset is None or not seen else max(0, min(one.at for one in seen) - onset)
    early = [one for one in openings if one not in seen and (onset is None or one.at < onset)]
    return Outcome(
        camera=recording.camera,
        false_alarms=sum(looks[one.at].clear for one in openings),
        clear_s=sum(look.clear for look in looks) * recording.step_s,
        unboxed_alarms=len(early),
        unboxed_s=(len(looks) if onset is None else onset) * recording.step_s,
        elsewhere=sum(one not in seen and onset is not None and one.at >= onset
                      for one in openings),
        has_onset=onset is not None,
        delay=delay,
        delay_s=None if delay is None else delay * recording.step_s,
    )  # fmt: skip


def figures(factor: float, opens: float, outcomes: Sequence[Outcome]) -> Figures:
    fires = [one for one in outcomes if one.has_onset]
    delays = [one.delay for one in fires if one.delay is not None]
    seconds = [one.delay_s for one in fires if one.delay_s is not None]
    clear, unboxed = _rates(outcomes)
    return Figures(
        factor=factor,
        opens=round(opens, 3),
        fires=len(fires),
        raised=len(delays),
        delay=median(delays) if delays else None,
        delay_s=median(seconds) if seconds else None,
        elsewhere=sum(one.elsewhere for one in outcomes),
        clear=clear,
        unboxed=unboxed,
    )


def _played(
    recordings: Sequence[Recording], contestant: Contestant, factor: float
) -> list[Outcome]:
    policy = policy_of(contestant, SCENE, factor)
    return [outcome(one, play(one, policy)) for one in recordings]


def _sees(recording: Recording, opening: Opening) -> bool:
    """On the smoke, and after the onset, or so shortly before that the smoke may have been there
    unboxed, and still open when it was boxed."""
    onset = recording.onset
    if onset is None or not touches(opening.box, recording.where):
        return False
    early = not recording.looks[opening.at].clear and (
        opening.closed is None or opening.closed >= onset
    )
    return opening.at >= onset or early


def _rates(outcomes: Sequence[Outcome]) -> tuple[Rate | None, Rate | None]:
    return (
        rate(sum(one.false_alarms for one in outcomes), sum(one.clear_s for one in outcomes)),
        rate(sum(one.unboxed_alarms for one in outcomes), sum(one.unboxed_s for one in outcomes)),
    )


def _cameras(outcomes: Sequence[Outcome]) -> Iterator[Camera]:
    for name in sorted({one.camera for one in outcomes}):
        clear, unboxed = _rates([one for one in outcomes if one.camera == name])
        yield Camera(name=name, clear=clear, unboxed=unboxed)


def _shot(folder: Path, table: Path, number: int, row: Mapping[str, str]) -> Shot:
    try:
        shot = Shot(
            series=row["series"],
            camera=row.get("camera") or row["series"],
            minute=float(row["minute"]),
            path=row["path"],
            boxes=int(row["boxes"]),
            clear=row["pre_ignition"] == "1" if "pre_ignition" in row else None,
        )
    except ValueError as error:
        raise DatasetError(
            path=table, reason=f"row {number}: {error}", remedy="minute and boxes are numbers"
        ) from error
    if not (folder / shot.path).is_file():
        raise DatasetError(
            path=table, reason=f"row {number}: no picture {shot.path}", remedy="check the path"
        )
    return shot
