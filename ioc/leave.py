"""How a process ends while a thread of it is still in foreign code.

A daemon thread that comes back from C++ after the interpreter has ended is unwound through code
that does not allow it: "terminate called without an active exception", and systemd sees a crash
(-6) where a box was asked to stop.  A camera that hangs in its read is such a thread.
"""

import logging
import os
import sys
import threading
from contextlib import suppress
from typing import NoReturn


def leave(code: int) -> NoReturn:
    """Ends with `code`: in order, or at once where a daemon thread is still at work."""
    if not any(thread.daemon for thread in threading.enumerate()):
        sys.exit(code)
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # a reader that is gone
            stream.flush()
    os._exit(code)
