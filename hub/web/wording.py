"""How figures and states are said on the pages: Vietnamese, local time, 24 hours."""

from datetime import datetime

from hub.web.board import DeviceState
from hub.wording import LOCAL, quarter

STATES = {
    DeviceState.ONLINE: "hoạt động",
    DeviceState.LATE: "báo chậm",
    DeviceState.BLIND: "không nhìn thấy",
    DeviceState.SILENT: "im lặng",
    DeviceState.OFFLINE: "mất liên lạc",
}
VERDICTS = {
    "confirmed": "Xác nhận cháy",
    "false-alarm": "Báo động giả",
    "controlled-burn": "Đốt có kiểm soát",
}
ACTIONS = {
    "opened": "Mở", "severity": "Đổi mức độ", "joined": "Thêm camera nhìn thấy",
    "cleared": "Không còn thấy", "returned": "Thấy trở lại", "acknowledged": "Đã xử lý",
    "closed": "Đóng",
}  # fmt: skip
REASONS = (
    "Mây, sương mù",
    "Khói bếp, đốt rác",
    "Nắng chói, phản chiếu",
    "Đèn, xe",
    "Bụi, hơi nước",
)


def ago(moment: datetime, now: datetime) -> str:
    """`vừa xong`, `3 phút trước`, `2 giờ trước`, `5 ngày trước`."""
    return f"{span((now - moment).total_seconds())} trước" if now > moment else "vừa xong"


def span(seconds: float) -> str:
    """A length of time in its largest fitting unit."""
    seconds = max(0.0, seconds)
    for unit, length in (("ngày", 86_400), ("giờ", 3_600), ("phút", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds)} giây"


def at(moment: datetime) -> str:
    """`14:05:09` today's way; the date stands beside where it matters."""
    return moment.astimezone(LOCAL).strftime("%H:%M:%S")


def day(moment: datetime) -> str:
    return moment.astimezone(LOCAL).strftime("%d/%m/%Y")


def bearing(degrees: float) -> str:
    """`125° (Đông Nam)`."""
    return f"{degrees:.0f}° ({quarter(degrees)})"


def surely(score: float | None) -> str:
    """A score in words: people do not think in hundredths."""
    if score is None:
        return ""
    words = "rất rõ" if score >= 0.7 else "khá rõ" if score >= 0.45 else "cần xem kỹ"
    return f"{words} ({score * 100:.0f}%)"
