"""How well the lexicon tells tone: `python -m benchmarks.tone [--wrong]`.

`hub/mentions/data/labelled.csv` is 249 sentences that the project wrote in the manner of headlines
and posts of a mountain district; a hash of each sentence puts it into the development or the
held-out half.  Sentences and lexicon have the same author, so the held-out half is not blind: the
last figure is a lower bound, with every word of the lexicon taken away that stands in held-out
sentences but in none of the development half.  No real posts were labelled.
"""

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import sqrt

from hub.mentions.facts import FOLDER, shipped
from hub.mentions.phrases import Phrases
from hub.mentions.text import text
from hub.mentions.tone import Lexicon, Mood, ToneFile, Weighed

LABELLED = FOLDER / "labelled.csv"
Z = 1.96
"""95 % two-sided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A sentence and how people would call its tone."""

    mood: Mood
    sentence: str

    @property
    def held_out(self) -> bool:
        return not blake2b(self.sentence.encode(), digest_size=1).digest()[0] & 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """`said` of each of the sentences, beside what is right."""

    sentences: tuple[Labelled, ...]
    said: tuple[Mood, ...]

    @property
    def confusion(self) -> Counter[tuple[Mood, Mood]]:
        """(right, said)."""
        return Counter(
            (one.mood, said) for one, said in zip(self.sentences, self.said, strict=True)
        )

    @property
    def right(self) -> int:
        return sum(count for (mood, said), count in self.confusion.items() if mood is said)

    @property
    def accuracy(self) -> float:
        return self.right / len(self.sentences)

    @property
    def macro_f1(self) -> float:
        return sum(_f1(self.confusion, mood) for mood in Mood) / len(Mood)


def _f1(confusion: Counter[tuple[Mood, Mood]], mood: Mood) -> float:
    right = confusion[mood, mood]
    actual = sum(confusion[mood, other] for other in Mood)
    claimed = sum(confusion[other, mood] for other in Mood)
    return 2 * right / (actual + claimed) if actual + claimed else 0.0


def wilson(right: int, of: int) -> tuple[float, float]:
    """The score interval of a proportion at 95 % (Wilson 1927)."""
    share = right / of
    middle = (share + Z * Z / (2 * of)) / (1 + Z * Z / of)
    half = Z / (1 + Z * Z / of) * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    return middle - half, middle + half


def labelled() -> tuple[Labelled, ...]:
    with LABELLED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(Labelled(mood=Mood(row["tone"]), sentence=row["text"]) for row in rows)


def judge(lexicon: Lexicon, sentences: Sequence[Labelled]) -> Judged:
    said = tuple(lexicon.tone(text(each.sentence)).mood for each in sentences)
    return Judged(sentences=tuple(sentences), said=said)


def majority(development: Iterable[Labelled], sentences: Sequence[Labelled]) -> Judged:
    """Says of everything what the development half has most of."""
    most = Counter(each.mood for each in development).most_common(1)[0][0]
    return Judged(sentences=tuple(sentences), said=(most,) * len(sentences))


def without(facts: ToneFile, held_out: Sequence[Labelled], known: Sequence[Labelled]) -> ToneFile:
    """The lexicon less all that stands in `held_out` and in none of the `known` sentences."""
    only = _standing(facts, held_out) - _standing(facts, known)
    return facts.model_copy(
        update={
            "words": _less(facts.words, only),
            "mutes": _less(facts.mutes, only),
            "degrees": _less(facts.degrees, only),
            "negations": tuple(each for each in facts.negations if each not in only),
            "neutral": tuple(each for each in facts.neutral if each not in only),
        }
    )


def _less(groups: Iterable[Weighed], only: set[str]) -> tuple[Weighed, ...]:
    return tuple(
        Weighed(weight=group.weight, words=tuple(each for each in group.words if each not in only))
        for group in groups
    )


def _standing(facts: ToneFile, sentences: Iterable[Labelled]) -> set[str]:
    groups = (*facts.words, *facts.mutes, *facts.degrees)
    words = [each for group in groups for each in group.words]
    phrases = Phrases((each, each) for each in (*words, *facts.negations, *facts.neutral))
    return {found.value for one in sentences for found in phrases.every(text(one.sentence))}


def report(name: str, judged: Judged) -> None:
    low, high = wilson(judged.right, len(judged.sentences))
    count = f"{judged.right} of {len(judged.sentences)}"
    print(f"{name:44} {count:10}  accuracy {judged.accuracy:.3f} [{low:.3f}, {high:.3f}]", end="")
    print(f"  macro-F1 {judged.macro_f1:.3f}")


def matrix(judged: Judged) -> None:
    print("  is \\ said " + "".join(f"{mood:>10}" for mood in Mood))
    for mood in Mood:
        print(f"  {mood:10}" + "".join(f"{judged.confusion[mood, said]:10}" for said in Mood))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--wrong", action="store_true", help="print what the development half gets wrong"
    )
    wrong = parser.parse_args().wrong
    sentences = labelled()
    development = [each for each in sentences if not each.held_out]
    held_out = [each for each in sentences if each.held_out]
    facts = shipped(ToneFile, "tone")
    lexicon = Lexicon(facts)
    learned, unseen = judge(lexicon, development), judge(lexicon, held_out)
    report("development", learned)
    matrix(learned)
    report("held out", unseen)
    matrix(unseen)
    report("held out, the most frequent tone", majority(development, held_out))
    poorer = Lexicon(without(facts, held_out, development))
    report("held out, less words that only it has", judge(poorer, held_out))
    if wrong:
        show_wrong(lexicon, learned)
    return 0


def show_wrong(lexicon: Lexicon, judged: Judged) -> None:
    for one, said in zip(judged.sentences, judged.said, strict=True):
        if one.mood is not said:
            because = lexicon.tone(text(one.sentence)).because
            words = ", ".join(f"{each.words} {each.weight:+}" for each in because)
            print(f"{one.mood} said {said}: {one.sentence}  [{words}]")


if __name__ == "__main__":
    sys.exit(main())
