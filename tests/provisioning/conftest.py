"""A certificate authority, and a real broker that was provisioned from it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ioc import cli
from provisioning import authority as authorities
from provisioning.authority import Authority
from provisioning.records import Store
from tests.provisioning.centre import Centre, Ioc
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


@pytest.fixture
def ioc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ioc:
    """Runs a command line; its exit code, stdout and stderr."""
    monkeypatch.setenv("IOC_AUTHORITY", str(tmp_path / "authority"))
    monkeypatch.chdir(tmp_path)

    def run(line: str, *more: str) -> tuple[int, str, str]:
        code = cli.main([*line.split(), *more])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def centre(ioc: Ioc, tmp_path: Path) -> Iterator[Centre]:
    made = Centre(ioc, tmp_path)
    yield made
    made.stop()
