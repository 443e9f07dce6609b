"""Topics as people who watch the internet write them: must have, one of, without.

A topic is found in a text that has every phrase of `all_of`, at least one of `one_of` and none of
`none_of`.  Phrases are written with accents; `plain` says whether they are also found in a text
that was typed without any.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pydantic import Field, model_validator

from hub.mentions.facts import Facts, Part, shipped
from hub.mentions.phrases import Phrases
from hub.mentions.text import Text

Clause = Literal["all_of", "one_of", "none_of"]


class Topic(Part):
    """One of `topics.yaml`; `subsystem` is who looks after it."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")
    name: str
    subsystem: str
    all_of: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    plain: bool = True

    @model_validator(mode="after")
    def _finds_something(self) -> "Topic":
        if not self.all_of and not self.one_of:
            raise ValueError("a topic needs all_of or one_of")
        return self

    def clauses(self) -> Iterable[tuple[Clause, str]]:
        yield from (("all_of", phrase) for phrase in self.all_of)
        yield from (("one_of", phrase) for phrase in self.one_of)
        yield from (("none_of", phrase) for phrase in self.none_of)


class TopicsFile(Facts):
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicFound:
    """`phrases` are those that made it so, for the trace."""

    id: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Key:
    topic: str
    clause: Clause
    phrase: str


class Topics:
    """All topics, looked for in one pass (two, where some need accents)."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        self.topics = {topic.id: topic for topic in topics}
        self._phrases = [_phrases(self.topics.values(), plain=plain) for plain in (True, False)]

    def of(self, text: Text) -> tuple[TopicFound, ...]:
        found: dict[str, list[_Key]] = defaultdict(list)
        for phrases in self._phrases:
            for place in phrases.every(text):
                found[place.value.topic].append(place.value)
        judged = (self._judge(self.topics[each], keys) for each, keys in found.items())
        return tuple(sorted(filter(None, judged), key=lambda topic: topic.id))

    @staticmethod
    def _judge(topic: Topic, keys: list[_Key]) -> TopicFound | None:
        has: dict[Clause, dict[str, None]] = {"all_of": {}, "one_of": {}, "none_of": {}}
        for key in keys:
            has[key.clause][key.phrase] = None
        complete = len(has["all_of"]) == len(topic.all_of)
        chosen = bool(has["one_of"]) or not topic.one_of
        if has["none_of"] or not complete or not chosen:
            return None
        return TopicFound(id=topic.id, phrases=(*has["all_of"], *has["one_of"]))


def _phrases(topics: Iterable[Topic], *, plain: bool) -> Phrases[_Key]:
    return Phrases(
        (
            (phrase, _Key(topic.id, clause, phrase))
            for topic in topics
            if topic.plain is plain
            for clause, phrase in topic.clauses()
        ),
        plain=plain,
    )


@lru_cache(maxsize=1)
def district_topics() -> Topics:
    """As the package ships them; raises FactsError."""
    return Topics(shipped(TopicsFile, "topics").topics)
