"""What must never enter: state secrets.  What need not: the numbers that name a person.

A body with a secrecy mark is refused and nothing of it is kept, not even in the quarantine or a
log.  Numbers of persons inside texts (identity card, phone, e-mail) are blacked out before a text
is stored: no board needs them (Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15).
"""

import re
import unicodedata
from collections.abc import Mapping
from itertools import filterfalse

MARK_NAMES = frozenset({"secrecy", "do_mat", "muc_do_mat", "mat", "classification"})
OPEN_MARKS = frozenset({"", "khong", "khong mat", "thuong", "none", "open", "false"})
"""Values of a secrecy attribute that say that a thing is not secret."""

_MARK = "(?:tuyet mat|toi mat|mat)"
_STAMP = re.compile(rf"^[\W_]*{_MARK}[\W_]*$|[\[(]\s*{_MARK}\s*[\])]|\bdo mat\s*[:=]\s*{_MARK}\b")
"""The stamp of a document on one plain line: alone, in brackets, or named; not the word inside a
sentence ("bí mật", "mật ong", "toi mat xe")."""
_CAPITALS = re.compile(r"\b(?:TUYỆT|TỐI) MẬT\b")

_PERSON = (
    (re.compile(r"(?<![\w.])\d{3} ?\d{3} ?\d{3} ?\d{3}(?![\w.]?\d)"), "[số định danh]"),
    (re.compile(r"(?<![\d.,])(?:\+?84|0)(?:[ .-]?\d){9,10}(?![\d.,]*\d)"), "[điện thoại]"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[thư điện tử]"),
)


class Secret(ValueError):
    """Says where the mark stands, never what was marked."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(f"{field}: carries a state-secret mark; such documents never enter here")


def check(attributes: Mapping[str, object], *texts: str) -> None:
    """Raises Secret."""
    for name, value in attributes.items():
        if (
            re.sub(r"[\s-]+", "_", plain(name)) in MARK_NAMES
            and plain(str(value)) not in OPEN_MARKS
        ):
            raise Secret(name)
    for value in (*attributes.values(), *texts):
        if isinstance(value, str) and _stamped(value):
            raise Secret("text")


def _stamped(text: str) -> bool:
    folded = plain(text)
    if "mat" not in folded:
        return False
    return bool(_CAPITALS.search(unicodedata.normalize("NFC", text))) or any(
        _STAMP.search(line) for line in folded.splitlines()
    )


def without_persons(text: str) -> str:
    """`text` with the numbers and addresses of persons blacked out."""
    for pattern, instead in _PERSON:
        text = pattern.sub(instead, text)
    return text


def plain(text: str) -> str:
    """Lower case without accents; `đ` is `d`."""
    folded = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(filterfalse(unicodedata.combining, folded)).strip()
