"""How much memory an agent with one 720p camera takes, and its work beside the network's.

`python -m benchmarks.agent [--seconds 60]`.  A burning street, 1280 x 720, H.264, 25 frames a
second over HTTP as a camera sends it; box, broker, hub and phone as in `ioc demo`, the built-in
detector, a look a second.  Judged are the agent's peak resident size, and the time from a frame at
hand to its sightings less `session.run`, as a share of `session.run`, by the agent's own telemetry.
Needs Linux, mosquitto and ffmpeg.
"""

import argparse
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figure import Figure, Memory, judge, memory
from edge_agent.scene.setting import Setting
from edge_agent.scene.street import StreetScene
from ioc.broker import LOOPBACK, free_port
from ioc.demo import Demo, Plan
from ioc.observer import CameraFigures
from ioc.settings import PRAO_STREET, Camera

SECONDS = 60.0
LIMIT_MB = 250
OVERHEAD_PERCENT = 15
FILM_S, PAINTED_FPS, SENT_FPS = 12, 5, 25
DEVICE = "camera-720p"


class NothingMeasured(RuntimeError):
    """The run ended without a figure; `why` says what was missing."""

    def __init__(self, *, why: str) -> None:
        self.why = why
        super().__init__(f"nothing was measured: {why}")


def film(file: Path) -> None:
    """The painted street, on fire from the beginning; raises CalledProcessError."""
    scene = StreetScene(Setting.from_url("synthetic:street?seed=3&ignite_after=0"))
    setting = Setting()
    size = f"{setting.width}x{setting.height}"
    painted = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", size, "-r", str(PAINTED_FPS), "-i", "-"]
    sent = ["-r", str(SENT_FPS), "-c:v", "libx264", "-pix_fmt", "yuv420p", str(file)]
    with subprocess.Popen([*_ffmpeg(), *painted, *sent], stdin=subprocess.PIPE) as made:
        assert made.stdin is not None
        for number in range(FILM_S * PAINTED_FPS):
            made.stdin.write(scene.render(10 + number / PAINTED_FPS, number).tobytes())
        made.stdin.close()
        if made.wait():
            raise subprocess.CalledProcessError(made.returncode, made.args)


def _ffmpeg() -> list[str]:
    if shutil.which("ffmpeg") is None:
        raise NothingMeasured(why="ffmpeg is not installed: make servers")
    return ["ffmpeg", "-nostdin", "-loglevel", "error"]


@contextmanager
def camera(file: Path) -> Iterator[str]:
    """The address of a stream that plays `file` over and over, at its own pace, from each call."""
    play = [*_ffmpeg(), "-re", "-stream_loop", "-1", "-i", str(file)]
    play += ["-c", "copy", "-f", "mpegts", "-"]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "video/mp2t")
            self.end_headers()
            with subprocess.Popen(play, stdout=subprocess.PIPE) as stream:
                assert stream.stdout is not None
                try:
                    shutil.copyfileobj(stream.stdout, self.wfile, 16_384)
                except OSError:  # the agent has gone
                    stream.kill()

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer((LOOPBACK, 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{LOOPBACK}:{server.server_address[1]}/main.ts"
        server.shutdown()


def watch(url: str, seconds: float) -> tuple[Memory, CameraFigures, int]:
    """What an agent said of its work on `url`, and how many sightings it opened meanwhile."""
    box = Camera(
        device=DEVICE, title="Camera 720p", view="cổng chợ", position=PRAO_STREET, url=url,
        scene="street",
    )  # fmt: skip
    plan = Plan(cameras=(box,), port=free_port())
    with Demo(plan, lambda _words: None) as demo:
        [agent] = [child for child in demo.children if child.name == DEVICE]
        while not demo.observer.figures() or demo.story.elapsed_s < seconds:
            demo.step()
        assert agent.pid is not None
        [figures] = demo.observer.figures().values()
        return memory(agent.pid), figures, len(demo.observer.sightings)


def measure(seconds: float) -> list[Figure]:
    with TemporaryDirectory(prefix="ioc-bench-") as name:
        film(Path(name) / "film.mp4")
        with camera(Path(name) / "film.mp4") as url:
            size, work, sightings = watch(url, seconds)
    if not work.inference_ms or not sightings:
        raise NothingMeasured(
            why=f"{work.frames_scored} frames were scored and {sightings} fires seen in "
            f"{seconds:.0f} s; give it more --seconds"
        )
    inference = sum(work.inference_ms) / len(work.inference_ms)
    overhead = sum(work.overhead_ms) / len(work.overhead_ms)
    return [
        Figure(
            name="agent's memory", value=size.peak_rss, limit=LIMIT_MB, unit="MB",
            note=f"one camera of 1280 x 720; {size.note()}",
        ),
        Figure(
            name="work beside the network", value=100 * overhead / inference,
            limit=OVERHEAD_PERCENT, unit="%",
            note=f"{overhead:.1f} ms of {inference:.1f} ms, {work.frames_scored} frames, "
            f"{sightings} sightings",
        ),
    ]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=SECONDS)
    return judge(measure(parser.parse_args().seconds))


if __name__ == "__main__":
    sys.exit(main())
