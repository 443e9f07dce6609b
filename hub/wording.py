"""What people read about an incident: Vietnamese, local time, 24 hours."""

from datetime import datetime
from zoneinfo import ZoneInfo

from contracts.sighting import Label

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")

QUARTERS = ("Bắc", "Đông Bắc", "Đông", "Đông Nam", "Nam", "Tây Nam", "Tây", "Tây Bắc")
REASONS_AWAY = {"connection lost": "đứt kết nối", "stopped": "phần mềm được tắt"}
"""What a box says of its own absence, for people."""
VERDICTS = {
    "confirmed": "Xác nhận cháy",
    "false-alarm": "Báo động giả",
    "controlled-burn": "Đốt có kiểm soát",
}
SEEN = {Label.SMOKE: "khói", Label.FIRE: "lửa"}


def clock(moment: datetime) -> str:
    """`14:05:09 ngày 01/04/2026`."""
    return moment.astimezone(LOCAL).strftime("%H:%M:%S ngày %d/%m/%Y")


def quarter(bearing_deg: float) -> str:
    """The name of the nearest of eight directions."""
    return QUARTERS[round(bearing_deg / 45) % 8]


def eye(device_title: str, camera_title: str) -> str:
    """What people call a camera: `Tháp Prao · hướng đông bắc`."""
    return f"{device_title} · {camera_title}"


def clarity(score: float) -> str:
    """A score in words: it is no probability, and people do not think in hundredths."""
    return "rõ" if score >= 0.7 else "khá rõ" if score >= 0.45 else "cần xem kỹ"


def away(reason: str) -> str:
    """Why a device is offline; words that we do not know stay as they came."""
    return REASONS_AWAY.get(reason, reason)


def percent(fraction: float) -> str:
    return f"{fraction * 100:.0f} %"


def number(value: float, decimals: int = 0) -> str:
    """`1.234,5`, as Vietnamese writes it."""
    return in_vietnamese(f"{value:,.{decimals}f}")


def in_vietnamese(plain: str) -> str:
    """A number as Python groups it, with the district's comma and points."""
    return plain.translate(str.maketrans(",.", ".,"))


def marked(text: str, *, drill: bool, late: bool) -> str:
    """Says first what a reader must know before anything else."""
    text = f"Tin đến muộn: {text}" if late else text
    return f"[DIỄN TẬP] {text}" if drill else text


def small(name: str) -> str:
    """A name inside a sentence: `Tháp Prao` becomes `tháp Prao`, `Xã Ba` becomes `xã Ba`."""
    head, space, rest = name.partition(" ")
    common = head in ("Xã", "Thị", "Tháp", "Trạm", "Camera", "Ngã", "Cầu", "Đường")
    return f"{head.lower()}{space}{rest}" if common else name
