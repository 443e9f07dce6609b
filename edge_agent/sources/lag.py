"""How far a stream has fallen behind the world, by its own timestamps."""

JUMP_S = 30.0
"""Timestamps that leap so far have started anew; they say nothing of delay."""
DRIFT = 0.001
"""A camera's quartz is off by 0.0001 at worst; ten times that is forgiven."""


class Lag:
    """The least delay ever seen is taken for the path's own; what comes on top of it is lag.

    Clocks of camera and box drift apart, so the least delay is forgotten slowly.
    """

    def __init__(self) -> None:
        self._least: float | None = None
        self._position = 0.0
        self._now = 0.0

    def behind(self, position_s: float, now_s: float) -> float:
        """Seconds of lag of a frame stamped `position_s` that came at `now_s` (monotonic)."""
        offset = now_s - position_s
        if self._least is None or abs(position_s - self._position) > JUMP_S:
            self._least = offset
        forgiven = self._least + DRIFT * (now_s - self._now)
        self._least = min(offset, forgiven)
        self._position, self._now = position_s, now_s
        return offset - self._least
