"""`python -m models.card FIGURES…`: the tables of the model card, from evaluation's own files.

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


class CardError(Exception):
    """A card or figures file that does not fit; names the file, the reason and the remedy."""

    def __init__(self, *, path: Path, reason: str, remedy: str) -> None:
        self.path = path
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"{path}: {reason}; {remedy}")


def tables(record: Mapping[str, Any]) -> str:
    """Every contestant of one evaluation, with its latency."""
    first = record["results"][0]["milliseconds"]
    parts = [_table(result, first) for result in record["results"]]
    return "\n\n".join(parts)


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
