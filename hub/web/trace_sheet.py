"""The rows behind a term as a table, for a spreadsheet."""

from collections.abc import Callable, Iterator

from hub.web import figure_wording as said
from hub.web.sheet import Cell
from hub.web.trace import Rows

TOLD = (
    "đơn vị", "mã đơn vị", "từ", "đến", "giá trị", "báo lúc", "nguồn", "người gửi", "số lần sửa",
    "ghi chú",
)  # fmt: skip
CASES = (
    "loại", "mã", "đơn vị", "trạng thái", "hạn", "tiếp nhận", "hạn trả", "xong", "ghi chú",
)  # fmt: skip
STORIES = (
    "đăng lúc", "nguồn", "tiêu đề", "địa chỉ", "giọng", "chủ đề", "bản gần giống", "ghi chú",
)  # fmt: skip


def table(
    rows: Rows, name_of: Callable[[str], str]
) -> tuple[tuple[str, ...], Iterator[tuple[Cell, ...]]]:
    """Head and lines; `name_of` names a unit."""
    if rows.entries:
        return CASES, _cases(rows, name_of)
    if rows.stories:
        return STORIES, _stories(rows)
    return TOLD, _told(rows, name_of)


def _told(rows: Rows, name_of: Callable[[str], str]) -> Iterator[tuple[Cell, ...]]:
    for one in rows.told:
        yield (
            name_of(one.unit), one.unit, one.period_start, one.period_end, one.value,
            one.recorded_at, one.source, one.actor, len(one.corrections), _note(one.demo),
        )  # fmt: skip


def _cases(rows: Rows, name_of: Callable[[str], str]) -> Iterator[tuple[Cell, ...]]:
    for one in rows.entries:
        yield (
            one.type_vi, one.case, name_of(one.unit), one.state_vi, one.flag.value,
            one.received_at, one.due_at, one.finished_at, _note(one.demo),
        )  # fmt: skip


def _stories(rows: Rows) -> Iterator[tuple[Cell, ...]]:
    for one in rows.stories:
        yield (
            one.published_at, one.source, one.title, one.url, said.tone(one.tone),
            ", ".join(one.topics), one.copies, _note(one.demo),
        )  # fmt: skip


def _note(demo: bool) -> str:
    return said.SIMULATED if demo else ""
