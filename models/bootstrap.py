"""How far a figure would wander on another draw of the same kind of pictures.

Pictures of one group (a camera, a video) resemble each other, so whole groups are drawn anew,
not single pictures (cluster bootstrap, Davison & Hinkley 1997, 3.8).  With a single group the
pictures themselves are drawn and the interval is too narrow; the caller says so.
"""

from collections.abc import Callable, Sequence

import numpy as np

from models.metrics import Interval, Judged

ROUNDS = 300
SEED = 7
LEVEL = (2.5, 97.5)

Measure = Callable[[Sequence[Judged]], float]


def with_interval(
    judged: Sequence[Judged], groups: Sequence[str], measure: Measure, rounds: int = ROUNDS
) -> Interval:
    """`groups` names the group of each judged picture."""
    value = measure(judged)
    members: dict[str, list[Judged]] = {}
    for one, group in zip(judged, groups, strict=True):
        members.setdefault(group, []).append(one)
    clusters = list(members.values()) if len(members) > 1 else [[one] for one in judged]
    if np.isnan(value) or not clusters:
        return Interval(value=value, low=float("nan"), high=float("nan"))
    random = np.random.default_rng(SEED)
    drawn = [
        measure([one for row in random.integers(len(clusters), size=len(clusters))
                 for one in clusters[row]])
        for _ in range(rounds)
    ]  # fmt: skip
    low, high = np.nanpercentile(drawn, LEVEL)
    return Interval(value=value, low=float(low), high=float(high))
