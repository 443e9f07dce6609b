"""Files that are there as a whole, and belong to who reads them."""

import os
from pathlib import Path

import pytest

from contracts import files

NOBODY = 65534


def test_a_file_is_replaced_with_the_mode_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("old")
    files.replace(path, b"new", files.PRIVATE)
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == files.PRIVATE
    assert [each.name for each in tmp_path.iterdir()] == ["key"]


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    files.create(tmp_path / "key", b"first")
    with pytest.raises(FileExistsError):
        files.create(tmp_path / "key", b"second")
    assert (tmp_path / "key").read_bytes() == b"first"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root writes for others")
def test_what_root_writes_belongs_to_who_owns_the_folder(tmp_path: Path) -> None:
    os.chown(tmp_path, NOBODY, NOBODY)
    files.replace(tmp_path / "hub.pem", b"key", files.PRIVATE)
    files.create(tmp_path / "pass", b"word")
    for path in tmp_path.iterdir():
        assert (path.stat().st_uid, path.stat().st_gid) == (NOBODY, NOBODY)
        assert path.stat().st_mode & 0o777 == files.PRIVATE
