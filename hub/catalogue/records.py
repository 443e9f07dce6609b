"""What a catalogue file says: one pydantic model for each part, every key described."""

from collections.abc import Iterator
from datetime import date, time
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from hub.catalogue import formula
from hub.catalogue.formula import Formula
from hub.catalogue.grade import Bands, Direction
from hub.catalogue.periods import Span
from hub.engines.rain import Hazard
from hub.working_time import WorkingTime

REMEMBERED = 4_096
"""Answers of a catalogue that are kept: a few hundred units on some days."""

SLOPE = "slope"
"""The kind of units that may slide."""

_Key = TypeVar("_Key")
_Kept = TypeVar("_Kept")

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)?$")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class Part(BaseModel):
    """Frozen; an unknown key is refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Confidence(StrEnum):
    """How sure we are of a rule's text."""

    SOURCE = "source"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    PROPOSAL = "proposal"

    @property
    def words_vi(self) -> str:
        return _CONFIDENCE[self]


_CONFIDENCE = {
    Confidence.SOURCE: "theo văn bản đã đối chiếu",
    Confidence.HIGH: "tin cậy cao, cần đối chiếu văn bản",
    Confidence.MEDIUM: "tin cậy vừa, cần đối chiếu văn bản",
    Confidence.LOW: "tin cậy thấp, cần đối chiếu văn bản",
    Confidence.PROPOSAL: "đề xuất của hệ thống, không phải quy định",
}


class Basis(Part):
    """A legal or practical ground."""

    text: Words = Field(title="Văn bản", description="Number, date and article.")
    confidence: Confidence = Field(title="Tin cậy", description="How sure the text is.")


class Subsystem(Part):
    """A subsystem of the centre."""

    id: Id = Field(title="Mã", description="`education`; the first part of its ids.")
    name_vi: Words = Field(title="Tên", description="As the boards show it.")
    name_en: Words = Field(title="Tên tiếng Anh", description="Beside it.")
    order: int = Field(default=100, title="Thứ tự", description="Place on the wall.")


class Measure(Part):
    """A figure that is told; indicators are computed from measures."""

    id: Id = Field(title="Mã", description="`subsystem.name`.")
    name_vi: Words = Field(title="Tên", description="As the boards show it.")
    unit_vi: str = Field(default="", title="Đơn vị tính", description="`học sinh`, `%`, `mm` …")
    period: Span = Field(title="Kỳ", description="The period that one figure is for.")
    level: str = Field(
        title="Cấp báo cáo", description="The kind of unit that tells it: `school`, `commune` …"
    )
    source: Words = Field(title="Nguồn", description="The system or office that tells it.")
    due: time | None = Field(
        default=None,
        title="Giờ phải có",
        description="Local time of day by which a day's figure is due; for longer periods see "
        "`due_days`.",
    )
    due_days: int = Field(
        default=1, ge=0, title="Hạn sau kỳ", description="Days after the period's end."
    )
    sensitive: bool = Field(
        default=False, title="Không công khai", description="Not shown on public pages."
    )
    planned: bool = Field(
        default=False,
        title="Kế hoạch",
        description="A plan or a target: may be told up to six years before its period begins.",
    )
    working_days: bool = Field(
        default=False,
        title="Ngày làm việc",
        description="Of a day's figure: told for working days only; on others nobody is late.",
    )
    occasional: bool = Field(
        default=False,
        title="Khi có việc",
        description="Told only of days on which something happened: nobody is late without it.",
    )


class Advice(Part):
    """What to do."""

    yellow: str = Field(default="", title="Khi cần chú ý", description="An action, in Vietnamese.")
    red: str = Field(default="", title="Khi không đạt", description="An action, in Vietnamese.")


