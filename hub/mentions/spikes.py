"""An hour in which far more is written than in the same hour of past days."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

from hub.mentions.growth import SpikeRule, alerts


@dataclass(frozen=True, slots=True, kw_only=True)
class Spike:
    """`count` mentions, over the `threshold` that `mean` and `deviation` of `days` days set."""

    count: int
    threshold: float
    mean: float
    deviation: float
    days: int


def spike(count: int, same_hour: Sequence[int], rule: SpikeRule | None = None) -> Spike | None:
    """Of one hour against the same hour of the days before, newest last; a quiet hour counts 0.

    The deviation is that of these days themselves (population), as they are all that is compared
    with.  None too when fewer days are known than the rule asks for.
    """
    rule = rule or alerts().spike
    days = same_hour[-rule.days :]
    if count < rule.least or len(days) < rule.least_days:
        return None
    mean, deviation = fmean(days), pstdev(days)
    threshold = mean + rule.deviations * max(rule.least_deviation, deviation)
    if count <= threshold:
        return None
    return Spike(count=count, threshold=threshold, mean=mean, deviation=deviation, days=len(days))
