"""The drop folder: whole or back with a report, whatever happens in between."""

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from hub.admission import Admission
from hub.database import Database, open_engine
from hub.entrances import drop
from hub.entrances import report as report_file
from hub.entrances.admit import Gate
from hub.entrances.drop import Drop
from hub.entrances.limits import Limits
from hub.entrances.mapping import load_all
from hub.feed import Feed
from hub.mentions.store import MentionBook
from hub.migrations import upgrade
from hub.records import imports, observations
from tests.hub.entrances.conftest import SAMPLES, knowledge
from tests.waiting import until

GOOD = "Mã trường;Ngày;Sĩ số;Có mặt\nth-prao;01/04/2026;100;98\n"
BAD = GOOD.replace("98", "=1+1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "drop"
    made.mkdir()
    return made


def dropping(folder: Path, gate: Gate, settle_s: float = 0) -> Drop:
    return Drop(
        folder=folder, mappings=load_all(None), files=gate, limits=Limits(), settle_s=settle_s,
        poll_s=0.01,
    )  # fmt: skip


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def there(folder: Path) -> dict[str, list[str]]:
    return {
        name: sorted(path.name.partition("--")[0] for path in (folder / name).iterdir())
        for name in ("imported", "refused", ".working")
    }


def figures(database: Database) -> int:
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(observations)) or 0


def test_a_good_file_is_taken_and_a_wrong_one_comes_back_with_its_report(
    folder: Path, gate: Gate, database: Database
) -> None:
    put(folder, "diem-danh-1.csv", GOOD)
    put(folder, "diem-danh-2.csv", BAD)
    put(folder, "bí-ẩn.csv", GOOD)
    assert dropping(folder, gate).look() == 3
    assert there(folder) == {
        "imported": ["diem-danh-1"],
        "refused": ["bí-ẩn", "bí-ẩn", "diem-danh-2", "diem-danh-2"],
        ".working": [],
    }
    assert figures(database) == 2
    [report] = (folder / "refused").glob("diem-danh-2*.loi.xlsx")
    sheet = load_workbook(report).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][:4] == ("2", "D «Có mặt»", "'=1+1", "không phải số")
    [unknown] = (folder / "refused").glob("bí-ẩn*.loi.xlsx")
    sheet = load_workbook(unknown).active
    assert sheet is not None
    assert "diem-danh*.csv" in str(list(sheet.values)[1][4])


def test_the_same_file_again_does_no_harm(folder: Path, gate: Gate, database: Database) -> None:
    looking = dropping(folder, gate)
    for _ in range(2):
        put(folder, "diem-danh-1.csv", GOOD)
        assert looking.look() == 1
    assert there(folder)["imported"] == ["diem-danh-1"]
    assert figures(database) == 2


def test_a_file_that_still_grows_is_left_alone(folder: Path, gate: Gate) -> None:
    looking = dropping(folder, gate, settle_s=3_600)
    put(folder, "diem-danh-1.csv", GOOD)
    assert looking.look() == 0
    assert (folder / "diem-danh-1.csv").exists()


