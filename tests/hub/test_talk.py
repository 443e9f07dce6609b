"""Hours that spike and words that rise."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, select

from hub.database import Database
from hub.incidents import Incidents
from hub.records import incidents, mentions
from hub.talk import Talk
from tests.hub.conftest import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def add(database: Database, *moments: datetime, **fields: Any) -> None:
    """A text at each of `moments`, each a story of its own unless `cluster` says otherwise."""
    with database.work() as work:
        there = work.connection.scalar(select(func.count()).select_from(mentions)) or 0
        for number, at in enumerate(moments, there):
            usual: dict[str, Any] = {
                "id": str(number), "digest": number.to_bytes(16, "big"), "source": "bao", "url": "",
                "title": "t", "text": "", "published_at": at, "recorded_at": at, "interactions": 0,
                "cluster": str(number), "signature": b"", "tone": "neutral", "tone_score": 0.0,
                "topics": ["traffic"], "communes": [], "keywords": [], "demo": False,
            }  # fmt: skip
            work.connection.execute(insert(mentions).values(usual | fields))


def daily(days: int, a_day: int = 1) -> list[datetime]:
    """The same minute of the days before, oldest first."""
    return [NOON - DAY * back for back in range(days, 0, -1) for _ in range(a_day)]


def talk(database: Database) -> Talk:
    return Talk(database, Incidents(lambda *_: None))


def told(database: Database) -> list[Row[Any]]:
    with database.read() as connection:
        return list(connection.execute(select(incidents).order_by(incidents.c.id)))


def test_an_hour_of_far_more_texts_is_one_incident_of_its_topic_and_ends_with_it(
    database: Database,
) -> None:
    add(database, *daily(15))
    add(database, *[NOON - timedelta(minutes=minute) for minute in range(6)])
    at_work = talk(database)
    at_work.look(NOON)
    at_work.look(NOON + timedelta(minutes=1))
    [found] = told(database)
    assert (found.type, found.originator, found.severity, found.drill) == (
        "mention-spike", "spike traffic", "warning", False,
    )  # fmt: skip
    assert found.title_vi == "Tin về giao thông tăng vọt trên mạng"
    assert "6 tin trong 60 phút qua; cùng giờ của 14 ngày trước trung bình 1,0" in found.text_vi
    at_work.look(NOON + 2 * HOUR)
    [found] = told(database)
    assert found.closed_at == NOON + 2 * HOUR


def test_what_no_topic_explains_is_told_of_all_texts(database: Database) -> None:
    add(database, *daily(14), topics=[])
    add(database, *[NOON] * 6, topics=[], demo=True)
    talk(database).look(NOON)
    [found] = told(database)
    assert (found.originator, found.drill) == ("spike all", True)


def test_one_simulated_text_does_not_make_a_spike_of_real_ones_a_drill(database: Database) -> None:
    add(database, *daily(15))
    add(database, *[NOON] * 9)
    add(database, NOON, demo=True)
    talk(database).look(NOON)
    [found] = told(database)
    assert not found.drill


def test_an_hour_like_the_others_and_a_centre_that_knows_no_week_say_nothing(
    database: Database,
) -> None:
    add(database, *daily(6), *[NOON] * 20)
    talk(database).look(NOON)
    assert told(database) == []
    add(database, *daily(14, 20))
    talk(database).look(NOON)
    assert told(database) == []


def test_words_rise_against_the_week_before_and_a_copied_story_counts_once(
    database: Database,
) -> None:
    add(database, *daily(7), keywords=["Prao"])
    add(database, *[NOON - HOUR] * 6, keywords=["xả lũ", "Prao"])
    add(database, *[NOON - HOUR] * 9, keywords=["lễ hội"], cluster="one", demo=True)
    at_work = talk(database)
    assert at_work.risen().words == ()
    at_work.look(NOON)
    found = at_work.risen()
    assert [(each.name, each.count, each.usual) for each in found.words] == [
        ("xả lũ", 6, 0.0), ("Giao thông", 7, 1.0), ("Prao", 6, 1.0),
    ]  # fmt: skip
    assert found.simulated
