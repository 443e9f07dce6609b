"""The reference of mapping files, written from their models; a test keeps the page equal."""

from collections.abc import Iterator

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hub.entrances import mapping

HEAD = """# Mapping files

What the columns of a table mean, in YAML; one serves dropped CSV and XLSX files (`[drop]`), REST
answers (`[[rest]]`, where a column is a JSON path of an item: `station.code`) and SQL rows
(`[[sql]]`). Columns that it does not name are never stored. `hub/entrances/data/mappings/` holds
those that are shipped; one of the same name in `drop.mappings_folder` takes its place.

Try one without a server: `ioc import preview FILE --mapping MAPPING.yaml --errors errors.xlsx`.

A file is taken whole or not at all. One that is refused is moved to `refused/` with a report
(XLSX) that names row, column, value, what is wrong and the remedy, in Vietnamese; one with a
state-secret mark is deleted. The same bytes again are known by their SHA-256; an amended file
corrects what it brought before, with history.

Where a Pick is expected, a bare text is short for its `column`; for `measure`, `type` and `source`
it is short for its `constant`. A number of Excel has no decimal sign; `decimal` is of texts.
"""

PARTS: tuple[type[BaseModel], ...] = (
    mapping.Pick, mapping.AttributeRule, mapping.PeriodRule, mapping.ObservationRule,
    mapping.CaseRule, mapping.MentionRule, mapping.RowRule,
)  # fmt: skip


def page() -> str:
    """Markdown: a mapping's keys, then those of its parts."""
    parts = (f"\n## {part.__name__}\n\n{_about(part)}\n\n{_table(part)}" for part in PARTS)
    return "\n".join([HEAD, _table(mapping.Mapping), *parts]) + "\n"


def _about(part: type[BaseModel]) -> str:
    lines = (part.__doc__ or "").strip().splitlines()
    return "\n".join(line.strip() for line in lines)


def _table(model: type[BaseModel]) -> str:
    return "\n".join(
        ["| key | default | what it is |", "|---|---|---|", *_rows(model.model_fields)]
    )


def _rows(fields: dict[str, FieldInfo]) -> Iterator[str]:
    for name, field in fields.items():
        default = "*required*" if field.is_required() else _shown(field.default)
        yield f"| `{name}` | {default} | **{field.title}.** {field.description} |"


def _shown(value: object) -> str:
    if value is None or value in ("", (), {}):
        return "none"
    if isinstance(value, tuple):
        return ", ".join(f"`{each}`" for each in value)
    return f"`{value}`"
