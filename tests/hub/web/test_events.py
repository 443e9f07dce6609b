"""The live line."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from hub.feed import Feed, Topic
from hub.web import events


async def event(lines: AsyncIterator[str]) -> str:
    text = await asyncio.wait_for(anext(lines), 10)
    return next(part for part in text.splitlines() if part.startswith("event: "))[7:]


async def test_a_change_is_told() -> None:
    feed = Feed()
    lines = events.lines(feed, None)
    assert await event(lines) == "hello"
    waiting = asyncio.ensure_future(event(lines))
    await asyncio.sleep(0.05)
    feed.publish(Topic.INCIDENT, "a")
    assert await waiting == "change"


async def test_a_page_that_returns_hears_at_once_that_it_missed_something() -> None:
    feed = Feed()
    feed.publish(Topic.INCIDENT, "a")
    lines = events.lines(feed, 0)
    assert await event(lines) == "hello"
    assert await event(lines) == "change"


async def test_a_page_that_missed_nothing_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.05)
    feed = Feed()
    number = feed.publish(Topic.INCIDENT, "a").number
    lines = events.lines(feed, number)
    assert await event(lines) == "hello"
    assert await event(lines) == "beat"
    assert await event(lines) == "beat"


async def test_many_changes_at_once_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.5)
    feed = Feed()
    lines = events.lines(feed, None)
    assert await event(lines) == "hello"
    waiting = asyncio.ensure_future(event(lines))
    await asyncio.sleep(0.05)
    for number in range(300):
        feed.publish(Topic.DEVICE, str(number))
    assert await waiting == "change"
    told = [await event(lines) for _ in range(3)]
    assert told.count("change") <= 2
