"""A track: the same thing seen in many looks of one camera."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt
from statistics import fmean, pstdev

from contracts.identity import new_ulid
from contracts.sighting import Box, Label
from edge_agent.detector import Detection
from edge_agent.policy import Policy


def area(box: Box) -> float:
    return box.w * box.h


def shared(one: Box, other: Box) -> float:
    """The area that two boxes have in common."""
    width = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
    height = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    if width <= 0 or height <= 0:
        return 0.0
    return width * height


def likeness(one: Box, other: Box) -> float:
    """Intersection over the geometric mean of the areas, 0..1 (Ochiai).

    Unlike intersection over union it forgives that smoke is boxed now by its foot, now whole;
    like it, it tells a plume from a box sixteen times as large.
    """
    return shared(one, other) / sqrt(area(one) * area(other))


@dataclass(slots=True, kw_only=True)
class Step:
    """Looks so close together that they count once; a look that missed it adds 0."""

    number: int
    looks: int = 0
    total: float = 0.0
    seen: Detection | None = None

    @property
    def score(self) -> float:
        return self.total / self.looks


@dataclass(slots=True, kw_only=True)
class Track:
    """`steps` of its window, oldest first; `seen` the last hit of each step that had one."""

    policy: Policy
    label: Label
    first_seen_at: datetime
    last_seen_at: datetime
    box: Box
    steps: deque[Step]
    seen: deque[Detection]
    looked_at: datetime | None = None
    hits: int = 0
    sighting: str = field(default_factory=new_ulid)
    opened: bool = False
    told_at: datetime | None = None
    told_score: float = 0.0
    told_area: float = 0.0

    @classmethod
    def begin(cls, policy: Policy, detection: Detection, at: datetime) -> "Track":
        track = cls(
            policy=policy,
            label=detection.label,
            first_seen_at=at,
            last_seen_at=at,
            box=detection.box,
            steps=deque(maxlen=policy.window),
            seen=deque(maxlen=max(policy.still_after, policy.window)),
        )
        track.hit(detection, at)
        return track

    def hit(self, detection: Detection, at: datetime) -> None:
        step = self._step(at)
        step.total += detection.score
        if step.seen is not None:
            self.seen.pop()
        step.seen = detection
        self.seen.append(detection)
        self.box = detection.box
        self.last_seen_at = at
        self.hits += 1

    def miss(self, at: datetime) -> None:
        self._step(at)

    def _step(self, at: datetime) -> Step:
        """The step in which a look at `at` counts; the nearest of a grid from the first look on,
        so that a look that comes a little early or late does not fall in with its neighbour.
        While the time stands still (a clock was set back) every look is a step: seen too soon is
        better than never."""
        number = round((at - self.first_seen_at).total_seconds() / self.policy.step_s[self.label])
        if not self.steps or number > self.steps[-1].number or at == self.looked_at:
            self.steps.append(Step(number=number))
        self.steps[-1].looks += 1
        self.looked_at = at
        return self.steps[-1]

    @property
    def pooled(self) -> float:
        """Divided by the window, not by the steps: a first look cannot open anything."""
        return sum(step.score for step in self.steps) / self.policy.window

    @property
    def confirmed(self) -> bool:
        recent = sum(step.seen is not None for step in self.steps)
        enough = recent >= self.policy.hits and self.pooled >= self.policy.opens[self.label]
        return enough and not self.still

    @property
    def gone(self) -> bool:
        """Nothing of it in the window."""
        return not any(step.seen for step in self.steps)

    @property
    def still(self) -> bool:
        """Neither size nor score nor place varied over the last `still_after` steps."""
        if len(self.seen) < self.policy.still_after:
            return False
        last = list(self.seen)[-self.policy.still_after :]
        limit = self.policy.still
        return (
            _variation([area(one.box) for one in last]) < limit
            and _variation([one.score for one in last]) < limit
            and _drift([one.box for one in last]) < limit
        )


def _variation(values: list[float]) -> float:
    """Coefficient of variation."""
    mean = fmean(values)
    return pstdev(values) / mean if mean > 0 else 0.0


def _drift(boxes: list[Box]) -> float:
    """How far the centre wandered, in widths and heights of the box."""
    across = [box.x + box.w / 2 for box in boxes]
    down = [box.y + box.h / 2 for box in boxes]
    width, height = fmean(box.w for box in boxes), fmean(box.h for box in boxes)
    return max((max(across) - min(across)) / width, (max(down) - min(down)) / height)