class Indicator(Part):
    """A figure that is judged."""

    id: Id = Field(title="Mã", description="`subsystem.name`.")
    name_vi: Words = Field(title="Tên", description="As the boards show it.")
    name_en: Words = Field(title="Tên tiếng Anh", description="Beside it.")
    unit_vi: str = Field(default="%", title="Đơn vị tính", description="`%`, `hồ sơ`, `vụ` …")
    period: Span = Field(title="Kỳ", description="The period it is computed for.")
    level: str = Field(
        default="commune",
        title="Cấp",
        description="The smallest kind of unit it is computed for; it is for all above it too.",
    )
    formula: str = Field(title="Công thức", description="See docs/indicators.md.")
    target: float | None = Field(default=None, title="Chỉ tiêu", description="To be reached.")
    direction: Direction = Field(
        default=Direction.UP, title="Chiều tốt", description="up, down or within."
    )
    bands: Bands | None = Field(
        default=None, title="Ngưỡng", description="Green, yellow, red; none: shown, not judged."
    )
    decimals: int = Field(default=1, ge=0, le=6, title="Số lẻ", description="Digits shown.")
    owner: Words = Field(title="Phụ trách", description="The office that answers for it.")
    advice: Advice = Field(default=Advice(), title="Việc cần làm", description="By grade.")
    basis: tuple[Basis, ...] = Field(
        min_length=1, title="Căn cứ", description="Where formula and thresholds come from."
    )
    alarm: bool = Field(
        default=False, title="Mở sự việc", description="Red opens an incident by itself."
    )
    wall: bool = Field(default=False, title="Màn hình lớn", description="A tile on the wall.")
    effective_from: date | None = Field(
        default=None, title="Hiệu lực từ", description="First day of this version."
    )
    effective_to: date | None = Field(
        default=None, title="Hết hiệu lực", description="First day on which it is no more."
    )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.bands is not None and (wrong := self.bands.wrong_for(self.direction)):
            raise ValueError(f"bands: {wrong}")
        if self.effective_from and self.effective_to and self.effective_to <= self.effective_from:
            raise ValueError("effective_to: not after effective_from")
        _ = self.parsed
        return self

    @cached_property
    def parsed(self) -> Formula:
        """Raises FormulaError."""
        return formula.parse(self.formula)

    def in_force(self, day: date) -> bool:
        begun = self.effective_from is None or self.effective_from <= day
        return begun and (self.effective_to is None or day < self.effective_to)


class Kind(Part):
    """A kind of unit: district, commune, school …"""

    id: Id = Field(title="Mã", description="`school`.")
    name_vi: Words = Field(title="Tên", description="`trường học`.")
    within: str | None = Field(
        default=None, title="Thuộc", description="The kind above it; none for the district."
    )


