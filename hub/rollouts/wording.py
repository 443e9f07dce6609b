"""Updates in the words of the people at the desk."""

from typing import Any

from sqlalchemy import Row

from contracts.rollout import Phase
from contracts.update import What

KINDS_VI = {What.MODEL: "mô hình nhận dạng", What.CONFIGURATION: "cài đặt"}
PHASES_VI = {
    Phase.IDLE: "không có bản mới",
    Phase.WAITING: "đang chờ",
    Phase.FETCHING: "đang tải",
    Phase.TESTING: "đang tự kiểm tra",
    Phase.TRIAL: "đang chạy thử",
    Phase.SETTLED: "chạy ổn định",
    Phase.FAILED: "không dùng được bản mới",
}


def phase_vi(phase: str | None) -> str:
    """None: the box has not said anything of it."""
    return "chưa trả lời" if phase is None else PHASES_VI[Phase(phase)]


def line_vi(state: Row[Any]) -> str:
    """What a box runs of one kind and how far it is: `mô hình nhận dạng tiny 2, chạy ổn định`."""
    runs = f"{state.name} {state.version}" if state.running else "của trạm"
    why = f": {state.reason}" if state.reason else ""
    return f"{KINDS_VI[What(state.what)]} {runs}, {phase_vi(state.phase)}{why}"
