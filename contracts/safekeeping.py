"""Backups on disk: one folder each, named after its moment, whole or not there, with a manifest.

A folder is filled under a hidden name, summed and synced, and only then renamed.
"""

import contextlib
import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from contracts import files

MANIFEST = "manifest.json"
STAMP = "%Y-%m-%dT%H-%M-%SZ"


class Damaged(Exception):
    """A backup that is not what was written."""

    def __init__(self, *, path: Path, why: str) -> None:
        self.path = path
        self.why = why
        super().__init__(f"backup {path}: {why}")


@contextmanager
def filling(out: Path, kind: str, now: datetime) -> Iterator[Path]:
    """A folder to write a backup of `kind` into; afterwards `out/<now>` is whole.

    If the body raises, nothing is left.
    """
    if place(out, now).exists():
        raise FileExistsError(f"{place(out, now)} is there: one backup a second")
    fresh = out / f".{now.strftime(STAMP)}.partial"
    fresh.mkdir(parents=True, mode=0o700)
    try:
        yield fresh
        _seal(fresh, kind, now)
        fresh.rename(place(out, now))
        files.sync(out)
    finally:
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(fresh)


def place(out: Path, now: datetime) -> Path:
    return out / now.strftime(STAMP)


def prune(out: Path, keep: int) -> list[Path]:
    """Deletes all but the newest `keep` whole backups; what was deleted."""
    whole = sorted(each.parent for each in out.glob(f"[0-9]*/{MANIFEST}"))
    old = whole[: max(len(whole) - keep, 0)]
    for each in old:
        shutil.rmtree(each)
    return old


def check(folder: Path, kind: str) -> None:
    """Raises Damaged unless every file is as it was written, and `folder` is a `kind`."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        held, listed = manifest["kind"], dict(manifest["files"])
    except (OSError, ValueError, KeyError) as trouble:
        raise Damaged(path=folder, why=f"no manifest can be read ({trouble})") from None
    if held != kind:
        raise Damaged(path=folder, why=f"it holds {held!r}, not {kind!r}")
    for name, known in listed.items():
        if not (folder / name).is_file():
            raise Damaged(path=folder, why=f"{name} is missing")
        if digest(folder / name) != known["sha256"]:
            raise Damaged(path=folder, why=f"{name} is not as it was written")


def copy_sqlite(source: Path, target: Path) -> None:
    """A consistent copy of a database in use, proven readable; writers do not wait.

    Raises Damaged, sqlite3.Error.
    """
    with (
        closing(sqlite3.connect(source, timeout=30)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
        [[said]] = copy.execute("PRAGMA quick_check(1)").fetchall()
    if said != "ok":
        raise Damaged(path=source, why=str(said))


def digest(path: Path) -> str:
    """SHA-256, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal(folder: Path, kind: str, now: datetime) -> None:
    """Private modes, everything on the disk, the manifest last."""
    known = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        path.chmod(0o600)
        known[str(path.relative_to(folder))] = {
            "sha256": digest(path), "bytes": path.stat().st_size,
        }  # fmt: skip
        files.sync(path)
    manifest = {
        "kind": kind, "at": now.isoformat(), "software": version("dong-giang-ioc"), "files": known,
    }  # fmt: skip
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    files.sync(folder / MANIFEST)
    for each in [*(each for each in folder.rglob("*") if each.is_dir()), folder]:
        files.sync(each)
