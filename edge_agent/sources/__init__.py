"""Sources of frames, by address."""

from pathlib import Path

from edge_agent.config import STREAMS
from edge_agent.frame import Source, SourceError
from edge_agent.sources.address import redacted
from edge_agent.sources.folder import FolderSource
from edge_agent.sources.live import LiveSource
from edge_agent.sources.recording import VideoSource


def open_source(url: str, *, loop: bool = False, pace_s: float | None = None) -> Source:
    """A source for `url`: `rtsp://…`, `usb:0`, `synthetic:tower?…`, a video file, a folder.

    loop: a recording begins again when it ends.  pace_s: seconds a picture of a folder stands for.
    Raises SourceError for an address that can never work; a camera that is only away is found
    out when its frames are asked for.
    """
    scheme, colon, rest = url.partition(":")
    if scheme.lower() in STREAMS:
        return LiveSource(url)
    if scheme == "usb":
        return LiveSource(_device(url, rest))
    if scheme == "synthetic":
        # the renderer is for drills and demos: a box that has cameras does not load it
        from edge_agent.sources.synthetic import SyntheticSource  # noqa: PLC0415

        scene: Source = SyntheticSource.from_url(url)
        return scene
    if colon and "/" in rest[:2]:
        raise SourceError(
            source=redacted(url),
            why=f"nobody here speaks {scheme!r}",
            remedy=f"use one of {', '.join(STREAMS)}, usb:0, a video file or a folder",
        )
    path = Path(url)
    if not path.exists():
        raise SourceError(
            source=url, why="there is no such file or folder", remedy="look at the camera's url"
        )
    if path.is_dir():
        return FolderSource(path, loop=loop, pace_s=pace_s)
    return LiveSource(url) if path.is_char_device() else VideoSource(path, loop)


def _device(url: str, rest: str) -> int | str:
    if rest.isdigit():
        return int(rest)
    if rest.startswith("/dev/"):
        return rest
    raise SourceError(
        source=url,
        why="a USB camera is a number or a device",
        remedy="write usb:0 or usb:/dev/video0",
    )
