"""Processes of ours: started in groups of their own, watched, ended in order."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

STOP_S = 10.0
"""A hub finishes its transaction and an agent its frame in less; then they are killed."""
TAIL_BYTES = 4_000


class Child:
    """`python -m ioc.cli ARGUMENTS`, with a log file.

    A session of its own: Ctrl-C in the terminal reaches the parent alone, which ends its
    children in order.
    """

    def __init__(self, *, name: str, arguments: Sequence[str], log: Path) -> None:
        self.name = name
        self.log = log
        self.peak_rss_mb = 0.0
        self._command = [sys.executable, "-m", "ioc.cli", *arguments]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative for the signal that killed it."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )

    def measure(self) -> None:
        """Remembers the largest resident size that was seen."""
        if self._process is not None:
            self.peak_rss_mb = max(self.peak_rss_mb, resident_mb(self._process.pid))

    def tail(self) -> str:
        """The end of what it said."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - TAIL_BYTES))
            return log.read().decode(errors="replace").strip()

    def ask_to_end(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def wait(self, deadline: float) -> None:
        """Until it ended; at `deadline` (monotonic) its whole group is killed."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def resident_mb(pid: int) -> float:
    """Of one process, in megabytes; 0 once it is gone."""
    try:
        return float(psutil.Process(pid).memory_info().rss) / 1e6
    except psutil.Error:
        return 0.0


def end(children: Sequence[Child]) -> None:
    """Asks all, newest first, and waits for all together."""
    for child in reversed(children):
        child.ask_to_end()
    deadline = time.monotonic() + STOP_S
    for child in children:
        child.wait(deadline)
