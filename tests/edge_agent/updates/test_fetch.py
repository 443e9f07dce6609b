"""A file comes a part after the other, over links that are lost and disks that are full."""

import errno
import os
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from edge_agent.config import UpdateSection
from edge_agent.updates import fetch
from edge_agent.updates.errors import NotNow
from edge_agent.updates.fetch import CHUNK, Way
from tests.edge_agent.updates.files_server import FilesServer

CONTENT = os.urandom(5 * CHUNK + 7)


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def way(hub: FilesServer, tmp_path: Path) -> Way:
    hub.content = CONTENT
    (tmp_path / "k.pub").touch()
    return Way(section=UpdateSection(hub=hub.url, trusted_keys=(tmp_path / "k.pub",)))


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "x.part"


def test_a_whole_file(way: Way, part: Path) -> None:
    way.fetch("/updates/x", part, len(CONTENT))
    assert part.read_bytes() == CONTENT


def test_an_interrupted_download_goes_on_where_it_was(
    way: Way, part: Path, hub: FilesServer
) -> None:
    hub.cut = 2 * CHUNK
    for have in (2 * CHUNK, 4 * CHUNK):
        with pytest.raises(NotNow, match="then the link was lost"):
            way.fetch("/updates/x", part, len(CONTENT))
        assert part.stat().st_size == have
    hub.cut = None
    way.fetch("/updates/x", part, len(CONTENT))
    assert part.read_bytes() == CONTENT
    assert hub.asked == ["bytes=0-", f"bytes={2 * CHUNK}-", f"bytes={4 * CHUNK}-"]
    way.fetch("/updates/x", part, len(CONTENT))
    assert len(hub.asked) == 3  # it is here


def test_a_server_without_ranges_is_read_from_the_start(
    way: Way, part: Path, hub: FilesServer
) -> None:
    part.write_bytes(b"other")
    hub.ranges = False
    way.fetch("/updates/x", part, len(CONTENT))
    assert part.read_bytes() == CONTENT


def test_a_part_that_is_too_long_or_beyond_the_file_is_dropped(
    way: Way, part: Path, hub: FilesServer
) -> None:
    part.write_bytes(CONTENT + b"more")
    way.fetch("/updates/x", part, len(CONTENT))
    assert part.read_bytes() == CONTENT
    hub.content = b"short"
    with pytest.raises(NotNow, match="shorter than what is here"):
        way.fetch("/updates/x", part, len(CONTENT) + 1)
    assert not part.exists()


@pytest.mark.parametrize("status", [404, 500])
def test_a_hub_that_refuses_is_asked_again_later(
    way: Way, part: Path, hub: FilesServer, status: int
) -> None:
    hub.status = status
    with pytest.raises(NotNow, match=f"answers {status}"):
        way.fetch("/updates/x", part, len(CONTENT))


def test_no_hub_is_a_matter_of_time(way: Way, part: Path, hub: FilesServer) -> None:
    hub.shutdown()
    hub.server_close()
    with pytest.raises(NotNow, match="refused"):
        way.fetch("/updates/x", part, len(CONTENT))


def test_room_is_left_for_alarms(way: Way, part: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9, 50_000_000))
    with pytest.raises(NotNow, match="no room: 50 MB free"):
        way.fetch("/updates/x", part, len(CONTENT))
    assert not part.exists()


def test_a_disk_that_fills_up_meanwhile_gives_the_room_back(
    way: Way, part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part.write_bytes(CONTENT[:CHUNK])

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Way, "_pour", full)
    with pytest.raises(NotNow, match="No space left"):
        way.fetch("/updates/x", part, len(CONTENT))
    assert not part.exists()


def test_alarms_go_first(way: Way, part: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = [True, True, False]
    sizes: list[int] = []

    def alarms() -> bool:
        sizes.append(part.stat().st_size)
        return waiting.pop(0) if waiting else False

    monkeypatch.setattr(fetch, "LOOK_S", 0)
    Way(section=way.section, alarms=alarms).fetch("/updates/x", part, len(CONTENT))
    assert sizes[:3] == [0, 0, 0]
    assert waiting == []


def test_an_agent_that_ends_keeps_what_came(way: Way, part: Path) -> None:
    chunks = iter([False, False, False, True])
    ending = Way(section=way.section, stopping=lambda: next(chunks))
    with pytest.raises(NotNow, match="the agent ends"):
        ending.fetch("/updates/x", part, len(CONTENT))
    assert part.stat().st_size == 3 * CHUNK
