"""Opening thresholds for a rate of false alarms: `ioc model operating-point`.

Every recording without fire is played through the confirmation at each threshold of a grid.
A class may spend its part of the scene's budget; its threshold is the lowest at which it does.
What the recordings cannot show is not claimed: hours of silence bound a rate only from above.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from contracts.sighting import Label
from edge_agent.policy import Policy, policy_for, with_opens
from models.dataset import CLASS_NAMES
from models.material import Answers, Material, held_recordings
from models.metrics import Judged, judge, precision_recall
from models.poisson import Rate, at_most_a_day, rate
from models.recording import Recording, of_label, play
from models.report import FAR, scene_of
from models.series import outcome

GRID = tuple(step / 100 for step in range(10, 96))
CHOSEN = {"tower": (Label.SMOKE,), "street": (Label.SMOKE, Label.FIRE)}
"""What each scene's cameras are there to see; other labels keep their thresholds."""
FACTORS = (0.5, 1.0, 2.0)
HOURS_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A scene's recordings, without fire and with one, and its pictures by class.

    `held` are stills without fire: an alarm on one counts, but the same view again is no further
    time without one, so they add none.
    """

    scene: str
    calm: tuple[Recording, ...]
    held: tuple[Recording, ...]
    fires: tuple[Recording, ...]
    pictures: dict[Label, tuple[Judged, ...]]

    @property
    def silent(self) -> tuple[Recording, ...]:
        """All in which nothing may open."""
        return (*self.calm, *self.held)

    @property
    def calm_s(self) -> float:
        return sum(len(one.looks) * one.step_s for one in self.calm)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Thresholds for `asked` false alarms a camera and day.

    `measured` on the same recordings, None without any; `at_most` a day is excluded by them at
    95 %; `delay_s` is the median of the fires that were raised; `boxes` the share of each class's
    boxes in single pictures that score as much, what a fire that stands still would need.
    """

    asked: float
    opens: dict[Label, float]
    measured: Rate | None
    at_most: float
    raised: int
    fires: int
    delay_s: float | None
    boxes: dict[Label, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """`least`: false alarms a day below which these hours can show nothing, at 95 %."""

    scene: str
    hours: float
    recordings: int
    stills: int
    least: float
    points: tuple[Point, ...]
    now: Point

    @property
    def chosen(self) -> Point:
        return self.points[FACTORS.index(1.0)]

    @property
    def shown(self) -> bool:
        """Whether the recordings can show the rate that was asked for."""
        return self.chosen.at_most <= self.chosen.asked


def choose(evidence: Evidence, a_day: float) -> Choice:
    policy = policy_for(evidence.scene)
    points = tuple(_point(evidence, policy, a_day * factor) for factor in FACTORS)
    kept = {label: policy.opens[label] for label in CHOSEN[evidence.scene]}
    return Choice(
        scene=evidence.scene,
        hours=round(evidence.calm_s / HOURS_S, 2),
        recordings=len(evidence.calm),
        stills=len(evidence.held),
        least=at_most_a_day(0, evidence.calm_s),
        points=points,
        now=_measured(evidence, policy, kept, a_day),
    )


def evidence(
    material: Material, answers: Answers, scene: str, interval_s: float | None
) -> Evidence:
    """Series are a tower's, clips what their names say; a still stands before either camera."""
    recordings = [
        one if interval_s is None else one.paced(interval_s) for one in answers.series(material)
    ]
    recordings += answers.played(material)
    mine = [one for one in recordings if one.scene == scene]
    calm = [part for one in mine if len((part := _calm(one)).looks) > 1]
    return Evidence(
        scene=scene,
        calm=tuple(calm),
        held=tuple(held_recordings(material, answers, scene)),
        fires=tuple(one for one in mine if one.onset is not None),
        pictures={label: _pictures(material, answers, scene, label) for label in CHOSEN[scene]},
    )


def toml(choices: Sequence[Choice]) -> str:
    """For the `[[camera]]` sections of agent.toml."""
    parts = []
    for choice in choices:
        claim = (
            f"at most {choice.chosen.asked:g} false alarms a day, shown at 95 %"
            if choice.shown
            else f"{choice.chosen.asked:g} false alarms a day are NOT shown by {choice.hours:g} h"
        )
        keys = [f"opens_{label} = {score:.2f}" for label, score in choice.chosen.opens.items()]
        parts.append("\n".join([f'# scene = "{choice.scene}": {claim}', *keys]))
    return "\n\n".join(parts)


def _calm(recording: Recording) -> Recording:
    """Its looks before anything burned, all that are known to be clear."""
    looks = tuple(look for look in recording.looks if look.clear)
    return replace(recording, looks=looks, onset=None)


def _point(evidence: Evidence, policy: Policy, a_day: float) -> Point:
    labels = CHOSEN[evidence.scene]
    opens = {label: _lowest(evidence, policy, label, a_day / len(labels)) for label in labels}
    return _measured(evidence, policy, opens, a_day)


def _lowest(evidence: Evidence, policy: Policy, label: Label, a_day: float) -> float:
    """The grid's highest where even that is too loud."""
    for score in GRID:
        alarms = sum(
            len(of_label(play(one, with_opens(policy, {label: score})), label))
            for one in evidence.silent
        )
        if alarms * HOURS_S * 24 <= a_day * evidence.calm_s:
            return score
    return GRID[-1]


def _measured(evidence: Evidence, policy: Policy, opens: dict[Label, float], a_day: float) -> Point:
    changed = with_opens(policy, opens)
    delays = list(_delays(evidence.fires, changed))
    alarms = sum(len(play(one, changed)) for one in evidence.silent)
    return Point(
        asked=a_day,
        opens=opens,
        measured=rate(alarms, evidence.calm_s),
        at_most=at_most_a_day(alarms, evidence.calm_s),
        raised=len(delays),
        fires=len(evidence.fires),
        delay_s=median(delays) if delays else None,
        boxes={
            label: precision_recall(evidence.pictures[label], score)[1]
            for label, score in opens.items()
        },
    )


def _delays(fires: Sequence[Recording], policy: Policy) -> Iterator[float]:
    """Seconds from the onset of each fire that is raised."""
    for one in fires:
        seen = outcome(one, play(one, policy))
        if seen.delay_s is not None:
            yield seen.delay_s


def _pictures(material: Material, answers: Answers, scene: str, label: Label) -> tuple[Judged, ...]:
    """Far views are a tower's, all others a street camera's."""
    verdicts = (
        judge(picture.truth, answers.frames[picture.name], CLASS_NAMES.index(label))
        for picture in material.pictures
        if (scene_of(picture) == FAR) == (scene == "tower")
    )
    return tuple(one for one in verdicts if one is not None)
