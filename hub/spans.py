"""Sets of sequence numbers as closed spans, and what of them changed since last written."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanChange:
    """What to write: spans by their first number; a span in `gone` exists no more."""

    gone: tuple[int, ...]
    kept: tuple[tuple[int, int], ...]


class SpanSet:
    """Disjoint, never touching, sorted.  Adding is a bisection; in order, it moves one end."""

    __slots__ = ("_dirty", "_firsts", "_gone", "_lasts")

    def __init__(self, spans: Iterable[tuple[int, int]] = ()) -> None:
        ordered = sorted(spans)
        self._firsts = [first for first, _ in ordered]
        self._lasts = [last for _, last in ordered]
        self._dirty: set[int] = set()
        self._gone: set[int] = set()

    def __contains__(self, number: int) -> bool:
        at = bisect_right(self._firsts, number) - 1
        return at >= 0 and number <= self._lasts[at]

    def __len__(self) -> int:
        """How many numbers are in the set."""
        return sum(last - first + 1 for first, last in self.spans)

    @property
    def spans(self) -> list[tuple[int, int]]:
        return list(zip(self._firsts, self._lasts, strict=True))

    @property
    def missing(self) -> list[tuple[int, int]]:
        """The closed spans from 1 to the greatest number that are not in the set."""
        ends = [0, *self._lasts]
        pairs = zip(ends, self._firsts, strict=False)
        return [(end + 1, first - 1) for end, first in pairs if first > end + 1]

    def add(self, number: int) -> bool:
        """True if `number` is new."""
        at = bisect_right(self._firsts, number) - 1
        if at >= 0 and number <= self._lasts[at]:
            return False
        extends = at >= 0 and number == self._lasts[at] + 1
        meets = at + 1 < len(self._firsts) and number == self._firsts[at + 1] - 1
        if extends:
            self._lasts[at] = self._drop(at + 1) if meets else number
        else:
            at += 1
            last = self._drop(at) if meets else number
            self._firsts.insert(at, number)
            self._lasts.insert(at, last)
        self._dirty.add(self._firsts[at])
        self._gone.discard(self._firsts[at])
        return True

    def _drop(self, at: int) -> int:
        """Takes the span at `at` out; returns its last number."""
        first = self._firsts.pop(at)
        self._dirty.discard(first)
        self._gone.add(first)
        return self._lasts.pop(at)

    def changes(self) -> SpanChange:
        """What is not written yet; from now on it counts as written."""
        kept = tuple((first, self._last_of(first)) for first in sorted(self._dirty))
        change = SpanChange(gone=tuple(sorted(self._gone)), kept=kept)
        self._dirty.clear()
        self._gone.clear()
        return change

    def _last_of(self, first: int) -> int:
        return self._lasts[bisect_right(self._firsts, first) - 1]
