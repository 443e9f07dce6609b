"""What an XLSX file is allowed to be, looked at before any of it is parsed.

It is a ZIP of XML: declared sizes are believed, because Python's zipfile gives no more bytes than
declared.  Scanning the sheet as bytes counts its rows and finds its formulas and merged cells at
the speed of unpacking.
"""

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from openpyxl.utils.cell import range_boundaries

from hub.entrances.faults import Unusable
from hub.entrances.limits import Limits
from hub.entrances.table import Merged

CHUNK = 1 << 20
OVERLAP = 256
MAX_PARTS = 2_000
MAX_MERGED = 10_000
MAX_OTHER_BYTES = 64_000_000
"""Of all parts that are no sheets, unpacked: texts and styles are held in memory as a whole, some
three times as large as in the file."""

_ACTIVE = (
    ("vbaproject.bin", "macro", "lưu lại dạng .xlsx (không macro)"),
    ("xl/externallinks/", "liên kết tới tệp khác", "Excel: Dữ liệu → Sửa liên kết → Ngắt liên kết"),
    ("xl/connections.xml", "kết nối dữ liệu ngoài", "xoá kết nối, chỉ giữ giá trị"),
    ("xl/embeddings/", "tệp nhúng", "xoá đối tượng nhúng"),
    ("xl/activex/", "điều khiển ActiveX", "xoá điều khiển"),
)
_SHEET = re.compile(r"sheets?/[^/]+\.xml$", re.IGNORECASE)
_ROW = re.compile(rb"<(?:\w+:)?row[\s>/]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']([A-Za-z0-9:$]{1,32})["']""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What the bytes of a sheet say."""

    rows: int
    formulas: bool
    merged: tuple[Merged, ...]


def inspect(path: Path, limits: Limits) -> list[str]:
    """The parts that are sheets; raises Unusable for bombs, macros, links to elsewhere, and what
    is no workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise damaged() from None
    names = {entry.filename.lower() for entry in entries}
    if "xl/workbook.xml" not in names:
        raise Unusable(
            wrong="không phải bảng tính .xlsx", remedy="gửi tệp .xlsx hoặc .csv, không nén"
        )
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.max_unpacked_bytes or len(entries) > MAX_PARTS:
        raise Unusable(
            wrong=f"tệp nở ra {unpacked} byte trong {len(entries)} phần, nhiều hơn "
            f"{limits.max_unpacked_bytes} byte hoặc {MAX_PARTS} phần",
            remedy="chia thành nhiều tệp nhỏ hơn",
        )
    sheets = [entry.filename for entry in entries if _SHEET.search(entry.filename)]
    others = sum(entry.file_size for entry in entries if entry.filename not in sheets)
    if others > MAX_OTHER_BYTES:
        raise Unusable(
            wrong=f"{others} byte chữ, định dạng và ảnh, nhiều hơn {MAX_OTHER_BYTES}",
            remedy="xoá ảnh, hoặc chia thành nhiều tệp nhỏ hơn, hoặc gửi dạng .csv",
        )
    for part, what, remedy in _ACTIVE:
        if any(part in name for name in names):
            raise Unusable(wrong=f"bảng tính chứa {what}", remedy=remedy)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unusable(wrong="tệp có mật khẩu", remedy="bỏ mật khẩu rồi lưu lại")
    return sheets


def scan(path: Path, part: str) -> Scan:
    """Rows, formulas and merged cells of the sheet at `part` of the archive."""
    rows, formulas, areas, tail = 0, False, set[bytes](), b""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(part) as sheet:
            while piece := sheet.read(CHUNK):
                _plain(piece if not tail else b"")
                text = tail + piece
                rows += sum(match.end() > len(tail) for match in _ROW.finditer(text))
                formulas = formulas or _FORMULA.search(text) is not None
                areas |= set(_MERGED.findall(text))
                if len(areas) > MAX_MERGED:
                    raise Unusable(
                        wrong=f"hơn {MAX_MERGED} vùng ô gộp", remedy="bỏ gộp ô trong vùng dữ liệu"
                    )
                tail = text[-OVERLAP:]
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, RuntimeError, OSError):
        raise damaged() from None
    return Scan(rows=rows, formulas=formulas, merged=_areas(areas))


def _plain(start: bytes) -> None:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start[:64]:
        raise Unusable(wrong="trang tính không phải UTF-8", remedy="mở bằng Excel rồi lưu lại")


def _areas(found: set[bytes]) -> tuple[Merged, ...]:
    merged = []
    for area in found:
        try:
            left, top, right, bottom = range_boundaries(area.decode())
        except (ValueError, TypeError):
            raise damaged() from None
        if None in (left, top, right, bottom):
            raise damaged()
        merged.append(
            Merged(
                first_row=int(top or 0), last_row=int(bottom or 0),
                first_column=int(left or 0), last_column=int(right or 0),
            )
        )  # fmt: skip
    return tuple(sorted(merged, key=lambda each: (each.first_row, each.first_column)))


def damaged() -> Unusable:
    return Unusable(wrong="tệp .xlsx hỏng", remedy="mở bằng Excel rồi lưu lại dạng .xlsx")
