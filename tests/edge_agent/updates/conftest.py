"""One box."""

from pathlib import Path

import pytest

from tests.edge_agent.updates.making import Box


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)
