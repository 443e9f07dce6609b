"""Which encoding a text file has: UTF-8 with or without mark, UTF-16, Windows-1258."""

import codecs
import re
import unicodedata
from pathlib import Path
from typing import Literal

from hub.entrances.faults import Unusable

Encoding = Literal["auto", "utf-8", "utf-16", "windows-1258"]

CHUNK = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
          (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_TCVN3 = re.compile("[A-Za-z][¨©ª«¬\xad®µ¶·¸¹]|[¨©ª«¬\xad®µ¶·¸¹][a-z]")
"""Vowels and đ of the old TCVN3 (ABC) fonts, as Windows-1258 shows their bytes."""

SAVE_AS_UTF8 = "mở bằng Excel rồi lưu lại dạng «CSV UTF-8» hoặc .xlsx"


def detect(path: Path, wanted: Encoding = "auto") -> str:
    """The codec that reads the whole of `path`; raises Unusable with the byte where none does."""
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return _checked(path, codec)
    if wanted in ("auto", "utf-16") and head and head.count(0) > len(head) // 4:
        return _checked(path, "utf-16-be" if head[0] == 0 else "utf-16-le")
    if wanted != "auto":
        return _checked(path, "cp1258" if wanted == "windows-1258" else wanted)
    try:
        return _checked(path, "utf-8")
    except Unusable as not_utf8:
        try:
            return _checked(path, "cp1258")
        except Unusable as neither:
            raise (neither if "TCVN3" in neither.wrong else not_utf8) from None


def _checked(path: Path, codec: str) -> str:
    """`codec`, if it reads every byte of the file."""
    decoder = codecs.getincrementaldecoder(codec)()
    with path.open("rb") as file:
        piece = b"start"
        while piece:
            start = file.tell() - len(decoder.getstate()[0])
            piece = file.read(CHUNK)
            try:
                _sane(decoder.decode(piece, final=not piece), codec)
            except UnicodeDecodeError as wrong:
                raise Unusable(
                    wrong=f"không đọc được chữ: byte thứ {start + wrong.start + 1} "
                    f"(0x{wrong.object[wrong.start]:02x}) không thuộc bảng mã {codec}",
                    remedy=SAVE_AS_UTF8,
                ) from None
    return codec


def _sane(text: str, codec: str) -> None:
    if "\0" in text:
        raise Unusable(wrong="tệp nhị phân, không phải văn bản", remedy="gửi tệp .csv hoặc .xlsx")
    if codec == "cp1258" and _TCVN3.search(text):
        raise Unusable(
            wrong="chữ theo phông cũ TCVN3 (ABC), không phải Unicode",
            remedy="đổi sang Unicode (Unikey: Ctrl+Shift+F6) rồi lưu lại",
        )


def composed(text: str) -> str:
    """NFC: Windows-1258 and some keyboards write a letter and its tone as two characters."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
