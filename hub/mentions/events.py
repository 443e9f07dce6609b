"""Sentences that say something burns or slides now: not a drill, a forecast, a past year or a pun.

Sentence by sentence, so that the drill in the last paragraph never hides the fire in the first.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from hub.mentions.facts import Facts, Part, shipped
from hub.mentions.phrases import Phrases
from hub.mentions.text import Text


class EventKind(StrEnum):
    FIRE = "fire"
    LANDSLIDE = "landslide"


class EventWords(Part):
    """`words` say that it happens; `friends` are longer phrases that only sound so."""

    words: tuple[str, ...]
    friends: tuple[str, ...]


class EventsFile(Facts):
    """`unreal` words make a sentence one of a drill, a plan, a rumour; `past` one of before."""

    fire: EventWords
    landslide: EventWords
    unreal: tuple[str, ...]
    past: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`phrase` as the data has it, `sentence` as it was written."""

    kind: EventKind
    phrase: str
    sentence: Text


class Events:
    """What the data file calls an event."""

    def __init__(self, facts: EventsFile) -> None:
        self._happens = Phrases(_entries(facts))
        self._not_now = Phrases((word, word) for word in (*facts.unreal, *facts.past))

    def of(self, text: Text, day: date) -> tuple[Event, ...]:
        """The first of each kind in each sentence that speaks of now; `day` it was published."""
        if next(self._happens.longest(text), None) is None:
            return ()
        return tuple(
            event
            for sentence in text.sentences
            for event in self._happening(sentence)
            if not self._of_another_time(sentence, day)
        )

    def _happening(self, sentence: Text) -> Iterator[Event]:
        kinds: set[EventKind] = set()
        for found in self._happens.longest(sentence):
            kind, phrase = found.value
            if kind is not None and kind not in kinds:
                kinds.add(kind)
                yield Event(kind=kind, phrase=phrase, sentence=sentence)

    def _of_another_time(self, sentence: Text, day: date) -> bool:
        said = next(self._not_now.longest(sentence), None) is not None
        return said or any(year < day.year for year in _years(sentence))


def _entries(facts: EventsFile) -> Iterable[tuple[str, tuple[EventKind | None, str]]]:
    for kind, words in ((EventKind.FIRE, facts.fire), (EventKind.LANDSLIDE, facts.landslide)):
        yield from ((phrase, (kind, phrase)) for phrase in words.words)
        yield from ((phrase, (None, phrase)) for phrase in words.friends)


def _years(sentence: Text) -> Iterator[int]:
    """`năm 2019`, `3/2019`, `12/3/2019`."""
    for before, token in zip(("", *sentence.syllables), sentence.syllables, strict=False):
        tail = token.rpartition("/")[2]
        dated = "/" in token or before in ("năm", "nam")
        if dated and len(tail) == 4 and tail.isascii() and tail.isdigit():
            yield int(tail)


@lru_cache(maxsize=1)
def events() -> Events:
    """As the package ships them; raises FactsError."""
    return Events(shipped(EventsFile, "events"))
