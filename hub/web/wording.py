"""How figures and states are said on the pages: Vietnamese, local time, 24 hours."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from hub import wording as words
from hub.incidents import CLOSES_BY_ITSELF
from hub.web.board import DeviceState, DeviceView
from hub.wording import LOCAL, away, clarity, quarter

STATES = {
    DeviceState.ONLINE: "hoạt động",
    DeviceState.LATE: "báo chậm",
    DeviceState.BLIND: "không nhìn thấy",
    DeviceState.SILENT: "im lặng",
    DeviceState.OFFLINE: "mất liên lạc",
}
VERDICTS = words.VERDICTS
__all__ = ["clarity"]
KNOWN = "Đã biết"
"""The only verdict on a machine's trouble: nobody confirms a fire of a box."""
SEVERITIES = {
    "info": "thông tin", "warning": "cần xem", "major": "khẩn", "critical": "rất khẩn",
}  # fmt: skip
ACTIONS = {
    "opened": "Mở", "severity": "Đổi mức độ", "joined": "Thêm nguồn nhìn thấy",
    "cleared": "Không còn thấy", "returned": "Thấy trở lại", "acknowledged": "Đã xử lý",
    "closed": "Đóng", "continued": "Vẫn còn thấy",
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


def when(moment: datetime, now: datetime) -> str:
    """`14:05:09`; of another day than today `14:05:09 ngày 25/11/2026`."""
    return at(moment) if day(moment) == day(now) else words.clock(moment)


def day(moment: datetime) -> str:
    return moment.astimezone(LOCAL).strftime("%d/%m/%Y")


def bearing(degrees: float) -> str:
    """`125° (Đông Nam)`."""
    return f"{degrees:.0f}° ({quarter(degrees)})"


def aimed(camera: str, degrees: float) -> str:
    """Where a camera looks or saw something; one called `hướng tây` needs no second direction."""
    if "hướng" in camera.casefold():
        return f"phương vị {degrees:.0f}°"
    return f"hướng {bearing(degrees)}"


def looking(incident: Row[Any]) -> str:
    """`Tháp Prao · hướng đông bắc, phương vị 27°`."""
    if incident.bearing_deg is None:
        return str(incident.camera_title)
    return f"{incident.camera_title}, {aimed(incident.camera_title, incident.bearing_deg)}"


def points(score: float) -> str:
    """`0,49`: a score is no share of a hundred."""
    return words.number(score, 2)


def state(device: DeviceView) -> str:
    """`mất liên lạc (đứt kết nối)`."""
    word = STATES[device.state]
    away_ = device.reason if device.state is DeviceState.OFFLINE else ""
    return f"{word} ({away(away_)})" if away_ else word


def verdict(incident: Row[Any]) -> str:
    """What a person said; of a machine's trouble, only that it is known."""
    return KNOWN if incident.type in CLOSES_BY_ITSELF else VERDICTS[incident.verdict]


def detail(incident: Row[Any], text: str) -> str:
    """A line of the history, its codes in words: `false-alarm: Mây` is `Báo động giả: Mây`."""
    code, colon, rest = text.partition(": ")
    if code in VERDICTS:
        return f"{verdict(incident)}{colon}{rest}"
    said = SEVERITIES.get(text, text)
    return said[:1].upper() + said[1:]


def actor(name: str) -> str:
    return "hệ thống" if name == "hub" else name
