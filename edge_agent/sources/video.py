"""Video by OpenCV's ffmpeg: files at their own pace, streams and USB cameras as they come."""

import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from contracts.clock import utc_now
from edge_agent.frame import Frame, SourceError
from edge_agent.sources.pace import Pace

OPEN_S = 10.0
"""A camera on 4G may need some seconds for its first key frame."""
READ_S = 10.0
"""A server that accepts and then says nothing is given up after this."""
USUAL_FPS = 25.0
FPS_RANGE = (0.1, 240.0)
"""What a file claims beyond this is a broken header."""
BROKEN_IN_A_ROW = 50
"""So many frames that do not decode, one after the other, end a recording."""

# UDP loses packets on radio links, and a smear of lost packets looks like smoke
os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;tcp")
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
os.environ.setdefault("OPENCV_LOG_LEVEL", "OFF")

_PASSWORD = re.compile(r"(://[^/@\s]*?:)[^/@\s]+@")


def redacted(url: str) -> str:
    """`url` for a log: without its password."""
    return _PASSWORD.sub(r"\1***@", url)


class VideoSource:
    """A file; it plays as if live, and frames that come too late for its pace are skipped."""

    def __init__(self, path: Path, loop: bool) -> None:
        self._path = path
        self._loop = loop
        self._pace = Pace(1 / USUAL_FPS)

    def frames(self) -> Iterator[Frame]:
        number = 0
        while True:
            before = number
            for frame in self._play(number):
                number = frame.number
                yield frame
            if number == before:
                raise SourceError(
                    source=str(self._path),
                    why="no frame of it can be read",
                    remedy="look whether it plays elsewhere; it may be cut short",
                )
            if not self._loop:
                return

    def close(self) -> None:
        self._pace.close()

    def _play(self, number: int) -> Iterator[Frame]:
        capture = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        try:
            self._pace = pace = Pace(1 / _fps(capture))
            broken = 0
            while broken < BROKEN_IN_A_ROW and capture.grab():
                if not pace.wait():
                    return
                if pace.behind:
                    continue
                read, image = capture.retrieve()
                broken = 0 if read else broken + 1
                if read:
                    number += 1
                    yield Frame(
                        image=np.asarray(image, np.uint8), captured_at=utc_now(), number=number
                    )
        finally:
            capture.release()


class LiveSource:
    """An RTSP or HTTP stream, or a USB camera by its number.

    Raises SourceError when it cannot be opened, says nothing for READ_S, or ends.
    """

    def __init__(self, address: str | int) -> None:
        self._address = address
        self._name = redacted(address) if isinstance(address, str) else f"usb:{address}"
        self._closed = threading.Event()

    def frames(self) -> Iterator[Frame]:
        capture = self._open()
        try:
            number = 0
            while not self._closed.is_set():
                read, image = capture.read()
                if self._closed.is_set():
                    return
                if not read:
                    raise SourceError(
                        source=self._name,
                        why=f"no frame for {READ_S:.0f} s, or the stream ended",
                        remedy="look at the camera, its power and its link",
                    )
                number += 1
                yield Frame(image=np.asarray(image, np.uint8), captured_at=utc_now(), number=number)
        finally:
            capture.release()

    def close(self) -> None:
        self._closed.set()

    def _open(self) -> Any:
        if isinstance(self._address, int):
            capture = cv2.VideoCapture(self._address)
        else:
            limits = [
                cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, int(OPEN_S * 1000),
                cv2.CAP_PROP_READ_TIMEOUT_MSEC, int(READ_S * 1000),
            ]  # fmt: skip
            capture = cv2.VideoCapture(self._address, cv2.CAP_FFMPEG, limits)
        if not capture.isOpened():
            capture.release()
            raise SourceError(
                source=self._name,
                why=f"it did not open within {OPEN_S:.0f} s",
                remedy="look at address, user, password, power and link of the camera",
            )
        return capture


def _fps(capture: Any) -> float:
    fps = float(capture.get(cv2.CAP_PROP_FPS))
    return fps if FPS_RANGE[0] <= fps <= FPS_RANGE[1] else USUAL_FPS
