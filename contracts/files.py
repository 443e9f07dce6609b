"""Files that are there as a whole or not at all, however the power goes."""

import os
from pathlib import Path

PRIVATE, PUBLIC = 0o600, 0o644


def replace(path: Path, content: bytes, mode: int = PUBLIC) -> None:
    """Writes beside `path`, syncs, and renames over it; nobody sees a half.

    What root writes belongs to the owner of the folder, for that is the service that reads it.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    try:
        _write(beside, content, mode)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    sync(path.parent)


def create(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Raises FileExistsError rather than overwrite."""
    _write(path, content, mode)
    sync(path.parent)


def promote(part: Path, path: Path) -> None:
    """`part`, written by and by, is complete: synced, and `path` from now on."""
    sync(part)
    part.replace(path)
    sync(path.parent)


def _write(path: Path, content: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        if os.geteuid() == 0:
            folder = path.parent.stat()
            os.fchown(handle, folder.st_uid, folder.st_gid)
        file.write(content)
        file.flush()
        os.fchmod(handle, mode)
        os.fsync(handle)


def sync(path: Path) -> None:
    """A file, or a folder with the names in it, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
