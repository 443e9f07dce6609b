"""A broker of its own for each test of a box."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hub.daemons import Mosquitto


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    server = Mosquitto(tmp_path / "mosquitto")
    server.start()
    yield server
    server.end()
