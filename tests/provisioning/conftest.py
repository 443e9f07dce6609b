"""A certificate authority, and a real broker that was provisioned from it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provisioning import authority as authorities
from provisioning.authority import Authority
from provisioning.records import Store
from tests.provisioning.district import District

NOON = datetime(2026, 4, 1, 5, 0, tzinfo=UTC)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return authorities.create(tmp_path / "authority", "Dong Giang", NOON)


@pytest.fixture
def store(authority: Authority, tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "authority")
    yield opened
    opened.close()


@pytest.fixture
def district(tmp_path: Path) -> Iterator[District]:
    made = District(tmp_path)
    made.broker.start()
    yield made
    made.broker.end()
    made.store.close()
