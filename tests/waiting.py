"""Waiting for a condition: short looks, a generous limit, never a fixed sleep."""

import time
from collections.abc import Callable


def until(condition: Callable[[], object], limit_s: float = 30.0, look_s: float = 0.01) -> None:
    """Returns as soon as `condition()` is true; fails after `limit_s`."""
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(look_s)
