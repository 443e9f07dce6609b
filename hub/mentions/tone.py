"""How a text speaks: positive, neutral or negative, by a lexicon, and which words decided.

Words are found as the longest phrases of syllables.  A negation before a word turns it, a word
beside it strengthens or weakens it, what comes after `nhưng` weighs more than what comes before,
and words of prevention (`phòng chống`) mute what they prevent until the next pause.  How good this
is, `python -m benchmarks.tone` measures; all weights stand in `data/tone.yaml`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import sqrt
from typing import Literal

from hub.mentions.facts import Facts, Part, shipped
from hub.mentions.phrases import Found, Phrases
from hub.mentions.text import PAUSE, Text


class Mood(StrEnum):
    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


class Weighed(Part):
    weight: float
    words: tuple[str, ...]


class ToneFile(Facts):
    """`words` of positive or negative weight; `negations` turn the sign by `turned`; `degrees`
    multiply a neighbour; `contrasts` weigh what stands `before` and `after` them; `mutes` multiply
    up to the next pause; `neutral` are longer words that only look like one of these."""

    words: tuple[Weighed, ...]
    negations: tuple[str, ...]
    reach: int
    turned: float
    degrees: tuple[Weighed, ...]
    contrasts: tuple[str, ...]
    before: float
    after: float
    mutes: tuple[Weighed, ...]
    neutral: tuple[str, ...]
    flattening: float
    decided_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A word that counted, as written, with the weight that it had where it stood."""

    words: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """`score` from -1 to 1; `because` in the order of the text."""

    mood: Mood
    score: float
    because: tuple[Decided, ...]


Role = Literal["word", "negation", "degree", "contrast", "mute", "neutral"]


@dataclass(frozen=True, slots=True)
class _Entry:
    role: Role
    weight: float = 0.0


class Lexicon:
    """What a data file says, ready to judge."""

    def __init__(self, facts: ToneFile) -> None:
        self._facts = facts
        self._phrases = Phrases(_entries(facts))

    def tone(self, text: Text) -> Tone:
        because = tuple(
            decided for sentence in text.sentences for decided in self._sentence(sentence)
        )
        total = sum(each.weight for each in because)
        score = total / sqrt(total * total + self._facts.flattening)
        return Tone(mood=self._mood(score), score=round(score, 3), because=because)

    def _mood(self, score: float) -> Mood:
        if abs(score) < self._facts.decided_at:
            return Mood.NEUTRAL
        return Mood.POSITIVE if score > 0 else Mood.NEGATIVE

    def _sentence(self, text: Text) -> Iterator[Decided]:
        found = list(self._phrases.longest(text))
        turn = next((each.begin for each in found if each.value.role == "contrast"), None)
        for index, each in enumerate(found):
            if each.value.role != "word":
                continue
            weight = each.value.weight * self._degree(found, index)
            begin, weight = self._negated(found, index, text, weight)
            weight *= _muted(found, index, text)
            if turn is not None:
                weight *= self._facts.before if each.begin < turn else self._facts.after
            if weight:
                words = " ".join(text.original[begin : each.end])
                yield Decided(words=words, weight=round(weight, 2))

    def _degree(self, found: Sequence[Found[_Entry]], index: int) -> float:
        """Of `rất chậm`, `chậm quá`: what touches the word on either side."""
        word, factor = found[index], 1.0
        if index and _touching(found[index - 1], word):
            factor *= _factor(found[index - 1])
        if index + 1 < len(found) and _touching(word, found[index + 1]):
            factor *= _factor(found[index + 1])
        return factor

    def _negated(
        self, found: Sequence[Found[_Entry]], index: int, text: Text, weight: float
    ) -> tuple[int, float]:
        """Where its phrase begins and what it weighs; two negations undo each other."""
        word = found[index]
        begin = word.begin
        for each in reversed(found[:index]):
            near = begin - each.end <= self._facts.reach
            if not near or PAUSE in text.syllables[each.end : begin]:
                break
            if each.value.role == "negation":
                begin, weight = each.begin, -weight * self._facts.turned
            elif each.value.role == "word":
                break
        return begin, weight


def _touching(one: Found[_Entry], two: Found[_Entry]) -> bool:
    return one.end == two.begin


def _factor(found: Found[_Entry]) -> float:
    return found.value.weight if found.value.role == "degree" else 1.0


def _muted(found: Sequence[Found[_Entry]], index: int, text: Text) -> float:
    factor = 1.0
    for each in found[:index]:
        heard = PAUSE not in text.syllables[each.end : found[index].begin]
        if each.value.role == "mute" and heard:
            factor *= each.value.weight
    return factor


def _entries(facts: ToneFile) -> Iterable[tuple[str, _Entry]]:
    weighed: tuple[tuple[Role, tuple[Weighed, ...]], ...] = (
        ("word", facts.words),
        ("degree", facts.degrees),
        ("mute", facts.mutes),
    )
    for role, groups in weighed:
        for group in groups:
            yield from ((words, _Entry(role, group.weight)) for words in group.words)
    plain: tuple[tuple[Role, tuple[str, ...]], ...] = (
        ("negation", facts.negations),
        ("contrast", facts.contrasts),
        ("neutral", facts.neutral),
    )
    for role, phrases in plain:
        yield from ((words, _Entry(role)) for words in phrases)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """As the package ships it; raises FactsError."""
    return Lexicon(shipped(ToneFile, "tone"))
