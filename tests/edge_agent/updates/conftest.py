"""One box, and a hub's files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge_agent.updates.files_server import FilesServer, files_server
from tests.edge_agent.updates.making import Box


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


@pytest.fixture
def hub() -> Iterator[FilesServer]:
    with files_server() as server:
        yield server
