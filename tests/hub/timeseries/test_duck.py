"""The embedded store."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contracts.measurement import Measurement
from hub.arrival import line_of
from hub.timeseries.duck import DuckStore
from hub.timeseries.store import Rejected
from tests.hub.conftest import NOON
from tests.hub.messages import telemetry


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckStore]:
    opened = DuckStore(tmp_path / "s.duckdb")
    yield opened
    opened.close()


def line(second: int, **values: float) -> str:
    return line_of(telemetry(NOON + timedelta(seconds=second), values=values))


def cpu(store: DuckStore, since: datetime = NOON, limit: int = 10) -> list[float]:
    tags = {"device": "thap-prao"}
    found = store.samples(Measurement.BOX, "cpu_percent", tags, since, limit)
    return [sample.value for sample in found]


def test_points_are_read_back_oldest_first_with_their_time(store: DuckStore) -> None:
    store.write([line(2, cpu_percent=2), line(1, cpu_percent=1)])
    assert cpu(store) == [1, 2]
    [first, _] = store.samples(Measurement.BOX, "cpu_percent", {}, NOON, 9)
    assert abs(first.at - datetime(2026, 4, 1, 5, 0, 1, tzinfo=UTC)) < timedelta(milliseconds=1)


def test_the_newest_within_the_limit_and_since_are_read(store: DuckStore) -> None:
    store.write([line(second, cpu_percent=second) for second in range(9)])
    assert cpu(store, limit=2) == [7, 8]
    assert cpu(store, since=NOON + timedelta(seconds=7)) == [7, 8]


def test_a_point_written_again_overwrites_itself(store: DuckStore) -> None:
    twice = [line(1, cpu_percent=1), line(1, cpu_percent=5)]
    store.write(twice)
    store.write(twice)
    assert cpu(store) == [5]
    assert store.count(Measurement.BOX) == 1


def test_fields_that_a_point_does_not_have_are_absent(store: DuckStore) -> None:
    store.write([line(1, cpu_percent=1), line(2, memory_percent=2)])
    assert cpu(store) == [1]


def test_a_batch_with_a_wrong_line_is_refused_whole(store: DuckStore) -> None:
    with pytest.raises(Rejected, match="nonsense"):
        store.write([line(1, cpu_percent=1), "nonsense"])
    assert cpu(store) == []


def test_text_fields_are_text(store: DuckStore) -> None:
    store.write(['sighting,device=a,camera=b,label=smoke score=0.5,sighting="01" 5'])
    assert store.count(Measurement.SIGHTING) == 1


def test_what_was_written_is_there_after_a_restart(store: DuckStore, tmp_path: Path) -> None:
    store.write([line(1, cpu_percent=1)])
    store.close()
    again = DuckStore(tmp_path / "s.duckdb")
    assert cpu(again) == [1]
    again.close()


def test_a_name_outside_of_the_contract_is_refused(store: DuckStore) -> None:
    with pytest.raises(ValueError, match="no field"):
        store.samples(Measurement.BOX, 'x" FROM box --', {}, NOON, 1)
    with pytest.raises(ValueError, match="tag"):
        store.samples(Measurement.BOX, "cpu_percent", {"x": "y"}, NOON, 1)
