"""What a row means: bodies, or what is wrong with it.  Never half of a row."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from pydantic import ValidationError

from contracts.indicator import AnyBody, CaseBody, MentionBody, ObservationBody
from hub.entrances.csv_table import same
from hub.entrances.faults import Fault, Unusable, WrongValue, shown
from hub.entrances.html_text import plain
from hub.entrances.mapping import (
    AttributeRule,
    CaseRule,
    Mapping,
    MentionRule,
    ObservationRule,
    PeriodRule,
    Pick,
    RowRule,
)
from hub.entrances.periods import period
from hub.entrances.rows import Row
from hub.entrances.table import Broken, Cell
from hub.entrances.values import code, flag, moment, number, slug, text, whole

T = TypeVar("T")

TITLE_LIMIT, TEXT_LIMIT = 500, 8_000
"""As contracts.indicator.MentionBody has them; what is longer is cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What one row says: `bodies`, or `faults`; neither if it is to be skipped.  A `secret` one
    must not be kept anywhere."""

    bodies: tuple[AnyBody, ...] = ()
    faults: tuple[Fault, ...] = ()
    secret: bool = False


class Reader:
    """Reads rows by one mapping; `file_name` may hold values (a date, a unit)."""

    def __init__(self, mapping: Mapping, file_name: str = "") -> None:
        self._mapping = mapping
        self._file_name = file_name

    def read(self, row: Row) -> Read:
        if any(_applies(rule, row) for rule in self._mapping.skip):
            return Read()
        reading = _Reading(row=row, mapping=self._mapping, file_name=self._file_name)
        refusing = [rule for rule in self._mapping.refuse if _applies(rule, row)]
        if refusing:
            return Read(
                faults=tuple(_refused(rule, row) for rule in refusing),
                secret=any(rule.secret for rule in refusing),
            )
        bodies = tuple(reading.bodies())
        return Read(faults=tuple(reading.faults)) if reading.faults else Read(bodies=bodies)


def _applies(rule: RowRule, row: Row) -> bool:
    cell = row.cells.get(same(rule.column))
    return rule.matches(cell.shown if isinstance(cell, Broken) else text(cell))


def _refused(rule: RowRule, row: Row) -> Fault:
    return Fault(
        row=row.number,
        column=row.place(rule.column),
        value=shown(text(row.cells.get(same(rule.column)))),
        wrong=rule.why or "dòng này không được nhập",
        remedy="xoá dòng này khỏi tệp",
    )


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One row being read; faults gather so that a sender hears of all of them at once."""

    row: Row
    mapping: Mapping
    file_name: str
    faults: list[Fault] = field(default_factory=list)

    def bodies(self) -> Iterator[AnyBody]:
        for observation in self.mapping.observations:
            yield from self._observation(observation)
        for case in self.mapping.cases:
            yield from self._case(case)
        for mention in self.mapping.mentions:
            yield from self._mention(mention)

    def _observation(self, rule: ObservationRule) -> Iterator[AnyBody]:
        cell = self._cell(rule.value, optional=rule.optional)
        if rule.optional and (cell is None or cell == ""):
            return
        before = len(self.faults)
        value = self._try(rule.value, cell, lambda held: self._figure(held, rule))
        measure = self._code(rule.measure)
        unit = self._code(rule.unit or self.mapping.unit)
        when = self._period(rule.period or self.mapping.period)
        if len(self.faults) == before and when is not None:
            yield from self._made(
                ObservationBody,
                {"measure": measure, "unit": unit, "value": value,
                 "period_start": when.start, "period_end": when.end},
            )  # fmt: skip

    def _figure(self, cell: Cell, rule: ObservationRule) -> float:
        if cell is None or cell == "":
            raise WrongValue("thiếu số", "điền số; 0 nếu không có gì")
        value = number(cell, self.mapping.decimal) * rule.scale
        if rule.min is not None and value < rule.min:
            raise WrongValue(f"nhỏ hơn {rule.min:g}", "kiểm tra lại số")
        if rule.max is not None and value > rule.max:
            raise WrongValue(f"lớn hơn {rule.max:g}", "kiểm tra lại số")
        return value

    def _case(self, rule: CaseRule) -> Iterator[AnyBody]:
        if rule.at.optional and not self._said(rule.at):
            return
        before = len(self.faults)
        fields: dict[str, Any] = {
            "type": self._code(rule.type),
            "case": self._code(rule.case),
            "state": self._code(rule.state),
            "unit": self._code(rule.unit or self.mapping.unit),
            "at": self._moment(rule.at),
        }
        if rule.due_at is not None and (not rule.due_at.optional or self._said(rule.due_at)):
            fields["due_at"] = self._moment(rule.due_at)
        fields["attributes"] = {
            name: value
            for name, each in rule.attributes.items()
            if (value := self._attribute(each)) is not None
        }
        if len(self.faults) == before:
            yield from self._made(CaseBody, fields)

    def _attribute(self, rule: AttributeRule) -> str | int | float | bool | None:
        if rule.optional and not self._said(rule):
            return None
        return self._try_pick(rule, lambda cell: self._as_attribute(rule, cell))

    def _as_attribute(self, rule: AttributeRule, cell: Cell) -> str | int | float | bool:
        match rule.kind:
            case "number":
                return number(cell, self.mapping.decimal)
            case "integer":
                return whole(cell, self.mapping.decimal)
            case "boolean":
                return flag(self._mapped(rule, text(cell)))
            case "text":
                return cut(self._mapped(rule, text(cell)), TITLE_LIMIT)

    def _mention(self, rule: MentionRule) -> Iterator[AnyBody]:
        before = len(self.faults)
        fields: dict[str, Any] = {
            "source": self._code(rule.source),
            "url": self._text(rule.url),
            "title": cut(plain(self._text(rule.title)), TITLE_LIMIT),
            "text": cut(plain(self._text(rule.text)), TEXT_LIMIT),
            "published_at": self._moment(rule.published_at),
        }
        if rule.interactions is not None and self._said(rule.interactions):
            fields["interactions"] = self._try_pick(
                rule.interactions, lambda cell: whole(cell, self.mapping.decimal)
            )
        if len(self.faults) == before:
            yield from self._made(MentionBody, fields)

    def _made(self, model: Callable[..., AnyBody], fields: dict[str, Any]) -> Iterator[AnyBody]:
        try:
            yield model(**fields)
        except ValidationError as wrong:
            for error in wrong.errors(include_url=False):
                name = str(error["loc"][0]) if error["loc"] else ""
                self.faults.append(
                    Fault(
                        row=self.row.number,
                        column=name,
                        value=shown(error["input"]) if name else "",
                        wrong=f"giá trị không hợp lệ ({error['msg']})",
                        remedy="sửa giá trị",
                    )
                )

    def _period(self, rule: PeriodRule | None) -> Any:
        assert rule is not None  # the mapping saw to it
        return self._try_pick(rule.date, lambda cell: period(rule.of, cell, self.mapping.dates))

    def _moment(self, pick: Pick) -> datetime | None:
        return self._try_pick(pick, lambda cell: moment(cell, self.mapping.dates))

    def _code(self, pick: Pick | None) -> str | None:
        assert pick is not None  # the mapping saw to it
        return self._try_pick(pick, lambda cell: self._as_code(pick, text(cell)))

    def _as_code(self, pick: Pick, said: str) -> str:
        made = self._mapped(pick, said)
        return code(
            f"{pick.prefix}{slug(made) if pick.slug else made}{pick.suffix}" if made else ""
        )

    def _mapped(self, pick: Pick, said: str) -> str:
        if not pick.values:
            return said
        meant = pick.table.get(same(said))
        if meant is not None:
            return meant
        if pick.others == "keep":
            return said
        known = ", ".join(pick.values)
        raise WrongValue(
            "thiếu giá trị" if not said else "giá trị chưa có trong bảng đổi mã",
            f"dùng một trong: {shown(known, 300)}; hoặc thêm vào tệp ánh xạ",
        )

    def _text(self, pick: Pick | None) -> str:
        if pick is None:
            return ""
        return self._try_pick(pick, text) or ""

    def _said(self, pick: Pick) -> bool:
        """Whether anything stands there (a broken cell does)."""
        cell = self._origin(pick)
        return isinstance(cell, Broken) or text(cell) != ""

    def _try_pick(self, pick: Pick, read: Callable[[Cell], T]) -> T | None:
        return self._try(pick.column or "", self._origin(pick), read)

    def _origin(self, pick: Pick) -> Cell:
        if pick.column is not None:
            return self._cell(pick.column, optional=pick.optional)
        if pick.file is not None:
            return from_file_name(pick, self.file_name)
        return pick.constant

    def _cell(self, column: str, *, optional: bool) -> Cell:
        name = same(column)
        if name in self.row.cells or optional:
            return self.row.cells.get(name)
        return Broken(shown="", wrong="thiếu trường", remedy="bổ sung trường này ở nguồn dữ liệu")

    def _try(self, column: str, cell: Cell, read: Callable[[Cell], T]) -> T | None:
        try:
            return read(cell)
        except WrongValue as wrong:
            fault = Fault(
                row=self.row.number,
                column=self.row.place(column),
                value=shown(cell.shown if isinstance(cell, Broken) else cell),
                wrong=wrong.wrong,
                remedy=wrong.remedy,
            )
            if fault not in self.faults:  # several figures of a row share its date and unit
                self.faults.append(fault)
            return None


def from_file_name(pick: Pick, file_name: str) -> str:
    """The value that the file's name holds; raises Unusable if it has another form."""
    match = re.search(pick.file or "", file_name)
    if match is None:
        raise Unusable(
            wrong=f"tên tệp «{shown(file_name)}» không chứa giá trị cần có ({pick.file})",
            remedy="đặt lại tên tệp theo mẫu của tệp ánh xạ",
        )
    return match[1] or ""


def cut(said: str, limit: int) -> str:
    return said if len(said) <= limit else f"{said[: limit - 1]}…"
