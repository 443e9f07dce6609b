"""Recordings through the confirmation: what an officer would have been told, and when.

A recording is a camera's looks in their order: a tower series, a still held before a camera, a
clip.  This is the only place where evaluation meets the agent's `Confirmer`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

import numpy as np

from contracts.sighting import Box, Label, State
from edge_agent.confirm import Confirmer
from edge_agent.detector import Detection
from edge_agent.policy import Policy, policy_for, with_opens
from models.contestant import Contestant
from models.dataset import CLASS_NAMES, Floats
from models.metrics import Found

FLOOR = 0.05
"""Far below the floor of any policy, and few enough to keep."""
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One scored frame, `at_s` seconds after the first; `clear`: known to show no fire."""

    at_s: float
    detections: tuple[Detection, ...]
    clear: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """`scene` names the policy; `onset` is the first look in which fire or smoke was boxed, None
    where none was; `where` [n, 4] the regions in which it was ever boxed, empty if unknown."""

    name: str
    camera: str
    scene: str
    looks: tuple[Look, ...]
    onset: int | None
    where: Floats

    @property
    def step_s(self) -> float:
        """Seconds from one look to the next."""
        times = [look.at_s for look in self.looks]
        gaps = [later - earlier for earlier, later in pairwise(times)]
        return median(gaps) if gaps else 0.0

    def paced(self, step_s: float) -> "Recording":
        """The same looks, as if they had come `step_s` seconds apart."""
        looks = tuple(replace(one, at_s=step_s * row) for row, one in enumerate(self.looks))
        return replace(self, looks=looks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A sighting that opened at look `at`; `closed` at that look, None if not before the end."""

    at: int
    label: Label
    box: Box
    closed: int | None = None


def play(recording: Recording, policy: Policy) -> list[Opening]:
    """Every sighting that opened, in order."""
    confirmer = Confirmer(policy)
    opened: dict[str, Opening] = {}
    for number, look in enumerate(recording.looks):
        for change in confirmer.look(look.detections, BEGIN + timedelta(seconds=look.at_s)):
            if change.state is State.OPENED:
                opened[change.sighting] = Opening(at=number, label=change.label, box=change.box)
            elif change.state is State.CLOSED:
                opened[change.sighting] = replace(opened[change.sighting], closed=number)
    return list(opened.values())


def policy_of(contestant: Contestant, scene: str, factor: float = 1.0) -> Policy:
    """The scene's policy; one who has an opening score of its own brings it; times `factor`."""
    policy = policy_for(scene)
    own = contestant.opens
    return with_opens(
        policy,
        {label: (score if own is None else own) * factor for label, score in policy.opens.items()},
    )


def detections(found: Found) -> tuple[Detection, ...]:
    """As the agent's detector would give them, best first."""
    rows = np.flatnonzero(
        (found.scores >= FLOOR) & (found.boxes[:, 2:] > found.boxes[:, :2]).all(1)
    )
    return tuple(
        Detection(
            label=Label(CLASS_NAMES[found.classes[row]]),
            score=float(found.scores[row]),
            box=_box([float(side) for side in found.boxes[row]]),
        )
        for row in sorted(rows, key=lambda row: -found.scores[row])
    )


def touches(box: Box, where: Floats) -> bool:
    """Whether it has any area in common with one of the regions; with none known it has."""
    if not len(where):
        return True
    width = np.minimum(where[:, 2], box.x + box.w) - np.maximum(where[:, 0], box.x)
    height = np.minimum(where[:, 3], box.y + box.h) - np.maximum(where[:, 1], box.y)
    return bool(((width > 0) & (height > 0)).any())


def of_label(openings: Sequence[Opening], label: Label) -> list[Opening]:
    return [one for one in openings if one.label is label]


def _box(corner: Sequence[float]) -> Box:
    x1, y1, x2, y2 = corner
    return Box(x=x1, y=y1, w=x2 - x1, h=y2 - y1)
