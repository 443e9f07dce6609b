"""A file as a table, by what its first bytes say; what is no table is refused with a remedy."""

from collections.abc import Collection
from pathlib import Path

from hub.entrances import csv_table, xlsx_table
from hub.entrances.encoding import Encoding
from hub.entrances.faults import Unusable
from hub.entrances.limits import Limits
from hub.entrances.table import Table

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml")


def read(
    path: Path,
    limits: Limits,
    *,
    sheet: str | int | None = None,
    encoding: Encoding = "auto",
    delimiter: str = "auto",
    expected: Collection[str] = (),
) -> Table:
    """The table in `path`; raises Unusable, also while its lines are read."""
    _sized(path, limits)
    with path.open("rb") as file:
        head = file.read(512)
    if path.suffix.lower() in (".xlsm", ".xltm", ".xlsb"):
        raise Unusable(
            wrong=f"tệp {path.suffix} có thể chứa macro", remedy="lưu lại dạng .xlsx (không macro)"
        )
    if head.startswith(OLE) or path.suffix.lower() == ".xls":
        raise Unusable(
            wrong="bảng tính .xls cũ, hoặc .xlsx có mật khẩu",
            remedy="mở bằng Excel, bỏ mật khẩu, lưu lại dạng .xlsx",
        )
    if head.startswith(ZIP):
        return xlsx_table.read(path, limits, sheet=sheet)
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(MARKUP):
        raise Unusable(
            wrong="trang web hoặc XML mang tên bảng tính",
            remedy="mở bằng Excel rồi lưu lại dạng .xlsx",
        )
    return csv_table.read(path, limits, encoding=encoding, delimiter=delimiter, expected=expected)


def _sized(path: Path, limits: Limits) -> None:
    size = path.stat().st_size
    if size == 0:
        raise Unusable(wrong="tệp rỗng", remedy="xuất lại tệp")
    if size > limits.max_file_bytes:
        raise Unusable(
            wrong=f"tệp nặng {size} byte, nhiều hơn {limits.max_file_bytes}",
            remedy="chia thành nhiều tệp nhỏ hơn",
        )
