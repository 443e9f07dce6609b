"""Hot topics and keywords: what is talked of far more than it used to be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from hub.mentions.facts import Facts, Part, shipped


class GrowthRule(Part):
    """`least` mentions now; `smoothing` is added to both sides of the ratio, so that a rare word
    must come often to be hot; `grown` is the ratio from which it is."""

    least: int
    smoothing: float
    grown: float


class SpikeRule(Part):
    """More than mean + `deviations` · max(`least_deviation`, SD) and at least `least` mentions,
    judged once `least_days` of the `days` before are known."""

    least: int
    deviations: float
    least_deviation: float
    days: int
    least_days: int


class AlertsFile(Facts):
    growth: GrowthRule
    spike: SpikeRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Hot:
    """`usual` is the median of the periods before; `growth` the smoothed ratio to it."""

    name: str
    count: int
    usual: float
    growth: float


def hot(
    now: Mapping[str, int], before: Sequence[Mapping[str, int]], rule: GrowthRule | None = None
) -> tuple[Hot, ...]:
    """Names by growth, the strongest first.

    `now` counts a period, `before` the periods of the same length before it; one that lacks a
    name counted none of it.  The median forgives a past day on which everyone spoke of it.
    Without any period before, nothing is hot: there is nothing to have grown from.
    """
    rule = rule or alerts().growth
    if not before:
        return ()
    grown = (_growth(name, count, before, rule) for name, count in now.items())
    chosen = (each for each in grown if each.count >= rule.least and each.growth >= rule.grown)
    return tuple(sorted(chosen, key=lambda each: (-each.growth, -each.count, each.name)))


def _growth(name: str, count: int, before: Sequence[Mapping[str, int]], rule: GrowthRule) -> Hot:
    usual = float(median(period.get(name, 0) for period in before))
    ratio = (count + rule.smoothing) / (usual + rule.smoothing)
    return Hot(name=name, count=count, usual=usual, growth=round(ratio, 2))


def alerts() -> AlertsFile:
    """The thresholds that the package ships; raises FactsError."""
    return shipped(AlertsFile, "alerts")