class Unit(Part):
    """Whose figures: an administrative unit, a school, a station.  Known by (id, valid_from)."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$")]
    kind: str = Field(title="Loại", description="One of the kinds.")
    name_vi: Words = Field(title="Tên", description="As the boards show it.")
    parent: str | None = Field(default=None, title="Thuộc", description="The unit above it.")
    lat: float | None = Field(default=None, ge=-90, le=90, title="Vĩ độ", description="WGS 84.")
    lon: float | None = Field(default=None, ge=-180, le=180, title="Kinh độ", description="")
    valid_from: date | None = Field(default=None, title="Từ", description="First day.")
    valid_to: date | None = Field(default=None, title="Đến", description="First day no more.")
    hazard: Hazard | None = Field(
        default=None,
        title="Mức nguy cơ sạt lở",
        description="Of a slope, by the map of landslide hazard: low, medium or high.",
    )

    @model_validator(mode="after")
    def _slopes_slide(self) -> Self:
        if (self.kind == SLOPE) != (self.hazard is not None):
            raise ValueError(f"hazard: belongs to units of kind {SLOPE}, and each of them needs it")
        return self

    def valid_on(self, day: date) -> bool:
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day < self.valid_to)


class CatalogueFile(Part):
    """One YAML file: a subsystem with its measures and indicators, or units."""

    subsystem: Subsystem | None = None
    kinds: tuple[Kind, ...] = ()
    units: tuple[Unit, ...] = ()
    measures: tuple[Measure, ...] = ()
    indicators: tuple[Indicator, ...] = ()


class Catalogue:
    """All files together, checked against each other by `hub.catalogue.loader`."""

    def __init__(
        self,
        *,
        subsystems: tuple[Subsystem, ...],
        kinds: tuple[Kind, ...],
        units: tuple[Unit, ...],
        measures: tuple[Measure, ...],
        indicators: tuple[Indicator, ...],
        clock: WorkingTime,
    ) -> None:
        self.subsystems = {each.id: each for each in sorted(subsystems, key=_by_order)}
        self.kinds = {each.id: each for each in kinds}
        self.units = units
        self.measures = {each.id: each for each in measures}
        self.indicators = indicators
        self.clock = clock
        self._children_on: dict[date, dict[str, list[str]]] = {}
        self._at: dict[date, dict[str, Indicator]] = {}
        self._below: dict[tuple[str, date], frozenset[str]] = {}
        self._above: dict[tuple[str, date], tuple[Unit, ...]] = {}

    def at(self, day: date) -> dict[str, Indicator]:
        """The indicators in force on `day`, by id; the same dictionary for the same day, not to
        be changed."""
        if day not in self._at:
            found = {each.id: each for each in self.indicators if each.in_force(day)}
            _remember(self._at, day, found)
        return self._at[day]

    def unit(self, code: str, day: date) -> Unit | None:
        """What `code` meant on `day`: five commune codes changed their meaning in July 2025."""
        found = (each for each in self._by_code.get(code, ()) if each.valid_on(day))
        return next(found, None)

    def of_kind(self, kind: str, day: date) -> tuple[Unit, ...]:
        return tuple(each for each in self.units if each.kind == kind and each.valid_on(day))

    def below(self, code: str, day: date) -> frozenset[str]:
        """The unit and all that are in it on `day`."""
        if (code, day) not in self._below:
            _remember(self._below, (code, day), self._all_below(code, day))
        return self._below[code, day]

    def _all_below(self, code: str, day: date) -> frozenset[str]:
        found: set[str] = set()
        waiting = [code]
        children = self._children(day)
        while waiting:
            unit = waiting.pop()
            if unit not in found:
                found.add(unit)
                waiting += children.get(unit, ())
        return frozenset(found)

    def above(self, code: str, day: date) -> tuple[Unit, ...]:
        """The unit and those that it is in on `day`, smallest first."""
        if (code, day) not in self._above:
            _remember(self._above, (code, day), self._all_above(code, day))
        return self._above[code, day]

    def _all_above(self, code: str, day: date) -> tuple[Unit, ...]:
        chain: list[Unit] = []
        unit = self.unit(code, day)
        while unit is not None and unit not in chain:
            chain.append(unit)
            unit = self.unit(unit.parent, day) if unit.parent else None
        return tuple(chain)

    def kinds_from(self, kind: str) -> tuple[str, ...]:
        """`kind` and the kinds above it, smallest first."""
        chain: list[str] = []
        while kind in self.kinds and kind not in chain:
            chain.append(kind)
            kind = self.kinds[kind].within or ""
        return tuple(chain)

    def subsystem_of(self, identity: str) -> str:
        """Of a measure's or an indicator's id."""
        return identity.partition(".")[0]

    def of_subsystem(self, subsystem: str, day: date) -> Iterator[Indicator]:
        return (each for each in self.at(day).values() if self.subsystem_of(each.id) == subsystem)

    @cached_property
    def _by_code(self) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = {}
        for unit in self.units:
            found.setdefault(unit.id, []).append(unit)
        return found

    def _children(self, day: date) -> dict[str, list[str]]:
        if day not in self._children_on:
            found: dict[str, list[str]] = {}
            for unit in self.units:
                if unit.parent and unit.valid_on(day):
                    found.setdefault(unit.parent, []).append(unit.id)
            self._children_on = {day: found}
        return self._children_on[day]


def _remember(known: dict[_Key, _Kept], key: _Key, value: _Kept) -> None:
    """The oldest goes; a dictionary keeps its order, and `pop` is safe among threads."""
    if len(known) >= REMEMBERED:
        known.pop(next(iter(known)), None)
    known[key] = value


def _by_order(subsystem: Subsystem) -> tuple[int, str]:
    return subsystem.order, subsystem.id
