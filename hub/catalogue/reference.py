"""`docs/indicators.md`: the shipped catalogue as tables in Vietnamese, one for each subsystem."""

from collections.abc import Iterator

from hub.catalogue import wording
from hub.catalogue.loader import load
from hub.catalogue.records import Catalogue, Indicator, Measure, Subsystem

HEAD = """# Danh mục chỉ số

*(The indicator catalogue, in Vietnamese. Written by `make reference` from `hub/catalogue/data`.)*

Mỗi chỉ số có công thức, chỉ tiêu, ngưỡng màu, căn cứ và nơi phụ trách. Màu không bao giờ đứng một
mình: xanh là **đạt**, vàng là **cần chú ý**, đỏ là **không đạt**; không đủ số liệu là **chưa có
số liệu**, không phải 0. Căn cứ ghi rõ mức tin cậy; ngưỡng "đề xuất của hệ thống" không phải quy
định. Thêm phân hệ: [ninth-subsystem.md](ninth-subsystem.md).

Công thức: `sum` tổng, `mean` trung bình, `last` số mới nhất của từng đơn vị rồi cộng, `max` lớn
nhất, `min` nhỏ nhất của số liệu trong kỳ, của đơn vị và các đơn vị trực thuộc; `count(loại, điều
kiện)` đếm hồ sơ, văn bản, phản ánh; `mentions(chủ đề, sắc thái)` đếm tin; `previous` kỳ trước;
`last_year` cùng kỳ năm trước. Thiếu số liệu hoặc mẫu số bằng 0 thì không có kết quả và có lý do.
"""

INDICATORS = """| chỉ số | công thức | đơn vị tính, kỳ | chỉ tiêu | ngưỡng | căn cứ | phụ trách |
|---|---|---|---|---|---|---|"""
MEASURES = """| số liệu | tên | đơn vị tính, kỳ | cấp báo cáo | hạn | nguồn |
|---|---|---|---|---|---|"""


def page() -> str:
    """Markdown of the whole shipped catalogue, versions that are no more included."""
    catalogue = load()
    parts = [HEAD, *(_section(catalogue, each) for each in catalogue.subsystems.values())]
    return "\n".join(parts)


def _section(catalogue: Catalogue, subsystem: Subsystem) -> str:
    def of(identity: str) -> bool:
        return catalogue.subsystem_of(identity) == subsystem.id

    indicators = [_indicator(each) for each in catalogue.indicators if of(each.id)]
    measures = [_measure(catalogue, each) for each in catalogue.measures.values() if of(each.id)]
    parts = [f"## {subsystem.name_vi}\n", f"`{subsystem.id}`, {subsystem.name_en}\n"]
    parts += [INDICATORS, *indicators]
    if measures:
        parts += ["\nSố liệu đầu vào:\n", MEASURES, *measures]
    return "\n".join(parts) + "\n"


def _indicator(indicator: Indicator) -> str:
    dates = wording.force(indicator)
    name = f"**{indicator.name_vi}**<br>`{indicator.id}`" + (f"<br>{dates}" if dates else "")
    return _row(
        name,
        f"`{indicator.formula}`",
        _unit(indicator),
        wording.target(indicator),
        wording.bands(indicator),
        "<br>".join(wording.grounds(each) for each in indicator.basis),
        indicator.owner,
    )


def _measure(catalogue: Catalogue, measure: Measure) -> str:
    return _row(
        f"`{measure.id}`",
        measure.name_vi,
        _unit(measure),
        catalogue.kinds[measure.level].name_vi,
        _due(measure),
        measure.source,
    )


def _unit(of: Indicator | Measure) -> str:
    return ", ".join(filter(None, (of.unit_vi, wording.PERIODS[of.period])))


def _due(measure: Measure) -> str:
    if measure.planned:
        return "trước hoặc trong kỳ"
    if measure.occasional:
        return "khi có việc"
    days = f"{measure.due_days} ngày sau kỳ" if measure.due_days else "trong kỳ"
    days += ", ngày làm việc" if measure.working_days else ""
    return f"{measure.due:%H:%M}, {days}" if measure.due else days


def _row(*cells: str) -> str:
    return f"| {' | '.join(_cells(cells))} |"


def _cells(cells: tuple[str, ...]) -> Iterator[str]:
    return (cell.replace("|", "\\|").replace("\n", " ") for cell in cells)
