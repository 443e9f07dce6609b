"""Green, yellow, red: how an indicator stands, without flickering at a border."""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Grade(StrEnum):
    """From best to worst; `unknown` where there is no figure or no band."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    UNKNOWN = "unknown"

    @property
    def words_vi(self) -> str:
        """A colour never stands alone."""
        return _WORDS[self]

    @property
    def number(self) -> int:
        """For time series: 0 unknown, 1 green, 2 yellow, 3 red."""
        return _NUMBERS[self]


_WORDS = {
    Grade.GREEN: "đạt",
    Grade.YELLOW: "cần chú ý",
    Grade.RED: "không đạt",
    Grade.UNKNOWN: "chưa có số liệu",
}
_NUMBERS = {Grade.UNKNOWN: 0, Grade.GREEN: 1, Grade.YELLOW: 2, Grade.RED: 3}
_SEVERITY = (Grade.GREEN, Grade.YELLOW, Grade.RED)


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    WITHIN = "within"


class Bands(BaseModel):
    """Borders between the grades.

    `up`: green from `green` on, red below `yellow`.  `down`: green up to `green`, red above
    `yellow`.  `within`: green inside `green`, yellow inside `yellow`, red outside.  A grade gets
    better only when the border is passed by `hysteresis`; it gets worse at the border itself.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    green: float | tuple[float, float]
    yellow: float | tuple[float, float]
    hysteresis: float = Field(default=0.0, ge=0)

    @model_validator(mode="after")
    def _alike(self) -> Self:
        if isinstance(self.green, tuple) is not isinstance(self.yellow, tuple):
            raise ValueError("green and yellow: both a number, or both [from, to]")
        return self

    def wrong_for(self, direction: Direction) -> str:
        """What is wrong with these borders for `direction`; empty if nothing."""
        green, yellow = self.green, self.yellow
        if direction is Direction.WITHIN:
            if not (isinstance(green, tuple) and isinstance(yellow, tuple)):
                return "direction within needs green and yellow as [from, to]"
            inside = yellow[0] <= green[0] < green[1] <= yellow[1]
            return "" if inside else "green does not lie inside yellow"
        if isinstance(green, tuple) or isinstance(yellow, tuple):
            return "directions up and down need one number for green and one for yellow"
        if direction is Direction.UP and yellow > green:
            return "direction up: yellow is above green"
        if direction is Direction.DOWN and yellow < green:
            return "direction down: yellow is below green"
        return ""


def grade(
    value: float | None, bands: Bands | None, direction: Direction, before: Grade = Grade.UNKNOWN
) -> Grade:
    """How `value` stands, given how it stood `before`."""
    if value is None or bands is None:
        return Grade.UNKNOWN
    plain = _plain(value, bands, direction, 0.0)
    if before not in _SEVERITY or _SEVERITY.index(plain) >= _SEVERITY.index(before):
        return plain
    strict = _plain(value, bands, direction, bands.hysteresis)
    return min(strict, before, key=_SEVERITY.index)


def _plain(value: float, bands: Bands, direction: Direction, margin: float) -> Grade:
    inside = (_within(value, band, direction, margin) for band in (bands.green, bands.yellow))
    return next(
        (grade for grade, is_in in zip(_SEVERITY, inside, strict=False) if is_in), Grade.RED
    )


def _within(
    value: float, band: float | tuple[float, float], direction: Direction, margin: float
) -> bool:
    if isinstance(band, tuple):
        return band[0] + margin <= value <= band[1] - margin
    return value >= band + margin if direction is Direction.UP else value <= band - margin
