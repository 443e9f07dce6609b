"""`ioc check-config`: every wrong key of hub and agent files, with its value and the remedy."""

import os
import tomllib
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from contracts.configuration import SecretMissing, secret
from ioc.exits import Exit, complain

VALUE_LENGTH = 80
SECRETS = ("password_file", "secret_file", "token_file")
"""Keys of files whose first line counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of file: its model, and a page that describes its keys."""

    name: str
    model: type[BaseModel]
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`key` is dotted, empty for the file as a whole."""

    key: str
    value: object
    remedy: str

    def __str__(self) -> str:
        if not self.key:
            return self.remedy
        if isinstance(self.value, Path):  # cut, it would lose its name
            return f"{self.key} = {str(self.value)!r}: {self.remedy}"
        shown = repr(self.value)
        shown = shown if len(shown) <= VALUE_LENGTH else f"{shown[:VALUE_LENGTH]}…"
        return f"{self.key} = {shown}: {self.remedy}"


def kinds() -> dict[str, Kind]:
    hub, agent = import_module("hub.config"), import_module("edge_agent.config")
    return {
        "hub": Kind(name="hub", model=hub.HubConfig, page="docs/hub-configuration.md"),
        "agent": Kind(name="agent", model=agent.AgentConfig, page="docs/agent-configuration.md"),
    }


def recognise(raw: Mapping[str, Any]) -> Kind:
    """The kind whose top-level keys fit best."""
    found = kinds().values()
    return max(found, key=lambda kind: len(raw.keys() & kind.model.model_fields.keys()))


def problems(kind: Kind, raw: Mapping[str, Any], folder: Path) -> list[Problem]:
    """What is wrong with `raw`, a file of `folder`; files that it names are looked for too."""
    try:
        config = kind.model.model_validate(dict(raw), context={"folder": folder})
    except ValidationError as wrong:
        errors = wrong.errors(include_url=False, include_context=False)
        return [_problem(error, kind) for error in errors if not _follows(error, errors)]
    return [*_unreadable(config), *_untrusted(config)]


def _follows(error: ErrorDetails, errors: Sequence[ErrorDetails]) -> bool:
    """Whether it only says that something inside of it is wrong."""
    place = error["loc"]
    return any(len(place) < len(e["loc"]) and e["loc"][: len(place)] == place for e in errors)


def _problem(error: ErrorDetails, kind: Kind) -> Problem:
    key = ".".join(str(part) for part in error["loc"])
    value, remedy = error["input"], error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        remedy = f"this key is unknown; {kind.page} lists those of a {kind.name}"
    elif error["type"] == "missing":
        value, remedy = None, "this key is needed"
    elif error["type"] == "value_error":
        name, colon, rest = remedy.partition(": ")
        if colon and " " not in name:
            key, remedy = f"{key}.{name}" if key else name, rest
            value = value.get(name) if isinstance(value, dict) else value
    return Problem(key=key, value=value, remedy=remedy)


def _unreadable(section: BaseModel, above: str = "") -> Iterator[Problem]:
    """Secrets and certificates that are named and not there: `*_file` and `*_env` keys."""
    for name in type(section).model_fields:
        key, value = f"{above}{name}", getattr(section, name)
        parts = value if isinstance(value, tuple | list) else (value,)
        for number, part in enumerate(parts):
            if isinstance(part, BaseModel):
                place = f"{key}.{number}" if part is not value else key
                yield from _unreadable(part, f"{place}.")
        if name.endswith("_file") and value and (remedy := _remedy(name, value)):
            yield Problem(key=key, value=value, remedy=remedy)
        if name.endswith("_env") and value and not os.environ.get(value):
            yield Problem(key=key, value=value, remedy="this environment variable is not set here")


def _untrusted(config: BaseModel) -> Iterator[Problem]:
    """A detector that the box would not run."""
    if (section := getattr(config, "detector", None)) is None:
        return
    weights = import_module("edge_agent.weights")
    try:
        weights.examine(section)
    except weights.ModelError as refused:
        remedy = str(refused)
        if section.weights is not None:
            remedy += "; until then the box looks with the built-in detector"
        yield Problem(
            key="detector.weights", value=str(section.weights or "built in"), remedy=remedy
        )


def _remedy(name: str, file: Path) -> str:
    """What to do so that `file` can be used; empty if it can."""
    if not file.exists():
        return "there is no such file: write it, or name another"
    if not os.access(file, os.R_OK):
        return "this user may not read it: change its owner or its mode"
    try:
        secret(file if name in SECRETS else None, None)
    except SecretMissing as missing:
        return f"{missing.why}: write the secret there"
    return ""


def _read(path: Path) -> dict[str, Any] | Problem:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as missing:
        return Problem(key="", value=None, remedy=f"cannot be read: {missing.strerror}")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        return Problem(key="", value=None, remedy=f"is not TOML: {broken}")


def _check(path: Path, named: str | None) -> tuple[str, list[Problem]]:
    """The kind's name and what is wrong."""
    raw = _read(path)
    if isinstance(raw, Problem):
        return named or "file", [raw]
    kind = kinds()[named] if named else recognise(raw)
    return kind.name, problems(kind, raw, path.parent)


def run(options: Namespace) -> int:
    wrong = 0
    for path in map(Path, options.file):
        name, found = _check(path, options.kind)
        wrong += len(found)
        for problem in found:
            complain(f"{path}: {problem}")
        if not found:
            print(f"{path}: good {name} configuration")
    return Exit.CONFIGURATION if wrong else Exit.OK
