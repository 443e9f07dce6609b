"""A point of a time series, and a run of values as it is read back."""

from dataclasses import dataclass
from datetime import datetime

from contracts.measurement import Measurement

Value = float | int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Tags in the order of the measurement's frozen shape; `at_ns` is nanoseconds since 1970."""

    measurement: Measurement
    tags: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, Value], ...]
    at_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One value at one time."""

    at: datetime
    value: float
