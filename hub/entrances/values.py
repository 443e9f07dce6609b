"""What a cell means: numbers as Vietnamese write them, local dates, codes, yes and no.

Every function raises WrongValue with the remedy; none guesses between two readings.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Literal

from hub.entrances.faults import WrongValue, shown
from hub.entrances.table import Broken, Cell
from hub.wording import LOCAL

Decimal = Literal["comma", "point"]

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Beyond them a date is a slip of the pen (or a birthday, which no board needs)."""

LARGEST = 1e18
"""No figure of a district has more; what has is a slip of the keyboard, or no number at all."""

SERIAL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  (days as Excel counts them, local)

_NUMBERS = {
    "comma": re.compile(r"[-+]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?", re.ASCII),
    "point": re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", re.ASCII),
}
_EXAMPLES = {"comma": "1.234,5", "point": "1,234.5"}
_YES = {"có", "x", "1", "true", "yes", "đúng", "co", "rồi"}
_NO = {"không", "", "0", "false", "no", "sai", "khong", "chưa"}
_TOKENS = (("yyyy", "%Y"), ("dd", "%d"), ("HH", "%H"), ("MM", "%M"), ("SS", "%S"), ("mm", "%m"))


def unbroken(cell: Cell) -> Cell:
    """The cell, unless it holds no usable value."""
    if isinstance(cell, Broken):
        raise WrongValue(cell.wrong, cell.remedy)
    return cell


def text(cell: Cell) -> str:
    """As a person reads it: 20467, not 20467.0; ISO for dates; outer blanks gone."""
    cell = unbroken(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell).strip()


def number(cell: Cell, decimal: Decimal) -> float:
    """A finite number; text is read with the decimal sign of the mapping."""
    cell = unbroken(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if abs(cell) < LARGEST:
            return float(cell)
        raise WrongValue("số quá lớn hoặc không xác định", "kiểm tra lại số")
    if not isinstance(cell, str):
        raise WrongValue("không phải số", f"ghi số, ví dụ {_EXAMPLES[decimal]}")
    digits = re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))", "", cell.strip())
    digits = digits.replace("\u2212", "-")
    if not _NUMBERS[decimal].fullmatch(digits):
        raise WrongValue("không phải số", f"ghi số, ví dụ {_EXAMPLES[decimal]}")
    group, mark = (".", ",") if decimal == "comma" else (",", ".")
    value = float(digits.replace(group, "").replace(mark, "."))
    if not abs(value) < LARGEST:
        raise WrongValue("số quá lớn", "kiểm tra lại số")
    return value


def whole(cell: Cell, decimal: Decimal) -> int:
    value = number(cell, decimal)
    if not value.is_integer():
        raise WrongValue("không phải số nguyên", "ghi số nguyên")
    return int(value)


def flag(cell: Cell) -> bool:
    """Yes or no as Vietnamese forms say it."""
    said = text(cell).casefold()
    if said in _YES:
        return True
    if said in _NO:
        return False
    raise WrongValue("không phải có/không", "ghi Có hoặc Không")


@cache
def strptime_format(said: str) -> str:
    """`dd/mm/yyyy HH:MM` as strptime writes it; raises ValueError for what is no format."""
    made = said.replace("%", "%%")
    for token, directive in _TOKENS:
        made = made.replace(token, directive)
    rest = re.sub(r"%[YmdHMS]", "", made)
    if re.search(r"[A-Za-z%]", rest) or "%Y" not in made or "%m" not in made:
        raise ValueError(f"{said!r} is no date format: use dd, mm, yyyy, HH, MM, SS")
    return made


@lru_cache(maxsize=4_096, typed=True)  # the rows of a table share few dates
def local_time(cell: Cell, formats: tuple[str, ...]) -> datetime:
    """An aware local time; `formats` are `iso`, `serial` or like `dd/mm/yyyy HH:MM`."""
    cell = unbroken(cell)
    found = _native(cell, formats) or _written(text(cell), formats)
    if found is None:
        raise WrongValue("không phải ngày tháng", f"ghi theo dạng {' hoặc '.join(formats)}")
    if not FIRST_YEAR <= found.year < LAST_YEAR:
        raise WrongValue(
            f"năm {found.year} không hợp lý", f"năm từ {FIRST_YEAR} đến {LAST_YEAR - 1}"
        )
    return found if found.tzinfo else found.replace(tzinfo=LOCAL)


def moment(cell: Cell, formats: tuple[str, ...]) -> datetime:
    return local_time(cell, formats).astimezone(UTC)


def _native(cell: Cell, formats: tuple[str, ...]) -> datetime | None:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    if isinstance(cell, bool) or "serial" not in formats:
        return None
    if isinstance(cell, str) and re.fullmatch(r"\d{5}(\.\d+)?", cell.strip()):
        cell = float(cell)
    if isinstance(cell, int | float) and 0 < cell < 100_000:
        seconds = round(cell * 86_400)  # a double holds a day's fraction to microseconds
        return SERIAL_EPOCH + timedelta(seconds=seconds)
    return None


def _written(said: str, formats: tuple[str, ...]) -> datetime | None:
    for each in formats:
        try:
            if each == "iso":
                return datetime.fromisoformat(said)
            if each != "serial":
                return datetime.strptime(said, strptime_format(each))  # noqa: DTZ007  (local)
        except ValueError:
            continue
    return None


_ACCENTS = str.maketrans("đĐ", "dD")


def slug(said: str) -> str:
    """`45/QĐ-UBND` as a code: accents gone, anything else a hyphen."""
    plain = unicodedata.normalize("NFD", said.translate(_ACCENTS))
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    return re.sub(r"[^A-Za-z0-9._:/-]+", "-", plain).strip("-._:/")


_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")


def code(said: str) -> str:
    if not said:
        raise WrongValue("thiếu mã", "điền mã")
    if not _CODE.fullmatch(said):
        raise WrongValue(
            f"«{shown(said)}» không phải mã",
            "mã gồm chữ không dấu, số và . _ : / -, dài nhất 64 ký tự; "
            "hoặc thêm tên này vào bảng đổi mã của tệp ánh xạ",
        )
    return said
