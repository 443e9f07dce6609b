"""How far a device's clock is off: the best of what its recent messages say.

A message's `sent_at - received_at` is skew less delay.  Delay is never negative, so the greatest
of many is nearest to the skew (the one-way half of NTP's clock filter, RFC 5905 §10).
"""

from datetime import datetime, timedelta

WINDOW = timedelta(minutes=5)
"""Long enough that one message went through without queueing, short enough to see a clock set."""

SETTLED = 5
"""Messages before the estimate may correct anything: one old message is delay, not skew."""


class Skew:
    """Of one device; positive: its clock is ahead.  The maximum of this window and the last."""

    __slots__ = ("_before", "_count", "_now", "_since")

    def __init__(self, known_s: float | None = None) -> None:
        self._before = known_s
        self._now: float | None = None
        self._since: datetime | None = None
        self._count = 0

    def add(self, sent_at: datetime, received_at: datetime) -> None:
        if self._since is None or received_at - self._since >= WINDOW:
            if self._now is not None:
                self._before = self._now
            self._now, self._since = None, received_at
        seen = (sent_at - received_at).total_seconds()
        self._now = seen if self._now is None else max(self._now, seen)
        self._count += 1

    @property
    def seconds(self) -> float | None:
        """None before the first message."""
        known = [each for each in (self._before, self._now) if each is not None]
        return max(known, default=None)

    @property
    def settled(self) -> bool:
        return self._count >= SETTLED
