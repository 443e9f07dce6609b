"""Rules as data: YAML files read into frozen models, with errors that name file, key and remedy.

A province that issues its own table writes a file of the same form and names it; nothing of a
decree stands in code.
"""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import Field

from contracts.configuration import ConfigError, Section, validated

DATA = Path(__file__).parent / "data"


class Confidence(StrEnum):
    """How sure we are that a rule is what its source says."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Sourced(Section):
    """A rule that somebody set: whose it is, how sure we are, from when it holds."""

    source: str = Field(min_length=1)
    confidence: Confidence
    effective_from: date


P = TypeVar("P", bound=Section)

_shipped: dict[str, Section] = {}


class _OnceLoader(yaml.SafeLoader):
    """A key that stands twice is a slip of the pen: plain YAML would keep the last in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def load(path: Path, model: type[P]) -> P:
    """The rules in the YAML file `path`; raises ConfigError."""
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), _OnceLoader)  # noqa: S506 - a SafeLoader
    except OSError as missing:
        raise ConfigError(
            file=path, key="", value=missing.strerror, remedy="write the file or name another"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as broken:
        raise ConfigError(file=path, key="", value=str(broken), remedy="mend the YAML") from None
    return validated(path, raw, model, reference=f"the shipped {DATA.name}/{path.name}")


def shipped(name: str, model: type[P]) -> P:
    """The rules that come with the hub, `data/NAME.yaml`; read once."""
    if name not in _shipped:
        _shipped[name] = load(DATA / f"{name}.yaml", model)
    found = _shipped[name]
    assert isinstance(found, model), name
    return found
