"""What is wrong with a configuration, in words: key, value and remedy; a secret is never shown.

`shown` is the one place where a value becomes text for a log or a terminal.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

VALUE_LENGTH = 80
MASK = "***"
_SECRET = re.compile(
    r"pass(w|$|_|phrase|code)|pwd|secret|token|credential|(^|_)(api_?|private_?)?key$|(^|_)auth"
    r"|(^|_)pin$|mat_?khau",
    re.IGNORECASE,
)
_OF_PLACE = re.compile(r"_(file|env)$")
"""Keys that say where a secret stands, not what it is."""
_VARIABLE = re.compile(r"^[A-Z_][A-Z0-9_]*$")
_IN_URL = re.compile(r"(://[^:/?#\s@]*:)(?!\{password\}@)[^\s'\"]+@")
_IN_QUERY = re.compile(
    r"([?&;][\w.-]*(?:pass|pwd|secret|token|key|auth)[\w.-]*=)[^&;\s'\"]+", re.IGNORECASE
)

_NAME = "write 1 to 48 lower-case letters, digits and hyphens, such as thap-prao"
_WORDS = {
    "missing": "this key is needed",
    "string_pattern_mismatch": _NAME,
    "string_type": "write a text in quotes",
    "bool_type": "write true or false, without quotes",
    "too_short": "give at least one",
    "model_type": "write it as a section of keys",
    "tuple_type": "write it as a list: [[section]] or [value, value]",
}
"""Pydantic's errors, as the writer of a TOML file would say them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`key` is dotted with the numbers of lists, empty for the file as a whole; `place` is the
    same as people say it, a camera by its name."""

    key: str
    value: object
    remedy: str
    place: str = ""

    def __str__(self) -> str:
        if not self.key:
            return self.remedy
        value = shown(self.key, self.value)
        return f"{self.place or self.key}{value and f' = {value}'}: {self.remedy}"


def shown(key: str, value: object) -> str:
    """`value` of the dotted `key` for people, secrets masked; empty where there is none."""
    if value is None:
        return ""
    if _is_secret(key, value):
        return MASK
    if isinstance(value, Path):  # cut, it would lose its name
        return repr(str(value))
    text = _text(key, value)
    return text if len(text) <= VALUE_LENGTH else f"{text[:VALUE_LENGTH]}…"


def _is_secret(key: str, value: object) -> bool:
    *_, last = parts = key.split(".")
    if last.endswith("_env"):
        return not _VARIABLE.match(str(value))  # somebody wrote what the variable should hold
    return any(_SECRET.search(part) and not _OF_PLACE.search(part) for part in parts)


def _text(key: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return f"a section with {', '.join(map(str, value)) or 'nothing'}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(shown(key, each) for each in value)}]"
    return without_secrets(repr(value))


def without_secrets(text: str) -> str:
    """`text` with the passwords of its addresses masked, in front of the host and in the query."""
    return _IN_QUERY.sub(rf"\1{MASK}", _IN_URL.sub(rf"\1{MASK}@", text))


def faults(
    wrong: ValidationError, raw: object, model: type[BaseModel], page: str
) -> Iterator[Fault]:
    """Every error of `model` over `raw`, in order; `page` lists the keys."""
    errors = wrong.errors(include_url=False)
    for error in errors:
        if not any(_is_inside(other, error) for other in errors):
            yield _fault(error, raw, model, page)


def _is_inside(inner: ErrorDetails, outer: ErrorDetails) -> bool:
    """Whether `outer` only says that something inside of it is wrong."""
    place = outer["loc"]
    return len(place) < len(inner["loc"]) and inner["loc"][: len(place)] == place


def _fault(error: ErrorDetails, raw: object, model: type[BaseModel], page: str) -> Fault:
    """A validator's own message is `key: remedy`."""
    loc, value, kind = error["loc"], error["input"], error["type"]
    remedy = error["msg"].removeprefix("Value error, ")
    head, colon, rest = remedy.partition(": ")
    if kind == "extra_forbidden":
        remedy = _unknown(loc, model, page)
    elif kind == "value_error" and colon and " " not in head:
        loc, remedy = (*loc, head), rest
        value = value.get(head) if isinstance(value, dict) else value
    elif kind == "missing":
        value, remedy = None, _WORDS[kind]
    else:
        remedy = _WORDS.get(kind, remedy)
    key = ".".join(map(str, loc))
    return Fault(key=key, value=value, remedy=remedy, place=placed(loc, raw))


def placed(loc: Sequence[int | str], raw: object) -> str:
    """`camera.bac.fov_deg` for `camera.0.fov_deg`; `camera.#2.name` where it has no name yet."""
    said: list[str] = []
    for part in loc:
        below: Any = None
        if isinstance(raw, Mapping):
            below = raw.get(part)
        elif isinstance(raw, list | tuple) and isinstance(part, int) and part < len(raw):
            below = raw[part]
        name = below.get("name") if isinstance(below, Mapping) else getattr(below, "name", None)
        if isinstance(part, int):
            said.append(name if isinstance(name, str) and name else f"#{part + 1}")
        else:
            said.append(part)
        raw = below
    return ".".join(said)


def _unknown(loc: Sequence[int | str], model: type[BaseModel], page: str) -> str:
    """Names what was probably meant, of this section's keys or another's."""
    *above, name = loc
    section: type[BaseModel] | None = model
    for part in above:
        if isinstance(part, str) and section is not None:
            field = section.model_fields.get(part)
            section = section_of(field.annotation) if field else None
    known = list(section.model_fields) if section else []
    meant = get_close_matches(str(name), known, n=1, cutoff=0.6)
    hint = f"; did you mean {meant[0]!r}?" if meant else ""
    return f"this key is unknown{hint or ';'} see {page}"


def section_of(kind: object) -> type[BaseModel] | None:
    """The section that a field holds, alone, optional, or in a tuple."""
    if get_origin(kind) in (Union, UnionType, tuple):
        return next(filter(None, map(section_of, get_args(kind))), None)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def number_hint(value: str) -> str:
    """`15,92` is `15.92` in TOML; empty if `value` is no such number."""
    found = re.fullmatch(r"\s*(-?\d+),(\d+)\s*", value)
    return f"; with a decimal point: {found[1]}.{found[2]}" if found else ""


def line_hint(text: str) -> str:
    """The first line of a TOML file whose number has a decimal comma, in words; else empty."""
    for number, line in enumerate(text.splitlines(), start=1):
        if found := re.match(r"\s*[\w-]+\s*=\s*(-?\d+),(\d+)\s*(#|$)", line):
            return f"; line {number} needs a decimal point: {found[1]}.{found[2]}"
    return ""
