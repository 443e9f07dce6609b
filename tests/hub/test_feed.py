"""News of changes, across threads."""

import asyncio
import threading

from hub.feed import RECALL, Change, Feed, Topic


def test_numbers_grow_and_what_came_since_is_recalled() -> None:
    feed = Feed()
    assert feed.number == 0
    for key in "abc":
        feed.publish(Topic.INCIDENT, key)
    assert [change.key for change in feed.since(1) or []] == ["b", "c"]
    assert feed.since(3) == []


def test_a_listener_from_before_the_memory_or_before_a_restart_reads_anew() -> None:
    feed = Feed()
    for number in range(RECALL + 2):
        feed.publish(Topic.DEVICE, str(number))
    assert feed.since(1) is None
    assert feed.since(RECALL + 3) is None
    assert len(feed.since(2) or []) == RECALL


def test_a_listener_hears_until_it_leaves() -> None:
    feed = Feed()
    heard: list[Change] = []
    with feed.listening(heard.append):
        feed.publish(Topic.INCIDENT, "a")
    feed.publish(Topic.INCIDENT, "b")
    assert [change.key for change in heard] == ["a"]


async def test_changes_of_other_threads_reach_the_event_loop() -> None:
    feed = Feed()
    stream = feed.changes()
    first = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    thread = threading.Thread(target=feed.publish, args=(Topic.EVIDENCE, "s"))
    thread.start()
    assert (await asyncio.wait_for(first, 10)).key == "s"
    thread.join()
    await stream.aclose()


async def test_a_listener_that_sleeps_too_long_is_let_go() -> None:
    feed = Feed()
    stream = feed.changes(limit=3)
    first = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    for number in range(9):
        feed.publish(Topic.DEVICE, str(number))
    assert (await first).key == "0"
    assert [change async for change in stream] == []
    feed.publish(Topic.DEVICE, "nobody listens")
