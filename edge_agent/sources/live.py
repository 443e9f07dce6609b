"""Streams and cameras that do not wait: RTSP, HTTP, USB."""

import os
import threading
import time
from collections.abc import Generator
from datetime import timedelta
from typing import Any

import cv2
import numpy as np

from contracts.clock import utc_now
from edge_agent.frame import Frame, SourceError
from edge_agent.sources.address import redacted
from edge_agent.sources.lag import Lag

OPEN_S = 10.0
"""A camera on 4G may need some seconds for its first key frame."""
READ_S = 10.0
"""A server that accepts and then says nothing is given up after this."""
LAG_LIMIT_S = 10.0
"""Pictures later than this are no watch: opening anew leaves the backlog behind."""
MOST_FPS = 12.5
"""Every frame is decoded (each builds on the last), but no more than so many are converted."""

# UDP loses packets on radio links, and a smear of lost packets looks like smoke
os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;tcp")
# neither library may print to the error stream: ffmpeg's messages hold addresses with passwords
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class LiveSource:
    """An RTSP or HTTP stream by its address, or a USB camera by its number or device path.

    It is read as fast as it comes, and of a backlog only the newest frames are converted.
    Raises SourceError when it cannot be opened, says nothing for READ_S, ends, or lags more than
    LAG_LIMIT_S.
    """

    def __init__(self, address: str | int) -> None:
        self._address = address
        self._name = redacted(address) if isinstance(address, str) else f"usb:{address}"
        self._stamped = str(address).lower().startswith("rtsp")
        self._closed = threading.Event()

    def frames(self) -> Generator[Frame, None, None]:
        capture = self._open()
        try:
            lag = Lag()
            number, due = 0, 0.0
            while not self._closed.is_set():
                self._grab(capture)
                now = time.monotonic()
                late_s = self._late(capture, lag, now)
                if now < due:
                    continue
                read, image = capture.retrieve()
                if not read or self._closed.is_set():
                    continue
                due = now + 1 / MOST_FPS
                number += 1
                at = utc_now() - timedelta(seconds=late_s)
                yield Frame(image=np.asarray(image, np.uint8), captured_at=at, number=number)
        finally:
            capture.release()

    def close(self) -> None:
        self._closed.set()

    def _open(self) -> Any:
        began = time.monotonic()
        capture = _capture(self._address)
        if capture.isOpened():
            return capture
        capture.release()
        waited = time.monotonic() - began
        raise SourceError(
            source=self._name,
            why=f"nothing came within {OPEN_S:g} s" if waited >= OPEN_S else "it cannot be opened",
            remedy="look at address, user, password, power and link of the camera",
        )

    def _grab(self, capture: Any) -> None:
        began = time.monotonic()
        if capture.grab() or self._closed.is_set():
            return
        silent = time.monotonic() - began >= READ_S * 0.9
        raise SourceError(
            source=self._name,
            why=f"no frame for {READ_S:g} s" if silent else "the stream ended",
            remedy="look at the camera, its power and its link",
        )

    def _late(self, capture: Any, lag: Lag, now: float) -> float:
        """HTTP and USB carry no timestamps of their own; their lag is not known."""
        if not self._stamped:
            return 0.0
        late_s = lag.behind(capture.get(cv2.CAP_PROP_POS_MSEC) / 1000, now)
        if late_s > LAG_LIMIT_S:
            raise SourceError(
                source=self._name,
                why=f"its pictures come {late_s:.0f} s late",
                remedy="give the stream fewer frames or pixels, or the box less to do",
            )
        return late_s


def _capture(address: str | int) -> Any:
    if isinstance(address, int) or address.startswith("/dev/"):
        return cv2.VideoCapture(address, cv2.CAP_V4L2)
    limits = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, int(OPEN_S * 1000),
        cv2.CAP_PROP_READ_TIMEOUT_MSEC, int(READ_S * 1000),
    ]  # fmt: skip
    return cv2.VideoCapture(address, cv2.CAP_FFMPEG, limits)
