"""A web server of the test's own."""

from collections.abc import Iterator

import pytest

from tests.hub.entrances.pull.servers import Server


@pytest.fixture
def web() -> Iterator[Server]:
    with Server().serving() as server:
        yield server
