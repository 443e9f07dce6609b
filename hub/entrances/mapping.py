"""A mapping file: what the columns of somebody's table mean, in YAML.

One mapping serves dropped files, REST answers and SQL rows alike.  Columns that it does not name
are never stored: what a board does not need stays outside.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from contracts.configuration import ConfigError, Section
from hub.catalogue.periods import Span
from hub.entrances.csv_table import same
from hub.entrances.encoding import Encoding
from hub.entrances.values import Decimal, strptime_format

REFERENCE = "docs/mappings.md"
SHIPPED = Path(__file__).with_name("data") / "mappings"
MAX_BYTES = 1_000_000


class Pick(Section):
    """Where a value comes from: a `column`, a `constant` or the `file` name; exactly one.

    In the mapping file a bare string is short for `{column: …}`.
    """

    column: str | None = Field(default=None, title="Column", description="Header or JSON path.")
    constant: str | int | float | None = Field(
        default=None, title="Constant", description="The same for every row."
    )
    file: str | None = Field(
        default=None,
        title="File name",
        description="Regular expression whose first group is the value.",
    )
    values: dict[str, str] = Field(
        default={}, title="Values", description="What stands in the table: the code it means."
    )
    others: Literal["refuse", "keep"] = Field(
        default="refuse",
        title="Other values",
        description="What becomes of a value that `values` does not name, if `values` is given.",
    )
    prefix: str = Field(default="", title="Prefix", description="Put before the code.")
    suffix: str = Field(default="", title="Suffix", description="Put after the code.")
    slug: bool = Field(
        default=False,
        title="Make a code",
        description="Removes accents and signs: `45/QĐ-UBND` becomes `45/QD-UBND`.",
    )
    optional: bool = Field(
        default=False, title="Optional", description="Column and cell may be absent."
    )

    @field_validator("values", mode="before")
    @classmethod
    def _as_text(cls, given: Any) -> Any:
        """YAML reads 1 as a number and Có as text; both are what stands in the table."""
        return (
            {str(key): value for key, value in given.items()} if isinstance(given, dict) else given
        )

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        given = [each for each in (self.column, self.constant, self.file) if each is not None]
        if len(given) != 1:
            raise ValueError("column: give exactly one of column, constant and file")
        if self.file is not None:
            try:
                groups = re.compile(self.file).groups
            except re.error as wrong:
                raise ValueError(f"file: no regular expression: {wrong}") from None
            if groups != 1:
                raise ValueError("file: write exactly one group (…) around the value")
        return self

    @cached_property
    def table(self) -> dict[str, str]:
        return {same(key): value for key, value in self.values.items()}


def _column(given: Any) -> Any:
    return {"column": given} if isinstance(given, str) else given


def _constant(given: Any) -> Any:
    return {"constant": given} if isinstance(given, str | int) else given


Column = Annotated[Pick, BeforeValidator(_column)]
"""A bare string is a column."""

Constant = Annotated[Pick, BeforeValidator(_constant)]
"""A bare string is a constant."""


class PeriodRule(Section):
    """Which period a figure is of."""

    of: Span = Field(title="Length", description="Of the period, in the local calendar.")
    date: Column = Field(
        title="Date",
        description="A date within it, or `3/2026`, `2026-03`, `Quý I/2026`, `2026`.",
    )


class ObservationRule(Section):
    """One figure of a row: wide tables have several, long ones one whose measure is a column."""

    measure: Constant = Field(title="Measure", description="Id of the measure, or its column.")
    value: str = Field(title="Value", description="Column with the number.")
    scale: float = Field(
        default=1, gt=0, title="Scale", description="What the number is multiplied by (1000000)."
    )
    min: float | None = Field(default=None, title="Least", description="Below it is an error.")
    max: float | None = Field(default=None, title="Most", description="Above it is an error.")
    optional: bool = Field(
        default=False, title="Optional", description="An empty cell is no figure, not an error."
    )
    unit: Column | None = Field(
        default=None, title="Unit", description="Instead of the mapping's unit."
    )
    period: PeriodRule | None = Field(
        default=None, title="Period", description="Instead of the mapping's period."
    )


class AttributeRule(Pick):
    """An attribute of a case."""

    kind: Literal["text", "number", "integer", "boolean"] = Field(
        default="text", title="Kind", description="How the cell is read."
    )


Attribute = Annotated[AttributeRule, BeforeValidator(_column)]


class CaseRule(Section):
    """One state of a case that a row tells."""

    type: Constant = Field(title="Type", description="dossier, document-in, disease, …")
    case: Column = Field(title="Case", description="Its number.")
    state: Column = Field(title="State", description="The state that it entered.")
    at: Column = Field(
        title="When",
        description="It entered the state; where it is optional, an empty cell means not yet.",
    )
    due_at: Column | None = Field(default=None, title="Due", description="When it must be done.")
    attributes: dict[str, Attribute] = Field(
        default={}, title="Attributes", description="What boards need of it; never personal data."
    )
    unit: Column | None = Field(
        default=None, title="Unit", description="Instead of the mapping's unit."
    )


class MentionRule(Section):
    """An online text that a row tells."""

    source: Constant = Field(title="Source", description="Code of the source.")
    url: Column | None = Field(default=None, title="Address", description="Of the text.")
    title: Column = Field(title="Title", description="Of the text.")
    text: Column | None = Field(default=None, title="Text", description="HTML is stripped.")
    published_at: Column = Field(title="Published", description="When.")
    interactions: Column | None = Field(
        default=None, title="Interactions", description="Likes, comments, shares together."
    )


class RowRule(Section):
    """Rows that are told by the value of one column."""

    column: str = Field(title="Column", description="Header or JSON path.")
    values: tuple[str, ...] = Field(default=(), title="Values", description="That it has.")
    unless: tuple[str, ...] = Field(
        default=(), title="Unless", description="Instead: any value but these (`''` is empty)."
    )
    why: str = Field(default="", title="Why", description="Told to the sender (Vietnamese).")
    secret: bool = Field(
        default=False,
        title="Secret",
        description="Refused rows: such a file is not even kept among the refused ones.",
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.values) == bool(self.unless):
            raise ValueError("values: give values, or unless")
        return self

    def matches(self, said: str) -> bool:
        known = {same(each) for each in self.values or self.unless}
        return (same(said) in known) == bool(self.values)


class Mapping(Section):
    """What a table's columns mean."""

    title: str = Field(title="Title", description="For people (Vietnamese).")
    files: tuple[str, ...] = Field(
        default=(), title="Files", description="Patterns of file names: `diem-danh-*.csv`."
    )
    sheet: str | int | None = Field(
        default=None, title="Sheet", description="Name or number from 1; the first if absent."
    )
    encoding: Encoding = Field(
        default="auto", title="Encoding", description="Of CSV; `auto` tells it from the bytes."
    )
    delimiter: Literal["auto", ",", ";", "\t"] = Field(
        default="auto", title="Delimiter", description="Of CSV; `auto` tells it from the headers."
    )
    header_row: int | Literal["auto"] = Field(
        default="auto",
        title="Header row",
        description="Its number from 1; `auto` looks for the headers in the first 30 rows.",
    )
    ends_at_blank_row: bool = Field(
        default=False, title="End", description="What stands below a blank row is no data."
    )
    decimal: Decimal = Field(
        default="comma", title="Decimal sign", description="`comma` 1.234,5; `point` 1,234.5."
    )
    dates: tuple[str, ...] = Field(
        default=("dd/mm/yyyy", "iso"),
        min_length=1,
        title="Dates",
        description="Accepted forms: dd, mm, yyyy, HH, MM, SS; `iso`; `serial` (Excel's numbers).",
    )
    unit: Column | None = Field(
        default=None, title="Unit", description="Commune, school, station or agency of a row."
    )
    period: PeriodRule | None = Field(
        default=None, title="Period", description="Of the observations."
    )
    skip: tuple[RowRule, ...] = Field(
        default=(), title="Skipped rows", description="Totals and notes."
    )
    refuse: tuple[RowRule, ...] = Field(
        default=(), title="Refused rows", description="What must not be here: state secrets."
    )
    observations: tuple[ObservationRule, ...] = Field(
        default=(), title="Observations", description="Figures of a row."
    )
    cases: tuple[CaseRule, ...] = Field(
        default=(), title="Cases", description="States of cases that a row tells."
    )
    mentions: tuple[MentionRule, ...] = Field(
        default=(), title="Mentions", description="Online texts that a row tells."
    )

    @field_validator("dates")
    @classmethod
    def _formats(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for each in given:
            if each not in ("iso", "serial"):
                strptime_format(each)
        return given

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not (self.observations or self.cases or self.mentions):
            raise ValueError("observations: give observations, cases or mentions")
        for number, each in enumerate(self.observations):
            if not (each.unit or self.unit):
                raise ValueError(f"unit: observation {number + 1} has no unit")
            if not (each.period or self.period):
                raise ValueError(f"period: observation {number + 1} has no period")
        if any(not (each.unit or self.unit) for each in self.cases):
            raise ValueError("unit: a case needs a unit")
        return self

    def matches(self, file_name: str) -> bool:
        return any(fnmatchcase(same(file_name), same(pattern)) for pattern in self.files)

    def reads_file_name(self) -> bool:
        return any(isinstance(each, Pick) and each.file is not None for each in _walk(self))

    def columns(self) -> dict[str, bool]:
        """The columns it needs as people write them, and whether each must be there."""
        needed: dict[str, bool] = {}
        for column, required in _columns(self):
            needed[column] = needed.get(column, False) or required
        return needed


def _walk(section: Section) -> Iterator[Section]:
    yield section
    for name in type(section).model_fields:
        held = getattr(section, name)
        parts = held.values() if isinstance(held, dict) else held
        for each in parts if isinstance(held, dict | tuple) else (held,):
            if isinstance(each, Section):
                yield from _walk(each)


def _columns(mapping: Mapping) -> Iterator[tuple[str, bool]]:
    for section in _walk(mapping):
        if isinstance(section, Pick) and section.column is not None:
            yield section.column, not section.optional
        elif isinstance(section, ObservationRule):
            yield section.value, not section.optional
        elif isinstance(section, RowRule):
            yield section.column, bool(section.unless)


def load(path: Path) -> Mapping:
    """The mapping in `path`; raises ConfigError."""
    try:
        body = path.read_bytes()[: MAX_BYTES + 1]
        raw = yaml.safe_load(body.decode("utf-8")) if len(body) <= MAX_BYTES else None
    except OSError as missing:
        raise ConfigError(
            file=path, key="", value=missing.strerror, remedy="write the file or name another"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as broken:
        raise ConfigError(
            file=path, key="", value=" ".join(str(broken).split()), remedy="mend the YAML"
        ) from None
    if not isinstance(raw, dict):
        raise ConfigError(file=path, key="", value=raw, remedy=f"write a mapping; see {REFERENCE}")
    try:
        return Mapping.model_validate(raw)
    except ValidationError as wrong:
        raise _named(path, wrong) from None


def _named(path: Path, wrong: ValidationError) -> ConfigError:
    first = wrong.errors(include_url=False)[0]
    remedy = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        remedy = f"this key is unknown; see {REFERENCE}"
    key = ".".join(str(part) for part in first["loc"])
    return ConfigError(file=path, key=key, value=first["input"], remedy=remedy)


def find(name: str, folder: Path | None = None) -> Path:
    """The file of a mapping: a path, or a name in `folder` or among the shipped ones."""
    if name.endswith((".yaml", ".yml")) or "/" in name:
        return Path(name)
    for place in (folder, SHIPPED):
        if place is not None and (path := place / f"{name}.yaml").is_file():
            return path
    known = sorted(path.stem for path in SHIPPED.glob("*.yaml"))
    raise ConfigError(
        file=folder or SHIPPED, key="mapping", value=name,
        remedy=f"name a file, or one of {', '.join(known)}",
    )  # fmt: skip


def load_all(folder: Path | None) -> dict[str, Mapping]:
    """The shipped mappings by name, those of `folder` in their place or beside them."""
    found: dict[str, Mapping] = {}
    for place in (SHIPPED, folder):
        for path in sorted(place.glob("*.yaml")) if place is not None else ():
            found[path.stem] = load(path)
    return found
