"""Confirmation over time, the place where false alarms die.  Pure: no clock, no camera, no disk.

The boxes of each look are joined to tracks; a track whose pooled score and hits suffice and
that is not still opens a sighting, once; it is updated while it lasts and closed once.  Opening
asks for much, staying open for any box over the policy's floor (hysteresis).  Smoke and fire are
tracked apart: that a fire appears in known smoke is news of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.sighting import Box, Label, State
from edge_agent.detector import Detection
from edge_agent.floor import NoiseFloor
from edge_agent.policy import Policy
from edge_agent.track import Track, area, likeness, shared

GROWN = 2.0
"""An open sighting whose area or pooled score changed by this factor is told at once."""
AT_ONCE_S = 2.0
"""… but never more often than this."""
NESTED, NESTED_AREAS = 0.6, 8.0
"""A box that lies by this share within a stronger one, and is not smaller than this, is the same
plume boxed twice; a far smaller one may be a second fire."""
PATIENCE = 3.0
"""A camera that looks rarely may miss a sighting in so many looks before that is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What the hub should know of one sighting; `score` is pooled, `box` the last one seen."""

    sighting: str
    state: State
    label: Label
    score: float
    box: Box
    first_seen_at: datetime
    frames: int


class Confirmer:
    """The tracks of one camera under one policy; `noise` is what it learned of false ones."""

    def __init__(self, policy: Policy, noise: NoiseFloor | None = None) -> None:
        self._policy = policy
        self._noise = NoiseFloor() if noise is None else noise
        self._tracks: list[Track] = []
        self._looked_at: datetime | None = None
        self._gap_s: float | None = None

    @property
    def floor(self) -> float:
        """The least score that a detector should report."""
        return min(self._policy.floor.values())

    def look(self, detections: Sequence[Detection], at: datetime) -> list[Change]:
        """One scored frame, captured at `at`, not before the last one."""
        self._tracks = [one for one in self._tracks if one.opened or not self._over(one, at)]
        usable = _unnested([one for one in detections if self._usable(one)])
        pairs = self._pairs(usable)
        for index, track in enumerate(self._tracks):
            if index in pairs:
                track.hit(usable[pairs[index]], at)
            else:
                track.miss(at)
        taken = set(pairs.values())
        self._tracks += [
            Track.begin(self._policy, one, at)
            for number, one in enumerate(usable)
            if number not in taken
        ]
        changes = self._changes(at)
        self._learn(at)
        if self._looked_at is not None:
            self._gap_s = (at - self._looked_at).total_seconds()
        self._looked_at = at
        return changes

    def expire(self, at: datetime) -> list[Change]:
        """No frame came: closes what was not seen for too long."""
        over = [track for track in self._tracks if track.opened and self._over(track, at)]
        return [self._close(track) for track in over]

    def _usable(self, one: Detection) -> bool:
        size = area(one.box)
        return one.score >= self._policy.floor[one.label] and 0 < size <= self._policy.largest

    def _pairs(self, usable: Sequence[Detection]) -> dict[int, int]:
        """Track index to detection index: the best overlaps first, each box and track once."""
        ranked = sorted(
            (
                (-alike, number, index)
                for index, track in enumerate(self._tracks)
                for number, one in enumerate(usable)
                if one.label is track.label
                and (alike := likeness(track.box, one.box)) >= self._policy.link
            ),
        )
        pairs: dict[int, int] = {}
        taken: set[int] = set()
        for _, number, index in ranked:
            if index not in pairs and number not in taken:
                pairs[index] = number
                taken.add(number)
        return pairs

    def _changes(self, at: datetime) -> list[Change]:
        changes = list(self._news(at))
        changes += self.expire(at)
        self._tracks = [one for one in self._tracks if one.opened or not one.gone]
        return changes

    def _news(self, at: datetime) -> Iterator[Change]:
        for track in self._tracks:
            if not track.opened and track.confirmed and self._unusual(track, at):
                track.opened = True
                self._noise.forget(track.seen, track.first_seen_at, at)
                yield _tell(track, State.OPENED, at)
            elif track.opened and track.last_seen_at == at and self._worth_telling(track, at):
                yield _tell(track, State.UPDATED, at)

    def _unusual(self, track: Track, at: datetime) -> bool:
        """More than the noise of its place at this time of day, if there is any."""
        noise = self._noise.under(_evidence(track), at)
        return noise == 0 or track.pooled >= noise + self._policy.margin

    def _learn(self, at: datetime) -> None:
        """What was seen and did not open is noise, unless it lies on what is open."""
        known = [track for track in self._tracks if track.opened]
        for track in self._tracks:
            seen_now = not track.opened and track.last_seen_at == at
            if seen_now and not any(shared(track.box, other.box) for other in known):
                self._noise.learn(_evidence(track), at)

    def _worth_telling(self, track: Track, at: datetime) -> bool:
        assert track.told_at is not None  # an open track was told
        since = (at - track.told_at).total_seconds()
        grown = (
            track.pooled >= GROWN * track.told_score or area(track.box) >= GROWN * track.told_area
        )
        return since >= self._policy.updates_every_s or (grown and since >= AT_ONCE_S)

    def _over(self, track: Track, at: datetime) -> bool:
        if self._gap_s is None:  # how often it looks shows at the second look
            return False
        patience = max(self._policy.closes_after_s, PATIENCE * self._gap_s)
        return (at - track.last_seen_at).total_seconds() > patience

    def _close(self, track: Track) -> Change:
        self._tracks.remove(track)
        return _tell(track, State.CLOSED, track.last_seen_at)


def _unnested(detections: Sequence[Detection]) -> list[Detection]:
    """Each thing boxed once: the strongest of boxes that lie within one another."""
    kept: list[Detection] = []
    for one in sorted(detections, key=lambda detection: -detection.score):
        if not any(_same_thing(one, other) for other in kept):
            kept.append(one)
    return kept


def _same_thing(one: Detection, other: Detection) -> bool:
    if one.label is not other.label:
        return False
    small, large = sorted((area(one.box), area(other.box)))
    return large < NESTED_AREAS * small and shared(one.box, other.box) > NESTED * small


def _evidence(track: Track) -> Detection:
    """What a track adds up to, at most enough to open: a lamp may glare as it likes, the noise of
    its place asks of a fire no more than the margin."""
    score = min(track.pooled, track.policy.opens[track.label])
    return Detection(label=track.label, score=score, box=track.box)


def _tell(track: Track, state: State, at: datetime) -> Change:
    track.told_at, track.told_score, track.told_area = at, track.pooled, area(track.box)
    return Change(
        sighting=track.sighting,
        state=state,
        label=track.label,
        score=round(min(1.0, max(track.pooled, 0.0)), 4),
        box=track.box,
        first_seen_at=track.first_seen_at,
        frames=track.hits,
    )
