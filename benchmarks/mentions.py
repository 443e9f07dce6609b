"""How fast online texts are read and compared: `python -m benchmarks.mentions [--texts N]`.

A hundred thousand texts have to go through within five minutes together with everything else, so
reading and finding near copies may take one millisecond each.  The texts are made of sentences of
`labelled.csv`, about 200 syllables long; one in four is a copy with another headline and a sentence
cut.  Judged is the time of one core, since others may use the machine; nearly every text names the
district, so nearly every title is segmented, which takes a third of the whole.
"""

import argparse
import random
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter, process_time

from benchmarks.figure import Figure, judge, machine
from benchmarks.tone import labelled
from hub.mentions.near_copies import NearCopies
from hub.mentions.read import read

LIMIT_MS = 1.0
COPIES = 0.25
TEXTS = 10_000
SENTENCES = 14
BEGIN = datetime(2026, 4, 1, tzinfo=UTC)
RATE = timedelta(days=60) / 100_000
"""Between two texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    title: str
    body: tuple[str, ...]
    copied: bool = False

    def again(self, chance: random.Random, title: str) -> "Post":
        at = chance.randrange(len(self.body))
        return Post(title=title, body=self.body[:at] + self.body[at + 1 :], copied=True)


def posts(count: int, seed: int = 7) -> Iterator[Post]:
    chance = random.Random(seed)
    sentences = [each.sentence for each in labelled()]
    recent: list[Post] = []
    for number in range(count):
        title = f"{chance.choice(sentences)} ({number})"
        if recent and chance.random() < COPIES:
            yield chance.choice(recent).again(chance, title)
            continue
        body = tuple(chance.sample(sentences, SENTENCES))
        recent = [*recent[-200:], Post(title=title, body=body)]
        yield recent[-1]


def measure(count: int) -> Figure:
    texts = list(posts(count))
    copies = NearCopies()
    read("Một tin để nạp mô hình", "", BEGIN)
    joined = right = 0
    begun, begun_cpu = perf_counter(), process_time()
    for number, post in enumerate(texts):
        at = BEGIN + RATE * number
        reading = read(post.title, ". ".join(post.body), at)
        copy = copies.add(str(number), reading.signature, at) != str(number)
        joined += copy
        right += copy is post.copied
    took, cpu = perf_counter() - begun, process_time() - begun_cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    return Figure(
        name="a text read and compared",
        value=cpu / count * 1000,
        limit=LIMIT_MS,
        unit="ms",
        note=f"CPU time: {count / cpu:.0f} texts/s, {count / took:.0f} by the clock; "
        f"{joined} copies found, {right / count:.2%} told right, "
        f"peak {peak:.0f} MB with the {count} texts",
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=TEXTS)
    print(f"measured, of its limit, ratio    ({machine()})", flush=True)
    return judge([measure(parser.parse_args().texts)])


if __name__ == "__main__":
    sys.exit(main())
