"""A copy of the series that a running hub makes for whoever may write beside them."""

from pathlib import Path

import duckdb
import pytest

from contracts.measurement import Measurement
from hub.arrival import line_of
from hub.timeseries import copying
from hub.timeseries.copying import NoCopy
from hub.timeseries.duck import DuckStore
from tests.hub.conftest import NOON
from tests.hub.messages import telemetry


def test_a_hub_copies_its_series_while_it_holds_them(tmp_path: Path) -> None:
    path = tmp_path / "series.duckdb"
    store = DuckStore(path)
    store.write([line_of(telemetry(NOON, values={"cpu_percent": 7}))])
    hub = copying.copyist(path, store)
    hub.start()
    copy = copying.ask(path, 30)
    hub.stop()
    other = copy.rename(tmp_path / "other.duckdb")
    with duckdb.connect(str(other), read_only=True) as read:
        assert read.execute(f'SELECT cpu_percent FROM "{Measurement.BOX}"').fetchall() == [(7,)]
    store.write([line_of(telemetry(NOON, seq=2, values={"cpu_percent": 8}))])
    store.close()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["other.duckdb", "series.duckdb"]


class Full:
    def copy_to(self, target: Path) -> None:
        target.write_text("half")
        raise OSError("No space left on device")


def test_why_there_is_no_copy_is_said(tmp_path: Path) -> None:
    path = tmp_path / "series.duckdb"
    hub = copying.copyist(path, Full())
    hub.start()
    with pytest.raises(NoCopy, match="No space left"):
        copying.ask(path, 30)
    hub.stop()
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_cannot_be_copied_says_so_at_once(tmp_path: Path) -> None:
    store = DuckStore(tmp_path / "series.duckdb")
    store.close()
    with pytest.raises(OSError, match="closed"):
        store.copy_to(tmp_path / "copy")


def test_nobody_is_waited_for_in_vain_for_ever(tmp_path: Path) -> None:
    with pytest.raises(NoCopy, match="no hub made one"):
        copying.ask(tmp_path / "series.duckdb", 0.05)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_copied_unasked(tmp_path: Path) -> None:
    copying.copy_if_wanted(tmp_path / "series.duckdb", Full())
    assert list(tmp_path.iterdir()) == []
