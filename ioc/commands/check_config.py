"""`ioc check-config`: every wrong key of hub and agent files, with its value and the remedy."""

import logging
import tomllib
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from contracts.configuration import Section
from contracts.fault import Fault, faults, line_hint
from contracts.readiness import doubtful, missing
from ioc.exits import Exit, complain


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of file: its model, and a page that describes its keys."""

    name: str
    model: type[Section]
    page: str
    makes_folders: bool


MODELS = {"hub": ("hub.config", "HubConfig"), "agent": ("edge_agent.config", "AgentConfig")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What keeps a file from being used, and what is probably not meant so."""

    faults: tuple[Fault, ...] = ()
    doubts: tuple[Fault, ...] = ()


def kind(name: str) -> Kind:
    """Raises ModuleNotFoundError where the packages of the other role are not installed."""
    module, model = MODELS[name]
    room = import_module(module)
    return Kind(
        name=name, model=getattr(room, model), page=room.REFERENCE, makes_folders=name == "agent"
    )


def recognise(raw: Mapping[str, Any]) -> Kind:
    """The kind whose top-level keys fit best, of those that are installed: a box has its own."""
    found = []
    for name in MODELS:
        with suppress(ModuleNotFoundError):
            found.append(kind(name))
    return max(found, key=lambda each: len(raw.keys() & each.model.model_fields.keys()))


def problems(kind: Kind, raw: Mapping[str, Any], folder: Path) -> Found:
    """What is wrong with `raw`, a file of `folder`; files that it names are looked for too."""
    try:
        config = kind.model.model_validate(dict(raw), context={"folder": folder})
    except ValidationError as wrong:
        return Found(faults=tuple(faults(wrong, raw, kind.model, kind.page)))
    absent = tuple(missing(config, makes_folders=kind.makes_folders))
    return Found(
        faults=(*absent, *_untrusted(config), *_unreadable_keys(config)),
        doubts=() if absent else tuple(doubtful(config)),
    )


def _untrusted(config: Section) -> Iterator[Fault]:
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
        yield Fault(key="detector.weights", value=str(section.weights or "built in"), remedy=remedy)


def _unreadable_keys(config: Section) -> Iterator[Fault]:
    """Keys of updates that the box could not use."""
    if (section := getattr(config, "update", None)) is None:
        return
    trust = import_module("edge_agent.trust")
    for path in section.trusted_keys:
        try:
            trust.read_public(path)
        except trust.ModelError as refused:
            yield Fault(key="update.trusted_keys", value=str(path), remedy=str(refused))


def _read(path: Path) -> dict[str, Any] | Fault:
    remedy = ""
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text)
    except OSError as absent:
        remedy = f"cannot be read: {absent.strerror}"
    except UnicodeDecodeError as broken:
        remedy = f"is not UTF-8: {broken}"
    except tomllib.TOMLDecodeError as broken:
        remedy = f"is not TOML: {broken}{line_hint(text)}"
    return Fault(key="", value=None, remedy=remedy)


def _check(path: Path, named: str | None) -> tuple[str, Found]:
    """The kind's name and what is wrong."""
    raw = _read(path)
    if isinstance(raw, Fault):
        return named or "file", Found(faults=(raw,))
    found = kind(named) if named else recognise(raw)
    return found.name, problems(found, raw, path.parent)


@contextmanager
def _only_the_verdict() -> Iterator[None]:
    """What the rooms tell of themselves while they are asked is not the answer."""
    room = logging.getLogger("edge_agent")
    before = room.level
    room.setLevel(logging.WARNING)
    try:
        yield
    finally:
        room.setLevel(before)


def run(options: Namespace) -> int:
    with _only_the_verdict():
        return _judge(options)


def _judge(options: Namespace) -> int:
    wrong = 0
    for path in map(Path, options.file):
        name, found = _check(path, options.kind)
        wrong += len(found.faults)
        for fault in found.faults:
            complain(f"{path}: {fault}")
        for doubt in found.doubts:
            complain(f"{path}: warning: {doubt}")
        if not found.faults:
            print(f"{path}: good {name} configuration")
    return Exit.CONFIGURATION if wrong else Exit.OK
