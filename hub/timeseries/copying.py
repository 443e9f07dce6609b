"""A copy of the embedded series for a backup: DuckDB lets one process in, and that is the hub.

Who wants one makes `<file>.copy-wanted` and waits until it is gone; then `<file>.copy` is there,
or `<file>.copy-failed` says why not.  No port, no right beyond that to write in the folder.
"""

import time
from pathlib import Path
from typing import Protocol, runtime_checkable

from hub.clerk import Clerk

LOOK_S = 1.0


@runtime_checkable
class Copied(Protocol):
    """A store that can copy itself to a file."""

    def copy_to(self, target: Path) -> None: ...


class NoCopy(Exception):
    """The hub did not copy its series; says why."""

    def __init__(self, *, path: Path, why: str) -> None:
        self.path = path
        self.why = why
        super().__init__(f"{path}: no copy: {why}")


def wanted(path: Path) -> Path:
    return path.with_name(f"{path.name}.copy-wanted")


def copied(path: Path) -> Path:
    return path.with_name(f"{path.name}.copy")


def failed(path: Path) -> Path:
    return path.with_name(f"{path.name}.copy-failed")


def copyist(path: Path, store: Copied) -> Clerk:
    """The part of the hub that copies when it is asked to."""
    return Clerk("series-copies", lambda: copy_if_wanted(path, store), every_s=LOOK_S)


def copy_if_wanted(path: Path, store: Copied) -> None:
    if not wanted(path).exists():
        return
    try:
        store.copy_to(copied(path))
    except OSError as trouble:
        copied(path).unlink(missing_ok=True)
        failed(path).write_text(str(trouble), encoding="utf-8")
    wanted(path).unlink(missing_ok=True)


def ask(path: Path, patience_s: float) -> Path:
    """The copy that a running hub made; the caller moves it away.  Raises NoCopy."""
    for left_over in (copied(path), failed(path)):
        left_over.unlink(missing_ok=True)
    wanted(path).touch(mode=0o600)
    end = time.monotonic() + patience_s
    while wanted(path).exists():
        if time.monotonic() > end:
            wanted(path).unlink(missing_ok=True)
            raise NoCopy(path=path, why=f"no hub made one within {patience_s:.0f} s")
        time.sleep(LOOK_S / 10)
    if failed(path).exists():
        why = failed(path).read_text(encoding="utf-8")
        failed(path).unlink()
        raise NoCopy(path=path, why=why)
    return copied(path)
