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
class Track:
    """`scores` of the last looks (0 = missed), oldest first; `seen` the last hits."""

    policy: Policy
    label: Label
    first_seen_at: datetime
    last_seen_at: datetime
    scores: deque[float]
    seen: deque[Detection]
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
            scores=deque(maxlen=policy.window),
            seen=deque(maxlen=max(policy.still_after, policy.window)),
        )
        track.hit(detection, at)
        return track

    def hit(self, detection: Detection, at: datetime) -> None:
        self.scores.append(detection.score)
        self.seen.append(detection)
        self.last_seen_at = at
        self.hits += 1

    def miss(self) -> None:
        self.scores.append(0.0)

    @property
    def box(self) -> Box:
        return self.seen[-1].box

    @property
    def pooled(self) -> float:
        """Divided by the window, not by the hits: a first look cannot open anything."""
        return sum(self.scores) / self.policy.window

    @property
    def confirmed(self) -> bool:
        recent = sum(score > 0 for score in self.scores)
        enough = recent >= self.policy.hits and self.pooled >= self.policy.opens[self.label]
        return enough and not self.still

    @property
    def fading(self) -> bool:
        return self.pooled < self.policy.stays * self.policy.opens[self.label]

    @property
    def gone(self) -> bool:
        """Nothing of it in the window."""
        return not any(self.scores)

    @property
    def still(self) -> bool:
        """Neither size nor score nor place varied over the last `still_after` hits."""
        if self.hits < self.policy.still_after:
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
