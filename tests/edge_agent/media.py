"""Real videos, pictures and a real RTSP server for the tests of sources and capture."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import cv2
import numpy as np
import pytest

from edge_agent.frame import Image

BITS, BIT_PX = 12, 20
SYSTEM_PYTHON = "/usr/bin/python3"
GENEROUS_S = 60.0
RTSP_PACKAGES = "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-good"


def until(condition: Callable[[], bool], what: str) -> None:
    """Polls `condition`; the limit is for broken code only."""
    end = time.monotonic() + GENEROUS_S
    while not condition():
        assert time.monotonic() < end, f"still waiting: {what}"
        time.sleep(0.01)


def numbered_video(file: Path, frames: int, fps: int = 20, codec: str = "libx264") -> Path:
    """Each frame carries its number from 0, as stripes of black and white: see `number_of`."""
    bit = f"mod(floor(N/pow(2,floor(X/{BIT_PX}))),2)"
    stripes = f"color=black:size={BITS * BIT_PX}x96:rate={fps},geq=lum='16+219*{bit}':cb=128:cr=128"
    ffmpeg("-f", "lavfi", "-i", stripes, "-frames:v", str(frames), "-c:v", codec,
           "-g", str(fps), "-bf", "0", "-pix_fmt", "yuv420p", str(file))  # fmt: skip
    return file


def number_of(image: Image) -> int:
    middles = image[image.shape[0] // 2, BIT_PX // 2 : BITS * BIT_PX : BIT_PX].mean(axis=1)
    return sum(1 << bit for bit, level in enumerate(middles) if level > 128)


def ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments], check=True)


def cut_short(file: Path, share: float = 0.5) -> Path:
    """The first part of `file`, as a full disk or a lost link leaves it."""
    data = file.read_bytes()
    cut = file.with_name("cut-" + file.name)
    cut.write_bytes(data[: int(len(data) * share)])
    return cut


def picture(file: Path, level: int) -> Path:
    """A grey picture of that level, with enough in it to be cut."""
    image = (
        np.random.default_rng(level).integers(level - 4, level + 5, (64, 96, 3)).astype(np.uint8)
    )
    assert cv2.imwrite(str(file), image)
    return file


class RtspServer:
    """GStreamer's server as a process of its own, so that it can be stopped, stalled, killed."""

    def __init__(self, video: Path, port: int = 0, user: str = "") -> None:
        script = Path(__file__).with_name("rtsp_server.py")
        self._process = subprocess.Popen(
            [SYSTEM_PYTHON, str(script), str(port), str(video), *([user] if user else [])],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        if not said:
            self.kill()
        assert said, f"the RTSP server did not start: does the system have {RTSP_PACKAGES}?"
        self.port = int(said)

    def url(self, user: str = "") -> str:
        return f"rtsp://{user}{'@' if user else ''}127.0.0.1:{self.port}/cam"

    def stall(self) -> None:
        """It keeps its connections, and the kernel accepts more; nobody answers."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def _has_rtsp_server() -> bool:
    wanted = "import gi; gi.require_version('GstRtspServer', '1.0')"
    tried = subprocess.run([SYSTEM_PYTHON, "-c", wanted], capture_output=True, check=False)
    return tried.returncode == 0


needs_rtsp = pytest.mark.skipif(
    not _has_rtsp_server(), reason=f"no RTSP server here: apt-get install {RTSP_PACKAGES}"
)
