"""What the district's online texts suddenly speak of: an hour with far more of them than usual is
an incident, the day's risen words stand on the board.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, or_, select

from contracts.clock import utc_now
from hub.clerk import Clerk, Employer
from hub.database import Database
from hub.incident import Alarm, IncidentType, Place, Severity
from hub.incidents import Incidents, unclosed
from hub.mentions.growth import Hot, alerts, hot
from hub.mentions.spikes import Spike, spike
from hub.mentions.topics import district_topics
from hub.records import mentions
from hub.wording import number

EVERY_S = 60.0
FIRST_S = 30.0
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAYS_BEFORE = 7
"""What a day's words are compared with: a week, so that each weekday is in it once."""
WORDS_EVERY = timedelta(minutes=10)
MOST_WORDS = 12
OVER = "đã trở lại mức thường"
EVERYTHING = ""
"""In place of a topic: all texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risen:
    """The words of the last day that were said far more than in the week before; of `simulated`
    texts, if any is."""

    words: tuple[Hot, ...] = ()
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Surge:
    """A spike of the last hour: of one topic, or of EVERYTHING; `simulated` if without simulated
    texts it were none."""

    topic: str
    spike: Spike
    simulated: bool


class Talk(Employer):
    """One named thread; `risen` is what it found last."""

    def __init__(self, database: Database, incidents: Incidents) -> None:
        self._database = database
        self._incidents = incidents
        self._risen = Risen()
        self._risen_at: datetime | None = None
        self._clerk = Clerk("talk", lambda: self.look(utc_now()), every_s=EVERY_S, first_s=FIRST_S)

    def risen(self) -> Risen:
        return self._risen

    def look(self, now: datetime) -> None:
        """Raises what spikes, clears what does not any more; words every ten minutes."""
        with self._database.read() as connection:
            found = [_alarm(surge, now) for surge in surges(connection, now)]
            there = unclosed(connection, IncidentType.MENTION_SPIKE)
            if self._risen_at is None or now - self._risen_at >= WORDS_EVERY:
                self._risen, self._risen_at = risen(connection, now), now
        self._incidents.match(self._database, there, found, now, OVER)


def surges(connection: Connection, now: datetime) -> Iterator[Surge]:
    """The last sixty minutes against the same sixty of the days before, of those days for which
    texts are known; of all texts together only where no topic says it better."""
    days = alerts().spike.days
    begins = [now - DAY * back - HOUR for back in range(days + 1)]
    query = select(mentions.c.published_at, mentions.c.topics, mentions.c.demo).where(
        or_(
            *(
                and_(mentions.c.published_at > begin, mentions.c.published_at <= begin + HOUR)
                for begin in begins
            )
        )
    )
    counts = [Counter[str]() for _ in begins]
    invented = Counter[str]()
    for row in connection.execute(query):
        back = (now - row.published_at) // DAY
        names = (EVERYTHING, *row.topics)
        counts[back].update(names)
        if back == 0 and row.demo:
            invented.update(names)
    before = counts[_known(connection, begins) : 0 : -1]
    found = {
        name: (risen_to, same_hour)
        for name, count in counts[0].items()
        if (risen_to := spike(count, same_hour := [each[name] for each in before])) is not None
    }
    if len(found) > 1:
        found.pop(EVERYTHING, None)  # it rose because a topic did: one thing to look at, not two
    for name, (risen_to, same_hour) in found.items():
        without = spike(risen_to.count - invented[name], same_hour)
        yield Surge(topic=name, spike=risen_to, simulated=without is None)


def risen(connection: Connection, now: datetime) -> Risen:
    """Topics and keywords of the last 24 hours against the seven days before; a story that many
    copy counts once."""
    begins = [now - DAY * (back + 1) for back in range(DAYS_BEFORE + 1)]
    query = select(
        mentions.c.published_at, mentions.c.cluster, mentions.c.topics, mentions.c.keywords,
        mentions.c.demo,
    ).where(mentions.c.published_at > begins[-1], mentions.c.published_at <= now)  # fmt: skip
    stories: list[defaultdict[str, set[str]]] = [defaultdict(set) for _ in begins]
    simulated = False
    titles = {topic.id: topic.name for topic in district_topics().topics.values()}
    for row in connection.execute(query):
        back = (now - row.published_at) // DAY
        for name in (*(titles.get(each, each) for each in row.topics), *row.keywords):
            stories[back][name].add(row.cluster)
        simulated |= row.demo and back == 0
    counted = [_sizes(each) for each in stories]
    words = hot(counted[0], counted[1 : _known(connection, begins) + 1])
    return Risen(words=tuple(_distinct(words))[:MOST_WORDS], simulated=simulated)


def _known(connection: Connection, begins: list[datetime]) -> int:
    """So many of the earlier periods lie after the first text that we have."""
    first = connection.scalar(select(func.min(mentions.c.published_at)))
    return 0 if first is None else sum(begin >= first for begin in begins[1:])


def _sizes(stories: Mapping[str, set[str]]) -> dict[str, int]:
    return {name: len(some) for name, some in stories.items()}


def _distinct(words: Iterable[Hot]) -> Iterator[Hot]:
    """A topic and its phrase may be the same word, once with a capital."""
    seen: set[str] = set()
    for each in words:
        if each.name.lower() not in seen:
            seen.add(each.name.lower())
            yield each


def _alarm(surge: Surge, now: datetime) -> Alarm:
    topics, found = district_topics().topics, surge.spike
    of = f"Tin về {topics[surge.topic].name.lower()}" if surge.topic in topics else "Tin"
    return Alarm(
        originator=f"spike {surge.topic or 'all'}",
        type=IncidentType.MENTION_SPIKE,
        subsystem="online-information",
        severity=Severity.WARNING,
        title_vi=f"{of} tăng vọt trên mạng",
        text_vi=f"{found.count} tin trong 60 phút qua; cùng giờ của {found.days} ngày trước trung "
        f"bình {number(found.mean, 1)}, ngưỡng {number(found.threshold, 1)}. Cần người đọc.",
        captured_at=now,
        received_at=now,
        place=Place(),
        drill=surge.simulated,
    )
