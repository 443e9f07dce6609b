"""The real admission, in a district with two schools, two health stations and an office."""

from functools import lru_cache
from pathlib import Path

import pytest

from hub.admission import Admission
from hub.config import Subsystems
from hub.database import Database
from hub.entrances.admit import Gate
from hub.knowledge import Knowledge, learn
from hub.mentions.store import MentionBook

HERE = Path(__file__).parent
SAMPLES = HERE / "samples"


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    return learn(Subsystems(catalogue_folder=HERE / "units"))


@pytest.fixture
def gate(database: Database) -> Gate:
    return Gate(database, Admission(knowledge(), MentionBook()))
