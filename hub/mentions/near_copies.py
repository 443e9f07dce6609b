"""Which texts are the same text again: re-posted, with another headline, with a paragraph cut.

A text is the set of its runs of three syllables without accents.  Its signature is the smallest
`SKETCH` hashes of that set: the bottom-k sketch of Broder (1997, "On the resemblance and
containment of documents").  From two of them the share of common runs is estimated with a
standard error of at most 0.063.
"""

import struct
from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from itertools import chain, pairwise

from hub.mentions.text import END, PAUSE, Text

SKETCH = 64
RUN = 3
ALIKE = 0.5
"""A third of a text may be cut (0.67); two reports of one event share the names and an official's
sentence (below 0.3).  Both are three standard errors away."""

SHORT, ALIKE_SHORT = 24, 0.8
"""A text of few runs must be nearly equal: `cháy ở xã Ba` and `cháy ở xã Tư` are two events."""

LEAST_BODY = 20
"""Syllables of a body that stands for itself; a shorter one is taken with its title."""

WINDOW = timedelta(days=7)
"""After the last copy; what is posted again later is news again."""

MOST_CLUSTERS = 50_000
"""Remembered at most, about 100 MB; a usual week has a few thousand."""

KEYS, LOOKED_UP = 16, 24
"""Pairs of neighbouring hashes by which a cluster is remembered, and those of a text that are
looked for.  Texts of one template share hashes by the hundred, pairs seldom; of a copy with a
third cut away about half of the pairs stay."""

COMMON, MOST_COMPARED = 256, 8
"""A pair that leads to more clusters leads nowhere; only the likeliest originals are compared."""

_MASK = (1 << 64) - 1
_FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F


@dataclass(frozen=True, slots=True)
class Signature:
    """At most `SKETCH` hashes, ascending; fewer if the text has no more runs."""

    hashes: tuple[int, ...]

    def __bytes__(self) -> bytes:
        """Eight bytes each, little endian: what a store keeps."""
        return struct.pack(f"<{len(self.hashes)}Q", *self.hashes)

    @classmethod
    def of_bytes(cls, stored: bytes) -> "Signature":
        """Raises ValueError if these are no whole hashes."""
        if len(stored) % 8:
            raise ValueError(f"a signature has 8 bytes a hash, not {len(stored)} in all")
        return cls(struct.unpack(f"<{len(stored) // 8}Q", stored))

    def keys(self, most: int) -> list[int]:
        """Of the smallest hashes, each with its neighbour; a lone hash stands for itself."""
        hashes = self.hashes[: most + 1]
        pairs = pairwise(hashes)
        return [(one * _FIRST + two) & _MASK for one, two in pairs] or list(hashes)

    def resemblance(self, other: "Signature") -> float:
        """Estimated common runs by all runs, 0 to 1; exact for texts of few runs."""
        mine = set(self.hashes)
        smallest = sorted(mine.union(other.hashes))[:SKETCH]
        common = mine.intersection(other.hashes, smallest)
        return len(common) / max(len(smallest), 1)

    def is_copy_of(self, other: "Signature") -> bool:
        fewest = min(len(self.hashes), len(other.hashes))
        least = ALIKE_SHORT if fewest < SHORT else ALIKE
        return self._may_resemble(other, least) and self.resemblance(other) >= least

    def _may_resemble(self, other: "Signature", least: float) -> bool:
        """False for most texts that are compared; costs half of knowing by how much."""
        common = len(set(self.hashes).intersection(other.hashes))
        every = len(self.hashes) + len(other.hashes) - common
        return 0 < common >= least * min(every, SKETCH)


def signature(title: Text, body: Text) -> Signature:
    """The same on every machine and in every process, so that it may be stored."""
    syllables = _spoken(body)
    if len(syllables) < LEAST_BODY:
        syllables = _spoken(title) + syllables
    return Signature(tuple(sorted(_runs(syllables))[:SKETCH]))


