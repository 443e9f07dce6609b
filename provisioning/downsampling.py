"""What becomes of a field in an hour or a day: one function each, so that names stay the same.

A mean hides what an operator looks for, so a state keeps its worst, a counter its end and an
amount its sum.  Texts are not down-sampled: they name single incidents, which the records keep.
"""

from collections.abc import Mapping
from typing import Literal

from contracts.measurement import SHAPES, Measurement

Function = Literal["mean", "max", "min", "sum", "last"]

BY_UNIT: Mapping[str, Function] = {
    "%": "mean", "°C": "mean", "MB": "mean", "1/s": "mean", "ms": "mean", "0-255": "mean",
    "km/h": "mean", "0-1": "max", "0/1": "min", "0-3": "last", "its own": "last", "°": "last",
    "mm": "sum", "messages": "max", "points": "max", "calls": "max", "times": "max",
    "frames": "sum", "s": "max",
}  # fmt: skip
"""Worst of a state, end of a counter, sum of an amount; degrees of a compass have no mean."""

EXCEPT: Mapping[tuple[Measurement, str], Function] = {
    (Measurement.BOX, "disk_free_percent"): "min",
    (Measurement.BOX, "cpu_temperature_c"): "max",
    (Measurement.BOX, "uptime_s"): "min",
    (Measurement.SIGHTING, "opened"): "sum",
    (Measurement.SIGHTING, "frames"): "max",
    (Measurement.INCIDENT, "opened"): "sum",
    (Measurement.LINK, "messages"): "sum",
    (Measurement.LINK, "skew_s"): "mean",
}
"""Where the unit does not say it; the shortest uptime shows that a box began anew."""

TEXT = "ulid"


def functions(measurement: Measurement) -> dict[str, Function]:
    """By field, without texts."""
    return {
        name: EXCEPT.get((measurement, name)) or BY_UNIT[unit]
        for name, unit in SHAPES[measurement].fields.items()
        if unit != TEXT
    }


def by_function(measurement: Measurement) -> dict[Function, list[str]]:
    """The fields of each function."""
    found: dict[Function, list[str]] = {}
    for name, function in functions(measurement).items():
        found.setdefault(function, []).append(name)
    return found
