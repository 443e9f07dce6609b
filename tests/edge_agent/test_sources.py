"""Addresses of cameras: each finds its source, wrong ones are named, passwords are not."""

from pathlib import Path

import pytest

from edge_agent.frame import SourceError
from edge_agent.sources import open_source
from edge_agent.sources.address import redacted
from edge_agent.sources.folder import FolderSource
from edge_agent.sources.live import LiveSource
from edge_agent.sources.recording import VideoSource
from edge_agent.sources.synthetic import SyntheticSource


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("rtsp://10.0.0.7/stream1", LiveSource),
        ("RTSP://10.0.0.7/stream1", LiveSource),
        ("https://cam.example/video.mjpg", LiveSource),
        ("usb:0", LiveSource),
        ("usb:/dev/video2", LiveSource),
        ("synthetic:street?seed=2", SyntheticSource),
    ],
)
def test_an_address_finds_its_source(url: str, kind: type) -> None:
    assert isinstance(open_source(url), kind)


def test_a_path_is_a_folder_or_a_video(tmp_path: Path) -> None:
    video = tmp_path / "phố: chợ.mp4"
    video.touch()
    assert isinstance(open_source(str(tmp_path)), FolderSource)
    assert isinstance(open_source(str(video)), VideoSource)


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("rtmp://u:secret@host/x", "'rtmp'"),
        ("usb:left", "usb:left"),
        ("/no/such/video.mp4", "/no/such/video.mp4"),
        ("synthetic:sea", "sea"),
    ],
)
def test_an_address_that_cannot_work_is_named(url: str, named: str) -> None:
    with pytest.raises(SourceError, match=named) as told:
        open_source(url)
    assert "secret" not in str(told.value)
    assert told.value.remedy


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://admin:s3cret@10.0.0.7:554/stream1",
        "rtsp://admin:s3cret@x@10.0.0.7/stream1",
        "rtsp://admin:x/s3cret@10.0.0.7/stream1",
        "rtsp://admin:s3:cret@10.0.0.7/stream1",
        "rtsp://:s3cret@10.0.0.7/stream1",
        "http://10.0.0.7/video?user=admin&password=s3cret&channel=1",
        "rtsp://10.0.0.7/user=admin_Password=s3cret_channel=1_stream=0.sdp",
        "http://10.0.0.7/video?pwd=s3cret",
    ],
)
def test_a_password_is_never_shown(url: str) -> None:
    shown = redacted(url)
    assert "s3" not in shown
    assert "cret" not in shown
    assert "10.0.0.7" in shown


@pytest.mark.parametrize("url", ["rtsp://10.0.0.7:554/s?channel=1", "usb:0", "rtsp://admin@host/s"])
def test_an_address_without_password_is_shown_whole(url: str) -> None:
    assert redacted(url) == url
