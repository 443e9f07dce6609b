"""An evaluation as one page that needs nothing else: tables, curves, and mistakes as pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from models import curves, mistakes, stills, summary
from models.curves import COLOURS, DASHES, Line
from models.dataset import CLASS_NAMES
from models.evaluate import Evaluation, Result
from models.mistakes import Mistake
from models.report import HEADINGS

WORDS = {"smoke": "khói / smoke", "fire": "lửa / fire"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    title: str
    svg: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A mistake with its picture as a data URI."""

    mistake: Mistake
    words: str
    picture: str


def page(evaluation: Evaluation) -> str:
    """HTML."""
    template = Environment(loader=PackageLoader("models"), autoescape=True, trim_blocks=True,
                           lstrip_blocks=True).get_template("evaluation.html")  # fmt: skip
    ours = evaluation.results[0]
    return template.render(
        evaluation=evaluation,
        counts=summary.counts(evaluation.material),
        legend=list(zip(evaluation.results, COLOURS, DASHES, strict=False)),
        summary=summary,
        frame_headings=HEADINGS,
        precision=_charts(evaluation.results, "precision"),
        recall=_charts(evaluation.results, "recall"),
        trade_off=_trade_off(evaluation.results),
        looks=stills.LOOKS,
        false_alarms=_shown(evaluation, ours, "false alarm"),
        missed=_shown(evaluation, ours, "missed"),
        ours=ours.contestant.name,
    )


def _charts(results: Sequence[Result], kind: str) -> list[Chart]:
    """For each class and scene in which there is anything to find."""
    places = [
        place
        for place, judged in results[0].members.items()
        if any(one.boxes for one, _ in judged) and not place[1].startswith("source ")
    ]
    return [_chart(results, place, kind) for place in sorted(places, key=_order)]


def _order(place: tuple[str, str]) -> tuple[int, bool, str]:
    return CLASS_NAMES.index(place[0]), place[1] != "all", place[1]


def _chart(results: Sequence[Result], place: tuple[str, str], kind: str) -> Chart:
    title = f"{WORDS[place[0]]}, {place[1]}"
    lines = [_line(result, place, kind) for result in results]
    across, up = (
        (curves.RECALL, curves.PRECISION) if kind == "precision" else (curves.FALSE, curves.RECALL)
    )
    return Chart(title=title, svg=Markup(curves.chart(lines, across, up, title)))  # noqa: S704


def _line(result: Result, place: tuple[str, str], kind: str) -> Line:
    judged = [one for one, _ in result.members[place]]
    threshold = result.contestant.thresholds[CLASS_NAMES.index(place[0])]
    draw = curves.precision_recall if kind == "precision" else curves.recall_false
    return draw(judged, threshold)


def _trade_off(results: Sequence[Result]) -> Markup:
    """Empty where no series has an onset and clear looks."""
    lines = [curves.trade_off(one.series) if one.series else Line(points=[]) for one in results]
    if not any(line.points for line in lines):
        return Markup("")
    axis = curves.per_day(lines)
    return Markup(curves.chart(lines, axis, curves.RAISED, "series"))  # noqa: S704


def _shown(evaluation: Evaluation, result: Result, kind: str) -> list[Shown]:
    pictures = evaluation.material.pictures
    found = result.answers.singles(evaluation.material)
    find = mistakes.false_alarms if kind == "false alarm" else mistakes.missed
    return [
        Shown(
            mistake=one,
            words=WORDS[one.class_name],
            picture=mistakes.drawn(one, result.answers.frames[one.picture.name], result.contestant),
        )
        for one in find(pictures, found, result.contestant)
    ]