def _spoken(text: Text) -> list[str]:
    return [each for each in text.folded if each not in (END, PAUSE)]


def _runs(syllables: list[str]) -> set[int]:
    if not syllables:
        return set()
    codes = [_codes(each) for each in syllables]
    codes += [(0, 0, 0)] * (RUN - len(codes))
    firsts, seconds, thirds = zip(*codes, strict=True)
    runs = zip(firsts, seconds[1:], thirds[2:], strict=False)
    return {(one + two + three) & _MASK for one, two, three in runs}


@lru_cache(maxsize=65_536)
def _codes(syllable: str) -> tuple[int, int, int]:
    """As the first, the second and the third of a run: only their sum is left to do."""
    code = int.from_bytes(blake2b(syllable.encode(), digest_size=8).digest(), "little")
    return code * _FIRST & _MASK, code * _SECOND & _MASK, code


@dataclass(slots=True)
class _Cluster:
    first: Signature
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A mention as the store remembers it; `cluster` is the mention that came first."""

    mention: str
    cluster: str
    signature: Signature
    at: datetime


class NearCopies:
    """The clusters of the last `window`, at most `most` of them, by arrival.

    What is a copy is counted as one, never silenced: its candidate of an incident is judged like
    any other's.
    """

    def __init__(self, *, window: timedelta = WINDOW, most: int = MOST_CLUSTERS) -> None:
        self._window = window
        self._most = most
        self._clusters: OrderedDict[str, _Cluster] = OrderedDict()
        self._keys: dict[int, list[str]] = {}
        self._newest: datetime | None = None

    def __len__(self) -> int:
        return len(self._clusters)

    def add(self, mention: str, signature: Signature, at: datetime) -> str:
        """The cluster it belongs to: the mention that it copies, or itself.

        `at` is when it was published, with a time zone.  What is older than the window opens a
        cluster of its own that is not remembered.
        """
        self._newest = max(at, self._newest or at)
        self._forget()
        found = self._find(signature, at)
        if found is None:
            self._remember(mention, signature, at)
            return mention
        cluster = self._clusters[found]
        cluster.last_at = max(cluster.last_at, at)
        self._clusters.move_to_end(found)
        return found

    def restore(self, stored: Iterable[Stored]) -> None:
        """Takes up what a store has of the window, in the order in which it came."""
        for each in stored:
            self._newest = max(each.at, self._newest or each.at)
            cluster = self._clusters.get(each.cluster)
            if cluster is None:
                self._remember(each.cluster, each.signature, each.at)
            else:
                cluster.last_at = max(cluster.last_at, each.at)
                self._clusters.move_to_end(each.cluster)
        self._forget()

    def _find(self, signature: Signature, at: datetime) -> str | None:
        known = filter(None, map(self._keys.get, signature.keys(LOOKED_UP)))
        hits = Counter(chain.from_iterable(names for names in known if len(names) <= COMMON))
        for name, _ in hits.most_common(MOST_COMPARED):
            cluster = self._clusters[name]
            near = abs(at - cluster.last_at) <= self._window
            if near and signature.is_copy_of(cluster.first):
                return name
        return None

    def _remember(self, name: str, signature: Signature, at: datetime) -> None:
        if self._newest is not None and self._newest - at > self._window:
            return
        self._clusters[name] = _Cluster(signature, at)
        for value in signature.keys(KEYS):
            self._keys.setdefault(value, []).append(name)
        if len(self._clusters) > self._most:
            self._drop()

    def _forget(self) -> None:
        while self._clusters and self._newest is not None:
            oldest = next(iter(self._clusters.values()))
            if self._newest - oldest.last_at <= self._window:
                return
            self._drop()

    def _drop(self) -> None:
        """The cluster that no copy has come to for the longest time."""
        name, cluster = self._clusters.popitem(last=False)
        for value in cluster.first.keys(KEYS):
            names = self._keys[value]
            names.remove(name)
            if not names:
                del self._keys[value]
