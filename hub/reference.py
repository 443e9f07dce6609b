"""The reference page of the hub's configuration, written from the models.

`python -m hub.reference` prints docs/hub-configuration.md; a test keeps the page equal.
"""

import sys
import types
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hub.config import HubConfig

HEAD = """# The hub's configuration

One TOML file, given to `ioc hub run`. Every key has a default unless it says *required*; an
unknown key is refused. Relative paths are relative to the file. Secrets stand in files
(`*_file`, the first line counts) or in environment variables (`*_env`), never in this file.
This page is written from the models (`python -m hub.reference`).
"""


def page() -> str:
    """Markdown: a section and a table for each part of the file."""
    parts = [HEAD]
    for name, field in HubConfig.model_fields.items():
        many, model = _section(field.annotation)
        heading = f"[[{name}]]" if many else f"[{name}]"
        parts.append(f"\n## `{heading}`\n\n{(model.__doc__ or '').strip()}\n")
        parts.append("| key | value | default | what it is |\n|---|---|---|---|")
        parts.extend(_row(key, each) for key, each in model.model_fields.items())
    return "\n".join(parts) + "\n"


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
    return {str: "text", int: "whole number", float: "number", Path: "path"}[annotation]


if __name__ == "__main__":
    sys.stdout.write(page())
