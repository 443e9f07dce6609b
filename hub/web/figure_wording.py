"""How figures, periods, freshness and completeness are said on the boards, in Vietnamese."""

from datetime import datetime, time, timedelta

from hub.catalogue import wording as catalogue_wording
from hub.catalogue.formula import Joined, Leaf
from hub.catalogue.grade import Grade
from hub.catalogue.in_words import TONES, Names, leaf_words, words
from hub.catalogue.periods import Period, Span, containing
from hub.catalogue.records import Indicator
from hub.web.panorama import Point, Tile, key
from hub.web.spark import Spark, spark
from hub.web.told import Source
from hub.web.wording import ago
from hub.wording import LOCAL, number

NO_FIGURE = "chưa có số liệu"
SIMULATED = "DỮ LIỆU MÔ PHỎNG"
NOT_JUDGED = "không xếp màu"
LEVEL = "cấp"
"""A unit that people say before its number: `cấp 4`."""
SPARK_WIDTH, SPARK_HEIGHT = 240.0, 56.0
CHART_WIDTH, CHART_HEIGHT = 900.0, 240.0

target = catalogue_wording.target
bands = catalogue_wording.bands
grounds = catalogue_wording.grounds
force = catalogue_wording.force
period_key = key


def period(of: Period) -> str:
    """`13 giờ 25/11/2026`, `25/11/2026`, `tuần 23/11–29/11/2026`, `tháng 11/2026`, `quý 4/2026`."""
    start = of.start.astimezone(LOCAL)
    match of.span:
        case Span.HOUR:
            return f"{start.hour} giờ {start:%d/%m/%Y}"
        case Span.DAY:
            return f"{start:%d/%m/%Y}"
        case Span.WEEK:
            last = of.next().start.astimezone(LOCAL).toordinal() - 1
            return f"tuần {start:%d/%m}–{datetime.fromordinal(last):%d/%m/%Y}"
        case Span.MONTH:
            return f"tháng {start:%m/%Y}"
        case Span.QUARTER:
            return f"quý {(start.month + 2) // 3}/{start.year}"
        case _:
            return f"năm {start.year}"


def at(span: Span, start: datetime) -> str:
    """As `period`, of the one that begins at `start`."""
    return period(containing(span, start))


def stretch(start: datetime, end: datetime) -> str:
    """The period of a row, by its two ends; what is no period of the calendar keeps them."""
    for span in Span:
        of = containing(span, start)
        if (of.start, of.end) == (start, end):
            return period(of)
    return f"{moment(start)} – {moment(end)}"


def moment(at: datetime) -> str:
    """`08:30 25/11/2026`."""
    return f"{at.astimezone(LOCAL):%H:%M %d/%m/%Y}"


def deadline(at: datetime) -> str:
    """As `moment`; midnight is the end of the day before."""
    local = at.astimezone(LOCAL)
    if local.time() == time():
        return f"hết ngày {local - timedelta(days=1):%d/%m/%Y}"
    return moment(at)


def value(indicator: Indicator, figure: float | None) -> str:
    """`94,74`; what is missing is never a number.  A difference has its sign: `+2`, `−5`."""
    if figure is None:
        return NO_FIGURE
    said = number(figure, indicator.decimals).replace("-", "−")
    root = indicator.parsed.root
    is_difference = isinstance(root, Joined) and root.how == "-"
    return f"+{said}" if is_difference and figure > 0 else said


def is_level(indicator: Indicator) -> bool:
    return indicator.unit_vi == LEVEL


def plain(figure: float) -> str:
    """A figure as it was told: no more digits than it has."""
    return catalogue_wording.number(figure)


def unit(indicator: Indicator) -> str:
    return indicator.unit_vi


def grade(point: Point) -> str:
    """The word that stands beside each colour."""
    if point.grade is Grade.UNKNOWN and point.value is not None:
        return NOT_JUDGED
    return point.grade.words_vi


def missing(indicator: Indicator, point: Point, names: Names) -> str:
    """Why there is no figure, with the names of what is not there."""
    why = point.missing.removeprefix(f"{NO_FIGURE}: ")
    for leaf in indicator.parsed.leaves:
        if why == leaf.text:
            return f"thiếu {leaf_words(leaf, names)}"
    return why or "chưa tính được"


def change(tile: Tile, now: datetime) -> str:
    """`▲ tăng 1,2 so với kỳ trước`; a sign and a word, no colour.  What is not whole yet says so
    beside it: half a day has fewer visitors than a day."""
    if tile.change is None:
        return ""
    said = number(abs(tile.change), tile.indicator.decimals)
    if not said.strip("0,."):
        return "không đổi so với kỳ trước"
    return f"{'▲ tăng' if tile.change > 0 else '▼ giảm'} {said} so với kỳ trước{_yet(tile, now)}"


def _yet(tile: Tile, now: datetime) -> str:
    if tile.now.period.end > now:
        return " (kỳ này chưa hết)"
    weakest = tile.weakest
    return " (chưa đủ báo cáo)" if weakest is not None and weakest.told < weakest.of else ""


def reported(source: Source, kind: str) -> str:
    """`12/14 trường học`; where no unit is registered that should report, it says so."""
    if not (source.of or source.told):
        return f"chưa đăng ký {kind} nào"
    return f"{source.told}{f'/{source.of}' if source.of else ''} {kind}"


def completeness(source: Source, kind: str) -> str:
    """`12/14 trường học đã báo cáo`."""
    done = " đã báo cáo" if source.of or source.told else ""
    return f"{reported(source, kind)}{done}"


def freshness(tile: Tile, now: datetime) -> str:
    """When the newest word came."""
    return "chưa ai báo cáo" if tile.told_at is None else f"cập nhật {ago(tile.told_at, now)}"


def lateness(tile: Tile, now: datetime) -> str:
    """`quá hạn báo cáo: 08:30 25/11/2026`; empty while nothing is late."""
    late = [one for one in tile.sources if one.is_late(now)]
    if not late:
        return ""
    first = min(late, key=lambda one: one.due)
    return f"quá hạn báo cáo: {deadline(first.due)}"


def formula(indicator: Indicator, names: Names) -> str:
    return words(indicator.parsed.root, names)


def term(leaf: Leaf, names: Names) -> str:
    said = leaf_words(leaf, names)
    return said[0].upper() + said[1:]


def tone(code: str) -> str:
    return TONES.get(code, code)


def sparkline(tile: Tile) -> Spark | None:
    return _drawn(tile, SPARK_WIDTH, SPARK_HEIGHT)


def chart(tile: Tile) -> Spark | None:
    return _drawn(tile, CHART_WIDTH, CHART_HEIGHT)


def _drawn(tile: Tile, width: float, height: float) -> Spark | None:
    values = [one.value for one in tile.trend]
    return spark(values, target=tile.indicator.target, width=width, height=height)
