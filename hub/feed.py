"""The change feed: threads say what changed, web pages and the webhook sender hear of it.

Only the news travels here, never the record: a listener that falls behind reads the database.
"""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

RECALL = 1000
"""Changes kept for a page that comes back with its last number: minutes of a busy day, 100 kB."""


class Topic(StrEnum):
    """What kind of record changed."""

    INCIDENT = "incident"
    EVIDENCE = "evidence"
    DEVICE = "device"
    NOTIFICATION = "notification"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`key` names the record (incident ULID, `device`, endpoint …); `number` grows by one."""

    number: int
    topic: Topic
    key: str


Listener = Callable[[Change], None]


class Feed:
    """Thread-safe.  Listeners run in the publisher's thread and must return at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 0
        self._recent: deque[Change] = deque(maxlen=RECALL)
        self._listeners: list[Listener] = []

    def publish(self, topic: Topic, key: str) -> Change:
        with self._lock:
            self._number += 1
            change = Change(number=self._number, topic=topic, key=key)
            self._recent.append(change)
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(change)
        return change

    @property
    def number(self) -> int:
        """The number of the newest change; 0 before the first."""
        with self._lock:
            return self._number

    def since(self, number: int) -> list[Change] | None:
        """Changes after `number`; None when some of them are forgotten: read everything anew."""
        with self._lock:
            if number > self._number or (self._recent and self._recent[0].number > number + 1):
                return None
            return [change for change in self._recent if change.number > number]

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[None]:
        with self._lock:
            self._listeners.append(listener)
        try:
            yield
        finally:
            with self._lock:
                self._listeners.remove(listener)

    async def changes(self, limit: int = RECALL) -> AsyncGenerator[Change, None]:
        """Changes from now on, for one asyncio listener; ends when it is over `limit` behind.

        An ended stream makes the browser connect again with its last number, which either
        catches up or reads anew; memory stays bounded whatever a sleeping phone does.
        """
        loop = asyncio.get_running_loop()
        waiting: asyncio.Queue[Change] = asyncio.Queue()

        def hand_over(change: Change) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(waiting.put_nowait, change)

        with self.listening(hand_over):
            while waiting.qsize() <= limit:
                yield await waiting.get()
