"""Bands, targets and grounds of indicators in Vietnamese, for pages and the command line."""

from hub.catalogue.grade import Bands, Direction
from hub.catalogue.periods import Span
from hub.catalogue.records import Basis, Indicator
from hub.wording import in_vietnamese

PERIODS = {
    Span.HOUR: "giờ",
    Span.DAY: "ngày",
    Span.WEEK: "tuần",
    Span.MONTH: "tháng",
    Span.QUARTER: "quý",
    Span.YEAR: "năm",
}


def number(value: float) -> str:
    """`1.234,5`, as people of the district write it; no more digits than needed."""
    return in_vietnamese(f"{value:,.6f}".rstrip("0").rstrip("."))


def target(indicator: Indicator) -> str:
    """`≥ 95`; empty where nothing is set."""
    if indicator.target is None:
        return ""
    sign = {Direction.UP: "≥ ", Direction.DOWN: "≤ "}.get(indicator.direction, "")
    return sign + number(indicator.target)


def bands(indicator: Indicator) -> str:
    """`đạt ≥ 95; cần chú ý ≥ 90; không đạt < 90`; says when an indicator is not judged."""
    if indicator.bands is None:
        return "không xếp màu"
    said = _borders(indicator.bands, indicator.direction)
    if indicator.bands.hysteresis:
        said += f" (đổi màu tốt lên khi vượt ngưỡng {number(indicator.bands.hysteresis)})"
    return said


def _borders(bands: Bands, direction: Direction) -> str:
    green, yellow = bands.green, bands.yellow
    if isinstance(green, tuple) or isinstance(yellow, tuple):
        inside, around = _range(green), _range(yellow)
        return f"đạt {inside}; cần chú ý {around}; không đạt ngoài {around}"
    good, bad = ("≥", "<") if direction is Direction.UP else ("≤", ">")
    between = "" if green == yellow else f"cần chú ý {good} {number(yellow)}; "
    return f"đạt {good} {number(green)}; {between}không đạt {bad} {number(yellow)}"


def _range(band: float | tuple[float, float]) -> str:
    low, high = band if isinstance(band, tuple) else (band, band)
    return f"{number(low)}–{number(high)}"


def grounds(basis: Basis) -> str:
    """`NĐ 30/2020 (tin cậy cao, …)`."""
    return f"{basis.text} ({basis.confidence.words_vi})"


def force(indicator: Indicator) -> str:
    """`từ 01/07/2025`; empty for one without dates."""
    words = [("từ", indicator.effective_from), ("trước", indicator.effective_to)]
    return ", ".join(f"{word} {day:%d/%m/%Y}" for word, day in words if day)
