"""Waiting longer after each failure, never all at the same moment."""

import random


class Backoff:
    """Doubles from `first_s` to `most_s`; each pause is half of that plus a random half.

    Equal jitter: a hundred boxes that lost the same broker do not come back in step, and none
    comes back at once.
    """

    def __init__(self, first_s: float, most_s: float, rng: random.Random | None = None) -> None:
        self._first_s = first_s
        self._most_s = most_s
        self._next_s = first_s
        self._rng = rng or random.Random()  # noqa: S311 - spreads load, guards nothing

    def next(self) -> float:
        """Seconds to wait now."""
        whole, self._next_s = self._next_s, min(self._next_s * 2, self._most_s)
        return whole / 2 + self._rng.uniform(0, whole / 2)

    def reset(self) -> None:
        self._next_s = self._first_s
