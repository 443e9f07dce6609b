"""Our processes: logged, measured, ended in order, killed when they do not end."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ioc import children
from ioc.children import Child, end, resident_mb
from tests.ioc.conftest import until


class Script(Child):
    """A child that runs a line of Python instead of a sub-command."""

    def __init__(self, folder: Path, text: str, name: str = "script") -> None:
        super().__init__(name=name, arguments=(), log=folder / f"{name}.log")
        self._command = [sys.executable, "-c", text]


@pytest.fixture
def stubborn(tmp_path: Path) -> Iterator[Script]:
    """Ignores SIGTERM, and so does its own child."""
    text = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "if len(sys.argv) == 1:\n"
        "    subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print('deaf', flush=True)\n"
        "time.sleep(600)\n"
    )
    child = Script(tmp_path, text)
    child.start()
    until(lambda: "deaf" in child.tail(), "the child")
    yield child
    assert child.exit_code is not None


def group(leader: int) -> list[int]:
    found = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except (psutil.Error, ProcessLookupError):
            continue
    return found


def test_a_deaf_child_is_killed_with_its_whole_group(
    stubborn: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "STOP_S", 0.2)
    pid = stubborn.pid
    assert pid is not None
    assert len(group(pid)) == 2
    end([stubborn])
    until(lambda: group(pid) == [], "the group to end")
    assert stubborn.exit_code == -signal.SIGKILL


def test_a_child_that_listens_ends_in_order(tmp_path: Path) -> None:
    text = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit(0)))\n"
        "print('here', flush=True)\ntime.sleep(600)\n"
    )
    child = Script(tmp_path, text)
    child.start()
    until(lambda: "here" in child.tail(), "the child")
    child.measure()
    end([child])
    assert child.exit_code == 0
    assert child.tail().endswith("bye")
    assert child.peak_rss_mb > 1


def test_the_tail_is_the_end_of_a_long_log(tmp_path: Path) -> None:
    child = Script(tmp_path, "print('a' * 100_000); print('the reason'); raise SystemExit(3)")
    child.start()
    child.wait(time.monotonic() + 30)
    assert child.exit_code == 3
    assert child.tail().endswith("the reason")
    assert len(child.tail()) <= children.TAIL_BYTES


def test_ctrl_c_in_the_terminal_reaches_the_parent_alone(tmp_path: Path) -> None:
    child = Script(tmp_path, "import time; print('here', flush=True); time.sleep(600)")
    child.start()
    assert child.pid is not None
    assert os.getpgid(child.pid) == child.pid != os.getpgid(0)
    end([child])


def test_a_child_that_was_never_started_is_nothing_to_end(tmp_path: Path) -> None:
    child = Script(tmp_path, "")
    end([child])
    assert (child.pid, child.exit_code, child.tail()) == (None, None, "")


def test_a_process_that_is_gone_has_no_size(tmp_path: Path) -> None:
    child = Script(tmp_path, "")
    child.start()
    child.wait(time.monotonic() + 30)
    assert child.pid is not None
    assert resident_mb(child.pid) == 0
    child.measure()
    assert child.peak_rss_mb == 0
