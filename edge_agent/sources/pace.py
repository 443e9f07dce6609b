"""Playing a recording at the pace of the world."""

import threading
import time

MOST_SKIPPED = 25
"""In a row: a machine that never keeps up still shows a frame now and then."""


class Pace:
    """Gives the beat; `close`, from any thread and for good, ends a wait at once."""

    def __init__(self, step_s: float) -> None:
        self.step_s = step_s
        self._next = time.monotonic()
        self._skipped = 0
        self._closed = threading.Event()

    def restart(self, step_s: float) -> None:
        """A new recording begins now, with beats of its own."""
        self.step_s, self._next, self._skipped = step_s, time.monotonic(), 0

    def wait(self) -> bool:
        """Until the next beat; False when closed.  A late beat is not made up for."""
        now = time.monotonic()
        self._next = max(self._next, now - self.step_s)
        stop = self._closed.wait(max(0.0, self._next - now))
        self._next += self.step_s
        return not stop

    def skip(self) -> bool:
        """Whether this beat has passed already: its frame is to be left out, and is counted."""
        late = time.monotonic() > self._next + self.step_s
        if not late or self._skipped >= MOST_SKIPPED:
            self._skipped = 0
            return False
        self._skipped += 1
        self._next += self.step_s
        return True

    @property
    def closed(self) -> bool:
        return self._closed.is_set()

    def close(self) -> None:
        self._closed.set()
