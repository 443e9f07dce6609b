"""A word of the simulated district, and the moment at which it is said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from contracts.indicator import AnyBody


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """`at` is when the other system hands it in; late and corrected words come after their day."""

    at: datetime
    body: AnyBody


def in_order(told: Iterable[Told]) -> list[Told]:
    """By the moment; what is said at the same moment keeps its order."""
    return sorted(told, key=lambda each: each.at)
