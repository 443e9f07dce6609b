"""One online text read: what the store keeps of it, and the incident that it may be of."""

from dataclasses import dataclass
from datetime import date, datetime

from hub.mentions.events import Event, EventKind, events
from hub.mentions.gazetteer import NamedPlace, gazetteer
from hub.mentions.keywords import keywords
from hub.mentions.near_copies import Signature, signature
from hub.mentions.text import Text, text
from hub.mentions.tone import Tone, lexicon
from hub.mentions.topics import TopicFound, district_topics
from hub.wording import LOCAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything that was found in a text.

    `communes` are codes valid on the day of publication, in the order of the text; `district`
    tells whether the text is of the district at all.  `segmented` is False where word
    segmentation is not installed: keywords are then those of topics and places only.
    """

    published_at: datetime
    topics: tuple[TopicFound, ...]
    tone: Tone
    places: tuple[NamedPlace, ...]
    keywords: tuple[str, ...]
    segmented: bool
    signature: Signature
    events: tuple[Event, ...]

    @property
    def communes(self) -> tuple[str, ...]:
        codes = (place.commune for place in self.places)
        return tuple(dict.fromkeys(code for code in codes if code is not None))

    @property
    def district(self) -> bool:
        return any(not place.beyond for place in self.places)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What may be an incident: a person or another source has to confirm it.

    `commune` is a code, None where only the district is named; `sentence` is what says so.
    """

    kind: EventKind
    commune: str | None
    place: str
    sentence: str
    phrase: str
    published_at: datetime


def read(title: str, body: str, published_at: datetime) -> Reading:
    """Of any two strings, hostile ones too; raises ValueError for a time without zone."""
    if published_at.tzinfo is None:
        raise ValueError(f"published_at needs a time zone, not {published_at.isoformat()}")
    day = published_at.astimezone(LOCAL).date()
    whole, head = text(title, body), text(title)
    rest = whole.part(len(head.syllables), len(whole.syllables))
    topics = district_topics().of(whole)
    places = gazetteer().find(whole, day)
    words = keywords(head, topics, places)
    return Reading(
        published_at=published_at,
        topics=topics,
        tone=lexicon().tone(whole),
        places=places,
        keywords=words.words,
        segmented=words.segmented,
        signature=signature(head, rest),
        events=_here(whole, day),
    )


def candidate(reading: Reading) -> Candidate | None:
    """The incident that a text of a fire or landslide in the district may be of.

    The place is that of the sentence, else the first of the whole text.  A fire goes before a
    landslide; what names a commune before what names only the district.
    """
    day = reading.published_at.astimezone(LOCAL).date()
    found = [made for event in reading.events if (made := _of(event, reading, day)) is not None]
    return min(
        found, key=lambda each: (each.kind is not EventKind.FIRE, not each.commune), default=None
    )


def _of(event: Event, reading: Reading, day: date) -> Candidate | None:
    near = [each for each in gazetteer().find(event.sentence, day) if not each.beyond]
    places = near or [each for each in reading.places if not each.beyond]
    if not places:
        return None
    place = next((each for each in places if each.commune), places[0])
    return Candidate(
        kind=event.kind,
        commune=place.commune,
        place=place.name,
        sentence=str(event.sentence),
        phrase=event.phrase,
        published_at=reading.published_at,
    )


def _here(whole: Text, day: date) -> tuple[Event, ...]:
    """Events but those of a sentence about another province."""
    elsewhere = gazetteer().elsewhere
    return tuple(each for each in events().of(whole, day) if not elsewhere(each.sentence))
