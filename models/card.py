"""`python -m models.card FIGURES…`: the tables of the model card, from what evaluation wrote.

A table stands between `<!-- NAME -->` and `<!-- end NAME -->`, where NAME is a figures file's name
without its ending; whatever stood there is replaced.  Nobody types a figure.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

CARD = Path(__file__).with_name("MODEL_CARD.md")
HEADINGS = (
    "lớp / class",
    "cảnh / scene",
    "n",
    "boxes",
    "AP50 [95 %]",
    "AP50-95",
    "recall @0.1 FP",
    "recall @1 FP [95 %]",
    "alarms on empty frames [95 %]",
)
TARGETS = ("mục tiêu / target", "cần / goal", "đo được / measured", "kết quả / verdict")
SERIES = ("bộ phát hiện / detector", "ngưỡng / opens at", "được báo / raised",
          "độ trễ / median delay", "báo nhầm mỗi ngày / false a day, known clear [95 %]",
          "trước khi có khói / before onset and in series without a box")  # fmt: skip
STILLS = ("bộ phát hiện / detector", "nguồn / source", "ảnh / stills", "báo động / alarms",
          "tỉ lệ / share [95 %]")  # fmt: skip
CLIPS = ("bộ phát hiện / detector", "đoạn phim / clip", "kết quả / verdict", "sau / after")


class CardError(Exception):
    """A card or figures file that does not fit; names the file, the reason and the remedy."""

    def __init__(self, *, path: Path, reason: str, remedy: str) -> None:
        self.path = path
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"{path}: {reason}; {remedy}")


def tables(record: Mapping[str, Any]) -> str:
    """The targets, then every contestant of one evaluation with its latency."""
    results = record["results"]
    first = results[0]["milliseconds"]
    parts = [_targets(record), _series(results), _stills(results), _clips(results)]
    return "\n\n".join([*filter(None, parts), *(_table(result, first) for result in results)])


def fill(text: str, name: str, content: str, path: Path = CARD) -> str:
    """The card with `content` between the marks of `name`."""
    begin, end = f"<!-- {name} -->", f"<!-- end {name} -->"
    if text.count(begin) != 1 or text.count(end) != 1:
        raise CardError(
            path=path,
            reason=f"does not hold {begin} and {end} once each",
            remedy="put both marks where the table belongs",
        )
    head, rest = text.split(begin)
    _, tail = rest.split(end)
    return f"{head}{begin}\n{content}\n{end}{tail}"


def _table(result: Mapping[str, Any], first: float) -> str:
    milliseconds = result["milliseconds"]
    title = (
        f"**{result['name']}** — {milliseconds:.0f} ms on one core for 640 × 480, "
        f"{milliseconds / first:.2f} of the first"
    )
    lines = [_line(HEADINGS), _line(["---"] * len(HEADINGS)), *map(_row, result["rows"])]
    return "\n".join([title, "", *lines])


def _targets(record: Mapping[str, Any]) -> str:
    rows = [
        (f"{one['name_vi']} / {one['name']}", one["goal"], one["value"],
         "đạt / met" if one["met"] else "**chưa đạt / not met**")
        for one in record["targets"]
    ]  # fmt: skip
    return _titled("Mục tiêu / Targets", TARGETS, rows)


def _series(results: Sequence[Mapping[str, Any]]) -> str:
    """Of each contestant the whole trade-off, its own threshold in bold."""
    rows = [
        _point(result["name"], point)
        for result in results
        if result["series"]
        for point in result["series"]["curve"]
    ]
    return _titled("Chuỗi ảnh, qua xác nhận / Series, through the confirmation", SERIES, rows)


def _point(name: str, point: Mapping[str, Any]) -> tuple[str, ...]:
    delay = "–" if point["delay"] is None else f"{point['delay']:g} frames"
    cells = (name, f"{point['opens']:.2f}", f"{point['raised']} / {point['fires']}", delay,
             _rate(point["clear"]), _rate(point["unboxed"]))  # fmt: skip
    return tuple(f"**{cell}**" for cell in cells) if point["factor"] == 1.0 else cells


def _stills(results: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (result["name"], row["source"], str(row["stills"]), str(row["either"]),
         _interval(row["share"]))
        for result in results
        for row in result["stills"]
    ]  # fmt: skip
    return _titled("Ảnh không cháy, qua xác nhận / Stills without fire, held", STILLS, rows)


def _clips(results: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (result["name"], row["clip"], row["verdict"],
         "–" if row["first_s"] is None else f"{row['first_s']:g} s")
        for result in results
        for row in result["clips"]
    ]  # fmt: skip
    return _titled("Đoạn phim / Clips", CLIPS, rows)


def _titled(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Nothing without rows."""
    if not rows:
        return ""
    lines = [_line(headings), _line(["---"] * len(headings)), *map(_line, rows)]
    return "\n".join([f"**{title}**", "", *lines])


def _rate(rate: Mapping[str, float] | None) -> str:
    if rate is None:
        return "–"
    return (
        f"{rate['count']} in {rate['hours']:.1f} h: {rate['a_day']:.1f} "
        f"[{rate['a_day_low']:.1f}, {rate['a_day_high']:.1f}]"
    )


def _row(row: Mapping[str, Any]) -> str:
    return _line(
        [
            row["class_name"],
            row["scene"],
            str(row["pictures"]),
            str(row["boxes"]),
            _interval(row["ap50"]),
            _figure(row["ap50_95"]),
            _figure(row["recall_at_tenth"]["value"]),
            _interval(row["recall_at_one"]),
            f"{_interval(row['alarm_rate'])} of {row['empty']}" if row["empty"] else "–",
        ]
    )


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(interval: Mapping[str, float | None]) -> str:
    if interval["value"] is None:
        return "–"
    return f"{_figure(interval['value'])} [{_figure(interval['low'])}, {_figure(interval['high'])}]"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="models.card", description=__doc__)
    parser.add_argument("figures", type=Path, nargs="+", help="files that evaluate --json wrote")
    parser.add_argument("--card", type=Path, default=CARD)
    told = parser.parse_args(arguments)
    text = told.card.read_text(encoding="utf-8")
    for path in told.figures:
        record = json.loads(path.read_text(encoding="utf-8"))
        text = fill(text, path.stem, tables(record), told.card)
    told.card.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
