"""The data files of this room: how they are read, and what each must say of itself."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

FOLDER = Path(__file__).parent / "data"


class FactsError(Exception):
    """A data file does not read; `file` and `what` say where and why."""

    def __init__(self, file: Path, what: str) -> None:
        super().__init__(f"{file.name}: {what}. Remedy: correct {file}")
        self.file = file
        self.what = what


class Part(BaseModel):
    """A piece of a data file: an unknown key is a misspelt one."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Facts(Part):
    """What every file says of itself: where it comes from and how sure that is."""

    source: str
    confidence: Literal["high", "medium", "low", "project"]
    effective_from: date


Kind = TypeVar("Kind", bound=Facts)


@lru_cache(maxsize=32)
def load(kind: type[Kind], file: Path) -> Kind:
    """Raises FactsError naming the key and the bad value."""
    try:
        return kind.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise FactsError(file, str(error)) from error
    except yaml.YAMLError as error:
        raise FactsError(file, f"no YAML ({error})") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        given = "" if first["type"] == "missing" else f", not {str(first['input'])[:80]!r}"
        raise FactsError(file, f"{key}: {first['msg']}{given}") from error


def shipped(kind: type[Kind], name: str) -> Kind:
    """`name`.yaml of this package."""
    facts: Kind = load(kind, FOLDER / f"{name}.yaml")
    return facts
