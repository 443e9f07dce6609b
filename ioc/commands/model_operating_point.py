"""`ioc model operating-point`."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import cv2

from edge_agent.detector import ModelError
from ioc.exits import Exit, complain
from models import default_weights, material
from models.contestant import Ours
from models.dataset import DatasetError
from models.operating_point import CHOSEN, Choice, Point, choose, evidence, toml
from models.text import aligned, or_dash

HEADINGS = ("asked a day", "opens at", "false alarms measured [95 %]", "at most a day, 95 %",
            "fires raised", "median delay", "boxes of single pictures")  # fmt: skip


def run(options: Namespace) -> int:
    if options.false_alarms_per_day <= 0 or (
        options.interval is not None and options.interval <= 0
    ):
        complain("--false-alarms-per-day and --interval are above 0")
        return Exit.USAGE
    cv2.setNumThreads(1)
    try:
        given = material.read(Path(options.data), options.split)
        weights = Path(options.weights) if options.weights else default_weights()
        (answers,) = material.look(given, [Ours(weights)])
    except (DatasetError, ModelError) as wrong:
        complain(wrong)
        return Exit.USAGE
    choices = []
    for scene in CHOSEN:
        known = evidence(given, answers, scene, options.interval)
        if not known.silent:
            print(f"{scene}: không có dữ liệu không cháy / nothing recorded without fire; "
                  "its thresholds stay\n")  # fmt: skip
            continue
        choices.append(choose(known, options.false_alarms_per_day))
        print("\n".join(_told(choices[-1])) + "\n")
    if choices:
        print(f"# agent.toml, [[camera]]\n{toml(choices)}")
    return Exit.OK if any(choice.shown for choice in choices) else Exit.FAILED


def _told(choice: Choice) -> Iterator[str]:
    yield (
        f"{choice.scene}: {choice.recordings} đoạn không cháy / recordings without fire, "
        f"{choice.hours:g} h; {choice.stills} ảnh / stills"
    )
    rows = [_cells(f"{point.asked:g}", point) for point in choice.points]
    yield aligned(HEADINGS, [*rows, _cells("now / hiện nay", choice.now)])
    if not choice.shown:
        yield f"! CHƯA ĐỦ DỮ LIỆU / not shown: {_room(choice)}"


def _room(choice: Choice) -> str:
    if not choice.hours:
        return "nothing was recorded over time, so no rate can be told"
    needed = choice.hours * choice.least / choice.chosen.asked
    return (
        f"with {choice.hours:g} h even silence leaves room for {choice.least:.1f} a day (95 %); "
        f"{choice.chosen.asked:g} a day needs {needed:.0f} h without an alarm"
    )


def _cells(asked: str, point: Point) -> tuple[str, ...]:
    opens = ", ".join(f"{label} {score:.2f}" for label, score in point.opens.items())
    boxes = ", ".join(f"{label} {share:.2f}" for label, share in point.boxes.items())
    return (
        asked,
        opens,
        or_dash(point.measured),
        f"{point.at_most:.1f}",
        f"{point.raised} of {point.fires}" if point.fires else "–",
        or_dash(point.delay_s, " s"),
        boxes,
    )
