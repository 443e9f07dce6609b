"""How far a long work is, on stderr: at most a line in some seconds, so that a log stays short."""

import sys
import time

EVERY_S = 10.0


class Progress:
    """`step` once for each of `total` pieces of work."""

    def __init__(self, total: int, what: str) -> None:
        self._total = total
        self._what = what
        self._done = 0
        self._began = self._told = time.monotonic()

    def step(self) -> None:
        self._done += 1
        now = time.monotonic()
        if now - self._told < EVERY_S:
            return
        self._told = now
        left = (now - self._began) / self._done * max(self._total - self._done, 0)
        print(
            f"{self._done} of {self._total} {self._what}, about {left / 60:.0f} min left",
            file=sys.stderr,
            flush=True,
        )
