"""Words as files that a district would drop: CSV in UTF-8, one a subsystem and kind of case."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from contracts.indicator import CaseBody, MentionBody, ObservationBody
from hub.cases.lifecycle import Lifecycle
from ioc.simulate.told import Told

FIGURES = ("measure", "unit", "period_start", "period_end", "value")
CASES = ("type", "case", "state", "unit", "at", "due_at")
MENTIONS = ("source", "url", "title", "text", "published_at", "interactions")
Row = dict[str, object]


def write(
    folder: Path, told: Iterable[Told], lifecycles: Mapping[str, Lifecycle]
) -> dict[Path, int]:
    """Rows by file; files that were there are written anew."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, list[Row]] = {}
    for word in told:
        name, row = _row(word)
        rows.setdefault(name, []).append(row)
    return {
        _file(folder / f"{name}.csv", _columns(name, lifecycles), found): len(found)
        for name, found in sorted(rows.items())
    }


def _row(word: Told) -> tuple[str, Row]:
    body = word.body
    row: Row = body.model_dump(mode="json")
    match body:
        case ObservationBody():
            return f"so-lieu-{body.measure.partition('.')[0]}", row
        case CaseBody():
            return f"ho-so-{body.type}", row | row.pop("attributes")  # type: ignore[operator]
        case MentionBody():
            return "tin", row


def _columns(name: str, lifecycles: Mapping[str, Lifecycle]) -> Sequence[str]:
    if name == "tin":
        return MENTIONS
    if name.startswith("so-lieu-"):
        return FIGURES
    cycle = lifecycles[name.removeprefix("ho-so-")]
    return (*CASES, *(each.name for each in cycle.attributes))


def _file(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path
