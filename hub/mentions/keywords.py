"""The words of a title that say what it is about."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from hub.mentions.facts import Facts, shipped
from hub.mentions.gazetteer import NamedPlace
from hub.mentions.segment import why_not, words
from hub.mentions.text import Text, normal
from hub.mentions.topics import TopicFound

MOST = 12
"""Of one text: a title has hardly more words that mean something."""


class StopWordsFile(Facts):
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keywords:
    """`segmented` is False where syllables stood for words, of which none is a keyword."""

    words: tuple[str, ...]
    segmented: bool


def keywords(title: Text, topics: Iterable[TopicFound], places: Iterable[NamedPlace]) -> Keywords:
    """Phrases of topics, names of places, then words of the title of two syllables or more.

    Only a text of the district has its title segmented (about half a millisecond): what the rest
    of the world talks of is no keyword here.
    """
    named = list(places)
    segmented = why_not() is None
    found = [phrase for topic in topics for phrase in topic.phrases]
    found += [place.name for place in named]
    if segmented and named:
        found += _telling(words(title))
    distinct = {" ".join(map(normal, each.split())): each for each in reversed(found)}
    return Keywords(words=tuple(reversed(distinct.values()))[:MOST], segmented=segmented)


def _telling(title: Iterable[str]) -> Iterator[str]:
    """A single syllable hardly means anything alone: `vụ`, `lớn`, `ở`."""
    for word in title:
        if " " in word:
            written = word if word.istitle() else word.lower()
            if written.lower() not in _stop_words():
                yield written


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    return frozenset(shipped(StopWordsFile, "stop_words").words)
