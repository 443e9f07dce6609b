"""Reference pages of configurations, written from their models; tests keep the pages equal."""

import types
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from contracts.configuration import Section


def page(head: str, model: type[Section]) -> str:
    """Markdown: `head`, a table of the keys that stand alone, then one for each section."""
    alone = {name: each for name, each in model.model_fields.items() if not _is_section(each)}
    return "\n".join([head.rstrip() + "\n", *_table(alone), *_sections(model, "")]) + "\n"


def _sections(model: type[BaseModel], within: str) -> Iterator[str]:
    """The tables of the sections of `model`, each followed by those within it."""
    for name, field in model.model_fields.items():
        if not _is_section(field):
            continue
        many, section = _section(field.annotation)
        path = f"{within}{name}"
        heading = f"[[{path}]]" if many else f"[{path}]"
        yield f"\n## `{heading}`\n\n{(section.__doc__ or '').strip()}\n"
        fields = section.model_fields
        yield from _table({key: each for key, each in fields.items() if not _is_section(each)})
        yield from _sections(section, f"{path}.")


def _table(fields: Mapping[str, FieldInfo]) -> list[str]:
    head = "| key | value | default | what it is |\n|---|---|---|---|"
    return [head, *(_row(key, each) for key, each in fields.items())] if fields else []


def _is_section(field: FieldInfo) -> bool:
    _, model = _section(field.annotation)
    return isinstance(model, type) and issubclass(model, Section)


def _section(annotation: Any) -> tuple[bool, type[BaseModel]]:
    """Whether a section may come several times, and its model."""
    if get_origin(annotation) is tuple:
        return True, get_args(annotation)[0]
    return False, annotation


def _row(key: str, field: FieldInfo) -> str:
    default = "*required*" if field.is_required() else _shown(field.default)
    said = f"**{field.title}.** {field.description}"
    return f"| `{key}` | {_kind(field)} | {default} | {said} |"


def _shown(value: object) -> str:
    if value is None or value in ("", ()):
        return "none"
    if isinstance(value, tuple):
        return ", ".join(f"`{each}`" for each in value)
    return f"`{value}`"


def _kind(field: FieldInfo) -> str:
    bounds = ", ".join(_bounds(field))
    return f"{_name(field.annotation)}{f' ({bounds})' if bounds else ''}"


def _bounds(field: FieldInfo) -> Iterator[str]:
    words = {"gt": "above", "ge": "from", "le": "to", "lt": "below"}
    for rule in field.metadata:
        for attribute, word in words.items():
            if (bound := getattr(rule, attribute, None)) is not None:
                yield f"{word} {bound:,}"


def _name(annotation: Any) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " or ".join(f"`{each}`" for each in inner)
    if origin in (Union, types.UnionType):
        return _name(next(each for each in inner if each is not type(None)))
    if origin is tuple:
        return f"list of {_name(inner[0])}"
    if origin is not None:
        return _name(inner[0])
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "text"
    kinds = {str: "text", int: "whole number", float: "number", bool: "yes or no", Path: "path"}
    return kinds[annotation]
