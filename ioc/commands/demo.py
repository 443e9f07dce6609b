"""`ioc demo`."""

import json
import signal
import sys
from argparse import Namespace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn
from urllib.parse import urlsplit

from ioc import settings
from ioc.broker import BrokerError
from ioc.demo import ChildDied, Demo, Plan
from ioc.exits import Exit, complain
from ioc.observer import ObserverDeaf

NOT_FILES = ("rtsp", "rtsps", "http", "https", "usb", "synthetic")


class WrongVideo(ValueError):
    """A `--video` that cannot be played; says why."""


def check_video(video: str) -> None:
    """Raises WrongVideo."""
    parts = urlsplit(video)
    if parts.scheme not in NOT_FILES:
        if not Path(video).exists():
            raise WrongVideo(f"--video {video}: there is no such file or folder")
    elif parts.password not in (None, "{password}"):
        raise WrongVideo(
            "--video: a password is not an argument, everybody on this machine could read it; "
            f"write {{password}} in its place and set {settings.VIDEO_PASSWORD}"
        )


def plan_of(options: Namespace) -> Plan:
    """What the options ask for; raises WrongVideo."""
    cameras, source = settings.rendered(), "rendered scene"
    if options.video is not None:
        check_video(options.video)
        cameras = settings.filmed(options.video, options.scene, options.pace)
        source = Path(options.video).name
    return Plan(
        cameras=cameras,
        source=source,
        state=Path(options.state) if options.state else None,
        keep=options.keep,
        port=options.port,
        open_browser=options.open,
        district=not (options.without_district or options.headless),
    )


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def run(options: Namespace) -> int:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    say = partial(print, file=sys.stderr if options.json else sys.stdout, flush=True)
    try:
        with Demo(plan_of(options), say) as demo:
            return _headless(demo, options) if options.headless else _forever(demo)
    except WrongVideo as wrong:
        complain(wrong)
        return Exit.USAGE
    except ChildDied as died:
        print(died.tail, file=sys.stderr)
        complain(f"{died.name} ended by itself with {died.exit_code}; above is the end of its log")
        return Exit.FAILED
    except (BrokerError, ObserverDeaf) as trouble:
        complain(trouble)
        return Exit.FAILED
    except KeyboardInterrupt:
        say("\nĐã dừng · ended")
        return Exit.INTERRUPTED if options.headless else Exit.OK


def _forever(demo: Demo) -> NoReturn:
    while True:
        demo.step()


def _headless(demo: Demo, options: Namespace) -> int:
    while demo.story.elapsed_s < options.seconds and not (
        options.until_incident and demo.story.proven
    ):
        demo.step()
    report = demo.report()
    if options.json:
        print(json.dumps(report.json(), ensure_ascii=False, indent=2))
    elif not report.ok:
        complain(f"no fire with a picture reached the phone in {report.seconds:.0f} s")
    return Exit.OK if report.ok else Exit.FAILED
