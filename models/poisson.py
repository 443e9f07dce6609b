"""How often something happens, and how sure a few hours or pictures can make us of it."""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log, sqrt

from models.metrics import Interval

HOURS_A_DAY = 24.0
LEVEL = 0.95
NORMAL = 1.96
"""Standard deviations to either side that hold 95 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """`count` in `hours` of watching; the interval is 95 %, exact Poisson."""

    count: int
    hours: float
    an_hour: float
    a_day: float
    a_day_low: float
    a_day_high: float

    def __str__(self) -> str:
        return (
            f"{self.count} in {self.hours:.1f} h = {self.a_day:.1f} a day "
            f"[{self.a_day_low:.1f}, {self.a_day_high:.1f}]"
        )


def rate(count: int, seconds: float) -> Rate | None:
    """None where nothing was watched: no hours, no rate."""
    if seconds <= 0:
        return None
    hours = seconds / 3600
    low, high = interval(count)
    a_day = HOURS_A_DAY / hours
    return Rate(
        count=count,
        hours=round(hours, 3),
        an_hour=round(count / hours, 3),
        a_day=round(count * a_day, 2),
        a_day_low=round(low * a_day, 2),
        a_day_high=round(high * a_day, 2),
    )


def at_most_a_day(count: int, seconds: float) -> float:
    """Events a day that `count` in so long a time exclude at 95 %, one-sided; endless of no time.

    Of none seen it is the smallest rate that the time can show: -ln .05 over it.
    """
    if seconds <= 0:
        return float("inf")
    mean = _bisect(lambda mean: 1 - _at_most(count, mean), LEVEL)
    return mean * HOURS_A_DAY / (seconds / 3600)


def interval(count: int, level: float = LEVEL) -> tuple[float, float]:
    """The exact interval of Garwood (1936) for a mean of which `count` was seen, by bisection."""
    tail = (1 - level) / 2
    low = 0.0 if count == 0 else _bisect(lambda mean: 1 - _at_most(count - 1, mean), tail)
    high = _bisect(lambda mean: 1 - _at_most(count, mean), 1 - tail)
    return low, high


def share(count: int, total: int) -> Interval:
    """`count` of `total`, with the 95 % interval of Wilson (1927)."""
    if not total:
        return Interval(value=float("nan"), low=float("nan"), high=float("nan"))
    part, weight = count / total, NORMAL**2 / total
    middle = (part + weight / 2) / (1 + weight)
    half = NORMAL * sqrt(part * (1 - part) / total + weight / (4 * total)) / (1 + weight)
    return Interval(value=part, low=max(0.0, middle - half), high=min(1.0, middle + half))


def _at_most(count: int, mean: float) -> float:
    """The chance of at most `count` when `mean` are expected."""
    if mean <= 0:
        return 1.0
    total, term = 0.0, -mean
    for seen in range(count + 1):
        total += exp(term)
        term += log(mean) - log(seen + 1)
    return min(total, 1.0)


def _bisect(rising: Callable[[float], float], goal: float) -> float:
    low, high = 0.0, 1000.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < goal else (low, middle)
    return (low + high) / 2
