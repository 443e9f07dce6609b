"""Places of the district in a text, and the commune that each was in on a day.

Old names live on: after the reform of 1 July 2025 `xã Ba` means the commune that it became part
of; a new name means nothing before that day.  `Ba` and `Tư` are also numbers, so they need their
`xã` and, where the text uses capitals, their own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from hub.mentions.facts import Facts, Part, shipped
from hub.mentions.phrases import Found, Phrases
from hub.mentions.text import PAUSE, Text, normal
from hub.places import Commune, Places, district

DISTRICT = "505"
"""The district's own code; it ended on 1 July 2025 and lives on as a configured area."""

HEIRS = 1_024
"""Old communes and days whose successor is remembered: two months of the news."""

Kind = Literal["district", "commune", "village", "water", "works", "road", "site"]


class Extra(Part):
    """A place that is no commune.  `commune` is a code of before the reform; None: of the whole
    district.  `beyond`: it also lies outside, so alone it does not say that a text is of here."""

    name: str
    kind: Kind
    commune: str | None = None
    aliases: tuple[str, ...] = ()
    beyond: bool = False
    source: str
    confidence: Literal["high", "medium", "low"]


class PlacesFile(Facts):
    """`shared`: names that other provinces have as well; `needs_prefix`: names that are common
    words; `not_before`: what makes a longer name of elsewhere out of one of these."""

    district: tuple[str, ...]
    own_provinces: tuple[str, ...]
    other_provinces: tuple[str, ...]
    shared: frozenset[str]
    needs_prefix: frozenset[str]
    not_before: dict[str, frozenset[str]]
    places: tuple[Extra, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlace:
    """`commune` is the code valid on the day asked for; None for what is not within one."""

    name: str
    kind: Kind
    commune: str | None
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class _Name:
    """What a phrase may stand for.  `communes`: those that ever bore the name."""

    name: str
    kind: Kind
    communes: tuple[Commune, ...] = ()
    beyond: bool = False
    prefixed: bool = True
    short: bool = False


class Gazetteer:
    """The communes of `places` and what `facts` adds."""

    def __init__(self, places: Places, facts: PlacesFile) -> None:
        self._places = places
        self._heir = lru_cache(maxsize=HEIRS)(places.at)
        self._facts = facts
        self._names = Phrases(self._entries())
        self._own = Phrases((name, name) for name in facts.own_provinces)
        self._others = Phrases((name, name) for name in facts.other_provinces)
        self._not_before = {
            normal(name): frozenset(map(normal, tails)) for name, tails in facts.not_before.items()
        }

    def find(self, text: Text, day: date) -> tuple[NamedPlace, ...]:
        """Each place once, in the order of the text."""
        found: dict[NamedPlace, None] = {}
        before: Found[_Name] | None = None
        for each in self._names.longest(text):
            if self._stands(each, text, before):
                before = each
                place = self._place(each.value, day)
                if place is not None:
                    found[place] = None
        return self._ours(tuple(found), text)

    def elsewhere(self, text: Text) -> bool:
        """Whether it names another province and not ours."""
        other = next(self._others.longest(text), None) is not None
        return other and next(self._own.longest(text), None) is None

    def _ours(self, found: tuple[NamedPlace, ...], text: Text) -> tuple[NamedPlace, ...]:
        """Drops names that other provinces share where the text is of one of those."""
        mine = any(place.name not in self._facts.shared and not place.beyond for place in found)
        if mine or not self.elsewhere(text):
            return found
        return tuple(place for place in found if place.name not in self._facts.shared)

    def _stands(self, found: Found[_Name], text: Text, before: Found[_Name] | None) -> bool:
        name = found.value
        if not name.short:
            return True
        following = text.syllables[found.end] if found.end < len(text.syllables) else ""
        if following in self._not_before.get(text.syllables[found.end - 1], ()):
            return False
        written = text.original[found.end - 1]
        capital = written[0].isupper() if text.capitals or text.plain else True
        return capital and (name.prefixed or _goes_on(found, text, before))

    def _place(self, name: _Name, day: date) -> NamedPlace | None:
        if name.kind == "district" or not name.communes:
            return NamedPlace(name=name.name, kind=name.kind, commune=None, beyond=name.beyond)
        code = self._code(name.communes, day)
        if code is None:
            return None
        return NamedPlace(name=name.name, kind=name.kind, commune=code, beyond=name.beyond)

    def _code(self, communes: tuple[Commune, ...], day: date) -> str | None:
        """That of the commune itself if it is there on the day, else of what it became part of."""
        valid = [commune for commune in communes if commune.valid_on(day)]
        gone = [each for each in communes if each.valid_to is not None and each.valid_to <= day]
        if not valid:
            valid = [heir for one in gone if (heir := self._heir(one.centre, day))]
        return valid[0].code if valid else None

    def _entries(self) -> Iterator[tuple[str, _Name]]:
        for name in self._facts.district:
            yield name, _Name(self._facts.district[0], "district")
        yield from self._communes()
        for extra in self._facts.places:
            communes = tuple(self._old(extra.commune))
            value = _Name(extra.name, extra.kind, communes, beyond=extra.beyond)
            yield from ((written, value) for written in (extra.name, *extra.aliases))

    def _communes(self) -> Iterator[tuple[str, _Name]]:
        bearers: dict[str, list[Commune]] = {}
        for commune in self._places.communes:
            for written in (commune.name, *commune.aliases):
                bearers.setdefault(_bare(written), []).append(commune)
        for bare, communes in bearers.items():
            short = bare in self._facts.needs_prefix
            name = _bare(communes[0].name)
            whole = _Name(name, "commune", tuple(communes), short=short)
            yield from ((f"{kind} {bare}", whole) for kind in ("xã", "thị trấn"))
            if short or bare not in self._facts.district:
                alone = _Name(name, "commune", tuple(communes), prefixed=False, short=short)
                yield bare, alone

    def _old(self, code: str | None) -> Iterable[Commune]:
        return (each for each in self._places.communes if each.code == code and not each.valid_from)


def _bare(name: str) -> str:
    return name.removeprefix("Xã ").removeprefix("Thị trấn ")


def _goes_on(found: Found[_Name], text: Text, before: Found[_Name] | None) -> bool:
    """Whether it continues a list: `các xã A Ting, Ba và Tư`."""
    if before is None or before.value.kind != "commune":
        return False
    return text.syllables[before.end : found.begin] in ((PAUSE,), ("và",), ("va",))


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """Of the district as the package ships it; raises FactsError."""
    return Gazetteer(district(), shipped(PlacesFile, "places"))
