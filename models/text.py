"""Figures as text: tables whose columns line up, and values that JSON can hold."""

from collections.abc import Sequence
from math import isfinite
from typing import Any


def aligned(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def or_dash(value: object, unit: str = "") -> str:
    """A dash for what there is none of."""
    return "–" if value is None else f"{value}{unit}"


def plain(value: Any) -> Any:
    """Dicts and lists all the way down; what is undefined or endless is null."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return None if isinstance(value, float) and not isfinite(value) else value
