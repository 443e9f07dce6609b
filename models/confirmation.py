"""The confirmation's thresholds, chosen by rule on train and val; and the trade-off behind them.

`python -m models.confirmation --data FOLDER --cache FILE` lets the detector look once at every
tower series of train and val, at the clips (four looks a second) and at the ordinary and forest
stills, keeps what it found in FILE, plays it through the confirmation at many thresholds, prints
the curves and what to write into `edge_agent/policy.py`.  A cache made by other weights is made
anew.

Rule, for each scene and label: the most fires raised among the thresholds that stay within the
budget (false alarms in the hours before ignition: one a camera and day; stills held before the
camera: 1 %; clips without fire: none).  Of all that raise as many, the highest whose median delay
is within one look of the best: a threshold at the edge of its budget would not hold on new views.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from types import MappingProxyType

from contracts.sighting import Box, Label, State
from edge_agent.confirm import Confirmer
from edge_agent.policy import Policy, policy_for
from edge_agent.track import shared
from models import default_weights
from models.looked import Recording, kept
from models.series import poisson_interval

DAY_S = 86_400.0
GRID = tuple(round(0.16 + 0.02 * step, 2) for step in range(36))
MOST_A_DAY, MOST_STILLS = 1.0, 0.01
HEAD = "opens  raised  delay  false alarms in clear time              stills that alarm"
JUDGED = (
    ("tower", Label.SMOKE, ("series", "still")),
    ("tower", Label.FIRE, ("series", "still", "clip")),
    ("street", Label.SMOKE, ("clip", "still")),
    ("street", Label.FIRE, ("clip", "still")),
)
"""Which recordings decide each opening threshold."""
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`false_alarms` opened in looks known to be clear; `delay` in looks after the onset, 0 if it
    opened on the smoke so shortly before that it may have been there unboxed."""

    has_onset: bool
    delay: int | None
    false_alarms: int
    clear_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of a trade-off curve."""

    opens: float
    fires: int
    raised: int
    delay: float | None
    false_alarms: int
    clear_s: float
    stills: int
    noisy_stills: int

    @property
    def affordable(self) -> bool:
        a_day = self.false_alarms <= MOST_A_DAY * self.clear_s / DAY_S
        return a_day and self.noisy_stills <= MOST_STILLS * self.stills

    def __str__(self) -> str:
        days = self.clear_s / DAY_S
        low, high = (bound / days for bound in poisson_interval(self.false_alarms))
        delay = "–" if self.delay is None else f"{self.delay:.0f}"
        return (
            f"{self.opens:5.2f}  {self.raised:2}/{self.fires:<2}  {delay:>5}  "
            f"{self.false_alarms:2} in {24 * days:5.2f} h [{low:.1f}, {high:.1f}] a day  "
            f"{self.noisy_stills:3}/{self.stills}{'' if self.affordable else '  over budget'}"
        )


def play(recording: Recording, policy: Policy, label: Label) -> Outcome:
    """What opened of one label."""
    confirmer, looks, onset = Confirmer(policy), recording.looks, recording.onset
    opened: dict[str, int] = {}
    hits: list[int] = []
    for number, look in enumerate(looks):
        for one in confirmer.look(look.detections, BEGIN + timedelta(seconds=look.at_s)):
            if one.label is label and one.state is State.OPENED:
                opened[one.sighting] = number
            if one.sighting in opened and onset is not None and number >= onset:
                opened_at = opened[one.sighting]
                if not looks[opened_at].clear and _touches(one.box, recording.where):
                    hits.append(max(0, opened_at - onset))
    step_s = looks[1].at_s - looks[0].at_s if len(looks) > 1 else 0.0
    return Outcome(
        has_onset=onset is not None,
        delay=min(hits, default=None),
        false_alarms=sum(looks[number].clear for number in opened.values()),
        clear_s=step_s * sum(look.clear for look in looks),
    )


def point(recordings: Sequence[Recording], policy: Policy, label: Label, opens: float) -> Point:
    opening = replace(policy, opens=MappingProxyType({**policy.opens, label: opens}))
    base = policy.step_s[label]
    timed = [play(one, opening, label) for one in recordings if one.kind != "still"]
    held = [play(one.paced(base), opening, label) for one in recordings if one.kind == "still"]
    delays = [one.delay for one in timed if one.delay is not None]
    return Point(
        opens=opens,
        fires=sum(one.has_onset for one in timed),
        raised=len(delays),
        delay=median(delays) if delays else None,
        false_alarms=sum(one.false_alarms for one in timed),
        clear_s=sum(one.clear_s for one in timed),
        stills=len(held),
        noisy_stills=sum(one.false_alarms > 0 for one in held),
    )


def choose(points: Sequence[Point]) -> Point | None:
    """By the rule above; None when nothing stays within the budget."""
    within = [one for one in points if one.affordable and one.delay is not None]
    most = max((one.raised for one in within), default=0)
    best = [one for one in within if one.raised == most]
    quickest = min((one.delay or 0.0 for one in best), default=0.0)
    return max(
        (one for one in best if (one.delay or 0.0) <= quickest + 1),
        key=lambda one: one.opens,
        default=None,
    )


def _touches(box: Box, where: Sequence[Box]) -> bool:
    """Whether it has any area in common with one of them; with none known it has."""
    return not where or any(shared(box, one) for one in where)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m models.confirmation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--cache", type=Path, required=True, help="JSON file of what was found")
    parser.add_argument("--weights", type=Path, default=default_weights(), help="ONNX file")
    wanted = parser.parse_args(arguments)
    recordings = kept(wanted.data, wanted.weights, wanted.cache)
    chosen = {}
    for scene, label, kinds in JUDGED:
        print(f"\n{scene}, {label}\n{HEAD}")
        own = [one for one in recordings if one.kind in kinds]
        points = [point(own, policy_for(scene), label, opens) for opens in GRID]
        print(*points, sep="\n")
        chosen[scene, label] = choose(points)
    print("\nchosen by the rule, for edge_agent/policy.py:")
    for (scene, label), best in chosen.items():
        print(f"{scene} {label}: {'nothing within the budget' if best is None else best}")
    return 0 if all(chosen.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
