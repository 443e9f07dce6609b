"""Small drawings of trends as SVG, made on the server: holes stay holes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

MARGIN = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spark:
    """`runs` are the parts of the line between holes; `dots` are figures between two holes;
    `target` is the height of the target, None where it is not in the picture."""

    width: float
    height: float
    runs: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    last: tuple[float, float] | None
    target: float | None
    low: float
    high: float


def spark(
    values: Sequence[float | None], *, target: float | None, width: float, height: float
) -> Spark | None:
    """None when there are not two figures to compare."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    low, high = _range(known, target)
    step = (width - 2 * MARGIN) / max(len(values) - 1, 1)

    def y(value: float) -> float:
        return round(MARGIN + (high - value) / (high - low) * (height - 2 * MARGIN), 1)

    spots = [
        None if value is None else (round(MARGIN + at * step, 1), y(value))
        for at, value in enumerate(values)
    ]
    parts = _parts(spots)
    last = spots[-1] or parts[-1][-1]
    return Spark(
        width=width, height=height,
        runs=tuple(" ".join(f"{x},{y}" for x, y in part) for part in parts if len(part) > 1),
        dots=tuple(part[0] for part in parts if len(part) == 1),
        last=last, target=y(target) if target is not None and low <= target <= high else None,
        low=low, high=high,
    )  # fmt: skip


def _range(known: Sequence[float], target: float | None) -> tuple[float, float]:
    """Of the figures; the target too when that does not flatten them."""
    low, high = min(known), max(known)
    room = (high - low) or abs(high) * 0.1 or 1.0
    if target is not None and low - 2 * room <= target <= high + 2 * room:
        low, high = min(low, target), max(high, target)
    return (low, high) if high > low else (low - room, high + room)


def _parts(spots: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    parts: list[list[tuple[float, float]]] = []
    for before, spot in pairwise([None, *spots]):
        if spot is None:
            continue
        if before is None:
            parts.append([])
        parts[-1].append(spot)
    return parts