def test_a_change_starts_the_wait_anew(
    folder: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("hub.entrances.drop.time.monotonic", lambda: now[0])
    looking = dropping(folder, gate, settle_s=5)
    path = put(folder, "diem-danh-1.csv", GOOD[:20])
    done = []
    for step, text in ((0, None), (4, GOOD[:40]), (4, GOOD), (4, None), (2, None)):
        now[0] += step
        if text:
            path.write_text(text, encoding="utf-8")
        done.append(looking.look())
    assert done == [0, 0, 0, 0, 1]


def test_hidden_unfinished_and_linked_files_are_not_files(
    folder: Path, gate: Gate, tmp_path: Path
) -> None:
    names = (".diem-danh.csv", "~$diem-danh.xlsx", "diem-danh.csv.part", "diem-danh.csv.filepart")
    for name in names:
        put(folder, name, GOOD)
    (folder / "diem-danh-3.csv").symlink_to(put(tmp_path, "elsewhere.csv", GOOD))
    (folder / "diem-danh-4.csv").mkdir()
    assert dropping(folder, gate).look() == 0


def test_a_link_among_the_files_in_work_is_not_followed(
    folder: Path, gate: Gate, tmp_path: Path
) -> None:
    ours = put(tmp_path, "secret.csv", GOOD)
    (folder / ".working").mkdir()
    (folder / ".working" / "diem-danh.csv").symlink_to(ours)
    assert dropping(folder, gate).look() == 0
    assert ours.read_text(encoding="utf-8") == GOOD


@pytest.mark.parametrize("name", [".working", "imported", "refused"])
def test_a_folder_of_ours_that_leads_elsewhere_stops_the_work(
    folder: Path, gate: Gate, tmp_path: Path, name: str
) -> None:
    """Else whoever may drop files could have the hub move its own away."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    ours = put(elsewhere, "diem-danh.csv", GOOD)
    (folder / name).symlink_to(elsewhere)
    with pytest.raises(NotADirectoryError, match="is a link to elsewhere"):
        dropping(folder, gate).look()
    assert ours.exists()


def test_a_file_with_a_secrecy_mark_is_kept_nowhere(
    folder: Path, gate: Gate, database: Database
) -> None:
    text = (SAMPLES / "van-ban-den-2026-04.csv").read_text(encoding="utf-8")
    put(folder, "van-ban-den.csv", text.replace(";Thường;", ";Tuyệt mật;"))
    assert dropping(folder, gate).look() == 1
    [report] = (folder / "refused").iterdir()
    assert report.name.endswith(".loi.xlsx")
    sheet = load_workbook(report).active
    assert sheet is not None
    assert "1204" not in str(list(sheet.values))
    assert there(folder)[".working"] == []


def test_a_file_that_cannot_be_read_does_not_hold_up_the_others(
    folder: Path, gate: Gate, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    looking = dropping(folder, gate)
    looking.look()
    (folder / ".working" / "diem-danh-0.csv").mkdir()
    put(folder, "diem-danh-1.csv", GOOD)
    assert looking.look() == 1
    assert figures(database) == 2
    assert "diem-danh-0.csv waits" in caplog.text


def test_its_thread_starts_and_stops(folder: Path, gate: Gate, database: Database) -> None:
    looking = dropping(folder, gate)
    looking.start()
    try:
        put(folder, "diem-danh-1.csv", GOOD)
        until(lambda: figures(database) == 2)
        until(lambda: there(folder)["imported"] == ["diem-danh-1"])
    finally:
        looking.stop()


def dying(work: Callable[..., Any], left: list[int]) -> Callable[..., Any]:
    """`work`, before or after which the process is killed once `left` is counted down."""

    def step() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrapped(*arguments: Any, **options: Any) -> Any:
        step()
        done = work(*arguments, **options)
        step()
        return done

    return wrapped


def look_and_die(folder: Path, records: Path, at: int) -> int:
    """A process of its own looks once and dies at its step `at`; its exit status."""
    child = os.fork()
    if child == 0:
        left = [at]
        for place, name in ((Path, "replace"), (drop, "take"), (report_file, "write")):
            setattr(place, name, dying(getattr(place, name), left))
        dropping(folder, opened(records)).look()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def opened(path: Path) -> Gate:
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    return Gate(Database(engine, Feed()), Admission(knowledge(), MentionBook()))


def test_a_kill_between_any_two_steps_loses_nothing_and_takes_nothing_twice(
    tmp_path: Path,
) -> None:
    """Dies at step 1, 2, 3 … of two files until a run gets through; each time the next run ends
    the work."""
    killed = 0
    for step in range(1, 40):
        folder, records = tmp_path / f"drop{step}", tmp_path / f"{step}.db"
        folder.mkdir()
        put(folder, "diem-danh-1.csv", GOOD)
        put(folder, "diem-danh-2.csv", BAD)
        died = look_and_die(folder, records, step)
        assert died in (0, -signal.SIGKILL)
        gate = opened(records)
        dropping(folder, gate).look()
        dropping(folder, gate).look()
        assert there(folder) == {
            "imported": ["diem-danh-1"],
            "refused": ["diem-danh-2", "diem-danh-2"],
            ".working": [],
        }
        with gate._database.read() as connection:
            assert len(connection.execute(select(observations)).all()) == 2
            assert len(connection.execute(select(imports)).all()) == 1
        gate._database.close()
        shutil.rmtree(folder)
        if died == 0:
            break
        killed += 1
    assert died == 0
    assert killed >= 12
