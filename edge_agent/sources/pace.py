"""Playing a recording at the pace of the world."""

import threading
import time


class Pace:
    """Gives the beat; `close` from another thread ends the wait at once."""

    def __init__(self, step_s: float) -> None:
        self._step_s = step_s
        self._next = time.monotonic()
        self._closed = threading.Event()

    def wait(self) -> bool:
        """Until the next beat; False when closed.  A late beat is not made up for."""
        now = time.monotonic()
        self._next = max(self._next, now - self._step_s)
        stop = self._closed.wait(max(0.0, self._next - now))
        self._next += self._step_s
        return not stop

    @property
    def behind(self) -> bool:
        """More than a beat late: a frame may be skipped."""
        return time.monotonic() > self._next + self._step_s

    def close(self) -> None:
        self._closed.set()
