"""A hub's parts, each on a fresh database."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from hub.admission import Admission
from hub.config import Subsystems
from hub.database import Database, open_engine
from hub.feed import Feed
from hub.incident import Alarm, Severity, Subsystem
from hub.knowledge import Knowledge, learn
from hub.mentions.store import MentionBook
from hub.migrations import upgrade
from tests.hub.daemons import Mosquitto

NOON = datetime(2026, 4, 1, 5, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    engine = open_engine(f"sqlite:///{tmp_path / 'hub.db'}")
    upgrade(engine)
    opened = Database(engine, Feed())
    yield opened
    opened.close()


def alarm(**changes: Any) -> Alarm:
    fields: dict[str, Any] = {
        "originator": "thap-prao/bac/1", "type": "forest-fire", "subsystem": Subsystem.FOREST_FIRE,
        "severity": Severity.MAJOR, "title_vi": "Nghi có khói rừng", "text_vi": "Khói",
        "captured_at": NOON, "received_at": NOON,
    }  # fmt: skip
    return Alarm(**(fields | changes))


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """What is shipped."""
    return learn(Subsystems())


def admission() -> Admission:
    return Admission(knowledge(), MentionBook())


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    server = Mosquitto(tmp_path / "mosquitto")
    server.start()
    yield server
    server.end()
