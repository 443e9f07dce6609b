"""Two bounded lanes between the network threads and the inbox; alarms are taken first.

A full lane blocks its network thread: paho stops reading, TCP tells the broker, and the broker
keeps what is not acknowledged.  Nothing is dropped and memory stays bounded.
"""

import threading
from collections import deque
from typing import Generic, TypeVar

from contracts.identity import Lane

T = TypeVar("T")


class Intake(Generic[T]):
    """Any number of putting threads, one taking thread."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._lanes: dict[Lane, deque[T]] = {lane: deque() for lane in Lane}
        self._condition = threading.Condition()
        self._closed = False

    def put(self, lane: Lane, item: T) -> bool:
        """Waits for room; False once closed (the item is then not taken)."""
        with self._condition:
            queue = self._lanes[lane]
            self._condition.wait_for(lambda: self._closed or len(queue) < self._capacity)
            if self._closed:
                return False
            queue.append(item)
            if len(queue) == 1:
                self._condition.notify_all()
            return True

    def take(self, limit: int, wait_s: float | None = None) -> list[T]:
        """What waits, at once: alarms alone if there are any, else up to `limit` of bulk.

        Waits (at most `wait_s`) while both lanes are empty; an empty list then, or once closed
        and emptied.
        """
        with self._condition:
            self._condition.wait_for(lambda: self._closed or any(self._lanes.values()), wait_s)
            queue = self._lanes[Lane.ALARM] or self._lanes[Lane.BULK]
            taken = [queue.popleft() for _ in range(min(limit, len(queue)))]
            self._condition.notify_all()
            return taken

    def waiting(self, lane: Lane) -> int:
        return len(self._lanes[lane])

    def close(self) -> None:
        with self._condition:
            self._closed = True
            self._condition.notify_all()
