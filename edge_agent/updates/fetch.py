"""An update's file, fetched over HTTPS from our hub, a part after the other.

What came is on disk at once; after a kill -9 or a lost link the rest is asked for (RFC 9110, 14:
`Range`).  Whether the whole is what was signed is for the store to say.
"""

import errno
import http.client
import logging
import shutil
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from edge_agent.config import UpdateSection
from edge_agent.updates.errors import NotNow

log = logging.getLogger(__name__)

TIMEOUT_S = 15.0
"""Of one read; also the longest that an agent that ends waits for a dead link."""
CHUNK = 16_384
"""Three seconds on 2G (5 kB/s): so long an alarm waits at most."""
RESERVE_BYTES = 50_000_000
"""Left free on the disk: alarms and pictures need it more."""
GIVE_WAY_S, LOOK_S = 30.0, 0.2
"""The longest that a chunk waits for alarms that cannot be sent, as in the uplink."""
OK, PARTIAL, BEYOND = 200, 206, 416


def never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a box reaches its hub.  `alarms`: whether some wait to be sent, which go first;
    `stopping`: whether the agent ends."""

    section: UpdateSection
    alarms: Callable[[], bool] = never
    stopping: Callable[[], bool] = never

    def fetch(self, path: str, part: Path, size: int) -> None:
        """Returns when `part` has `size` bytes; raises NotNow, which keeps what came."""
        _room(part, size)
        try:
            self._fetch(path, part, size)
        except (OSError, http.client.HTTPException) as trouble:
            if getattr(trouble, "errno", None) == errno.ENOSPC:  # alarms need the room
                part.unlink(missing_ok=True)
            raise NotNow(f"fetching: {trouble or type(trouble).__name__}") from None

    def _fetch(self, path: str, part: Path, size: int) -> None:
        have = part.stat().st_size if part.exists() else 0
        if have == size:
            return
        if have > size:
            part.unlink()
            have = 0
        connection = self._connection()
        try:
            connection.request("GET", path, headers={"Range": f"bytes={have}-"})
            answer = connection.getresponse()
            if answer.status == BEYOND:
                part.unlink(missing_ok=True)
                raise NotNow(
                    "fetching: the hub's file is shorter than what is here; from the start"
                )
            if answer.status not in (OK, PARTIAL):
                raise NotNow(f"fetching: the hub answers {answer.status}")
            with part.open("ab" if answer.status == PARTIAL else "wb") as file:
                self._pour(answer, file, size)
        finally:
            connection.close()

    def _pour(self, answer: http.client.HTTPResponse, file: BinaryIO, size: int) -> None:
        while file.tell() < size:
            self._give_way()
            if self.stopping():
                raise NotNow("fetching: the agent ends")
            chunk = answer.read(min(CHUNK, size - file.tell()))
            if not chunk:
                raise NotNow(f"fetching: {file.tell():,} of {size:,} bytes, then the link was lost")
            file.write(chunk)
            file.flush()

    def _give_way(self) -> None:
        end = time.monotonic() + GIVE_WAY_S
        while self.alarms() and time.monotonic() < end and not self.stopping():
            time.sleep(LOOK_S)

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.section.hub)
        host = parts.hostname or ""
        if parts.scheme == "http":
            return http.client.HTTPConnection(host, parts.port or 80, timeout=TIMEOUT_S)
        ca = self.section.ca_file
        context = ssl.create_default_context(cafile=str(ca) if ca else None)
        return http.client.HTTPSConnection(
            host, parts.port or 443, timeout=TIMEOUT_S, context=context
        )


def _room(part: Path, size: int) -> None:
    """Raises NotNow where the file would leave too little."""
    have = part.stat().st_size if part.exists() else 0
    free = shutil.disk_usage(part.parent).free
    if free - (size - have) < RESERVE_BYTES:
        raise NotNow(
            f"no room: {free / 1e6:.0f} MB free, {RESERVE_BYTES / 1e6:.0f} MB must stay so",
            f"make room on the disk of {part.parent}",
        )
