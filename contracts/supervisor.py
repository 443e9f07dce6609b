"""What a service says to systemd: ready, alive, ending (sd_notify(3)); to nobody without systemd.

The protocol is a line of text to the datagram socket that $NOTIFY_SOCKET names.
"""

import os
import socket
import time

READY, ALIVE, ENDING = "READY=1", "WATCHDOG=1", "STOPPING=1"


def tell(said: str) -> bool:
    """Whether a supervisor was told.  One that is away must not end a service that works."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):
        address = f"\0{address[1:]}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as way:
        way.setblocking(False)
        try:
            way.sendto(said.encode(), address)
        except OSError:
            return False
    return True


def patience_s() -> float | None:
    """After so long without a sign of life the unit is killed; None: nobody waits for one."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    asked = os.environ.get("WATCHDOG_USEC", "")
    return int(asked) / 1e6 if asked.isdecimal() and int(asked) else None


class Pulse:
    """Signs of life, at most one in a quarter of the patience, however often `beat` is called."""

    def __init__(self) -> None:
        patience = patience_s()
        self._every_s = patience / 4 if patience else None
        self._next = 0.0

    def beat(self) -> None:
        now = time.monotonic()
        if self._every_s is not None and now >= self._next:
            self._next = now + self._every_s
            tell(ALIVE)
