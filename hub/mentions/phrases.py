"""A dictionary of phrases, found in a row of syllables in one pass.

A phrase written with accents is also found in a text that was typed without any (`chay rung`),
if the dictionary is asked for that; never in one that has them, where `chạy rừng` is another
thing than `cháy rừng`.  One syllable alone needs its accents: `chay` is a dozen words.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from hub.mentions.text import Text, fold, text

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """`value` stands at the syllables `begin` to `end` (not included)."""

    begin: int
    end: int
    value: Value


class Phrases(Generic[Value]):
    """Of (phrase, value): `every` place of every phrase, or the `longest` that do not overlap."""

    def __init__(self, entries: Iterable[tuple[str, Value]], *, plain: bool = True) -> None:
        self._exact = _Index[Value]()
        self._plain = _Index[Value]()
        for phrase, value in entries:
            syllables = text(phrase).syllables
            self._exact.add(syllables, value)
            folded = tuple(map(fold, syllables))
            if plain and (len(folded) > 1 or folded == syllables):
                self._plain.add(folded, value)

    def every(self, read: Text) -> Iterator[Found[Value]]:
        """By where they begin, the longest first."""
        if read.plain:
            return self._plain.find(read.folded)
        return self._exact.find(read.syllables)

    def longest(self, read: Text) -> Iterator[Found[Value]]:
        """The leftmost longest; a place within another is not found."""
        reached = 0
        for found in self.every(read):
            if found.begin >= reached:
                reached = found.end
                yield found


class _Index(Generic[Value]):
    """Phrases by their first syllable and the second (none: of one syllable), the longest first:
    many begin with `không`, few of them go on as the text does."""

    def __init__(self) -> None:
        self.starts: dict[str, dict[str | None, list[tuple[tuple[str, ...], Value]]]] = {}

    def add(self, syllables: tuple[str, ...], value: Value) -> None:
        if not syllables:
            raise ValueError("a phrase needs a letter or a digit")
        second = syllables[1] if len(syllables) > 1 else None
        row = self.starts.setdefault(syllables[0], {}).setdefault(second, [])
        row.append((syllables, value))
        row.sort(key=lambda entry: -len(entry[0]))

    def find(self, syllables: tuple[str, ...]) -> Iterator[Found[Value]]:
        starts, last = self.starts, len(syllables) - 1
        for begin in [at for at, first in enumerate(syllables) if first in starts]:
            row = starts[syllables[begin]]
            if begin < last and (longer := row.get(syllables[begin + 1])):
                for phrase, value in longer:
                    end = begin + len(phrase)
                    if syllables[begin:end] == phrase:
                        yield Found(begin, end, value)
            for _, value in row.get(None, ()):
                yield Found(begin, begin + 1, value)
