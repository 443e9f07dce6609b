"""How good detectors are on a folder of pictures, series and clips: `ioc model evaluate`."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from models import clips, series, stills
from models.clips import ClipRow
from models.contestant import Contestant
from models.latency import WHOLE_WAY, Timing, timings
from models.material import Answers, Material, look
from models.report import Members, Row, as_json, members, rows
from models.series import SeriesReport
from models.stills import StillsRow
from models.targets import Target, targets
from models.text import plain


@dataclass(frozen=True, kw_only=True)
class Result:
    """One contestant; `series` is None and a list empty where there was nothing to judge it on."""

    contestant: Contestant
    answers: Answers
    members: Members
    rows: list[Row]
    series: SeriesReport | None
    stills: list[StillsRow]
    clips: list[ClipRow]


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """`targets` are those of the first contestant."""

    material: Material
    results: list[Result]
    timings: list[Timing]
    targets: list[Target]

    @property
    def lacking(self) -> list[str]:
        return list(_lacking(self.material))


def evaluate(
    material: Material, contestants: Sequence[Contestant], weights: Sequence[Path]
) -> Evaluation:
    """`weights` are the files to time beside the contestants."""
    answers = look(material, contestants)
    results = [judge(material, *pair) for pair in zip(contestants, answers, strict=True)]
    times = timings(weights, contestants, material.pictures[0].read())
    ours = results[0]
    return Evaluation(
        material=material,
        results=results,
        timings=times,
        targets=targets(ours.rows, ours.series, ours.stills, times),
    )


def judge(material: Material, contestant: Contestant, answers: Answers) -> Result:
    table = members(material.pictures, answers.singles(material))
    return Result(
        contestant=contestant,
        answers=answers,
        members=table,
        rows=rows(table, contestant.thresholds),
        series=series.report(answers.series(material), contestant),
        stills=stills.report(material.stills, answers.held, contestant),
        clips=clips.report(material.clips, answers.played(material), contestant),
    )


def as_record(evaluation: Evaluation) -> dict[str, Any]:
    """For JSON; `models.card` reads it."""
    whole = {one.network: one for one in evaluation.timings if one.what == WHOLE_WAY}
    record = {
        "split": evaluation.material.split,
        "lacking": evaluation.lacking,
        "results": [
            {
                "name": result.contestant.name,
                "milliseconds": whole[result.contestant.name].milliseconds,
                "rows": as_json(result.rows),
                "series": asdict(result.series) if result.series else None,
                "stills": [asdict(row) for row in result.stills],
                "clips": [asdict(row) | {"verdict": row.verdict} for row in result.clips],
            }
            for result in evaluation.results
        ],
        "timings": [asdict(one) for one in evaluation.timings],
        "targets": [asdict(one) for one in evaluation.targets],
    }
    values: dict[str, Any] = plain(record)
    return values


def _lacking(material: Material) -> Iterator[str]:
    """What cannot be said of this split, in words, so that no zero stands for it."""
    split = f"split {material.split!r}"
    if not material.series:
        yield f"{split} has no series ({series.FILE}): nothing is said of delay and alarms a day"
    elif not any(shot.boxes for shots in material.series for shot in shots):
        yield f"no series of {split} has a boxed frame: nothing is said of delay"
    if not material.stills:
        yield (
            f"{split} has no still that is known to be empty (labelled smoke+fire, without a box): "
            "nothing is said of alarms on ordinary views"
        )
    if not material.clips:
        yield f"the folder has no {clips.FOLDER}/: no clip was played"
    elif all(clip.burns for clip in material.clips):
        yield "no clip's name begins with nofire: nothing is said of false alarms on clips"
