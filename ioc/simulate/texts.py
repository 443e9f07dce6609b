"""Texts from sentences of our own: as varied as people write, none of them anybody's."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

import yaml
from pydantic import BaseModel, ConfigDict

SOURCE = Path(__file__).parent / "data" / "texts.yaml"


class Pool(BaseModel):
    """What texts of a topic are made of; `weight` is how often it is written of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weight: int = 1
    titles: tuple[str, ...]
    sentences: tuple[str, ...]


class Sentences(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    places: tuple[str, ...]
    products: tuple[str, ...]
    roads: tuple[str, ...]
    whos: tuple[str, ...]
    fars: tuple[str, ...]
    tails: tuple[str, ...]
    topics: dict[str, Pool]
    stories: dict[str, Pool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    title: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.sentences)

    def again(self, chance: Random) -> "Post":
        """As others post it: another headline, a sentence less."""
        at = chance.randrange(len(self.sentences))
        left = self.sentences[:at] + self.sentences[at + 1 :]
        prefix = chance.choice(("Chia sẻ: ", "", "Nóng: ", "Bạn đọc viết: "))
        kept = left if len(left) > 3 else self.sentences
        return Post(title=f"{prefix}{self.title}", sentences=kept)


def written(pool: Pool, chance: Random, place: str | None = None) -> Post:
    """Three to five sentences about one place, with a tail of some other kind now and then."""
    known = sentences()
    slots = {
        "place": place or chance.choice(known.places), "n": chance.randint(2, 90),
        "week": chance.randint(1, 52), "product": chance.choice(known.products),
        "road": chance.choice(known.roads), "who": chance.choice(known.whos),
        "far": chance.choice(known.fars),
    }  # fmt: skip
    chosen = chance.sample(pool.sentences, min(chance.randint(3, 5), len(pool.sentences)))
    tail = [chance.choice(known.tails)]
    return Post(
        title=_filled(chance.choice(pool.titles), slots),
        sentences=tuple(_filled(each, slots) for each in [*chosen, *tail]),
    )


def usual(chance: Random) -> Post:
    """About anything that people write of on a usual day."""
    pools = sentences().topics
    weights = [pool.weight for pool in pools.values()]
    return written(chance.choices(tuple(pools.values()), weights)[0], chance)


@lru_cache(maxsize=1)
def sentences() -> Sentences:
    return Sentences.model_validate(yaml.safe_load(SOURCE.read_text(encoding="utf-8")))


def _filled(template: str, slots: dict[str, object]) -> str:
    text = template.format_map(slots)
    return text[:1].upper() + text[1:]
