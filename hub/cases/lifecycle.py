"""Life cycles: states, clocks and attributes of a type of case, one YAML file each."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

SHIPPED = Path(__file__).parent / "data"
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$")]
Value = str | int | float | bool


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Phase(StrEnum):
    """What the clock does in a state."""

    WAITING = "waiting"
    OPEN = "open"
    PAUSED = "paused"
    DONE = "done"


class Outcome(StrEnum):
    """How a case ended."""

    RESOLVED = "resolved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class State(Part):
    """`waiting`: nobody took it on yet; `paused`: the clock stands still; `done`: over."""

    code: Code
    name_vi: str
    phase: Phase
    outcome: Outcome | None = None
    aliases: tuple[str, ...] = ()
    usual_next: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _ends_somehow(self) -> Self:
        if (self.phase is Phase.DONE) != (self.outcome is not None):
            raise ValueError(f"state {self.code}: outcome belongs to phase done, and only there")
        return self


class When(Part):
    """Only for cases whose attribute has this value."""

    attribute: str
    equals: Value


class Term(Part):
    """How long a case may take: working days or hours (offices' clock), or plain hours."""

    when: tuple[When, ...] = ()
    starts: Code | None = Field(
        default=None, description="The state whose first entry starts the clock; none: the first."
    )
    working_days: float | None = Field(default=None, gt=0)
    working_hours: float | None = Field(default=None, gt=0)
    hours: float | None = Field(default=None, gt=0)
    source: str = Field(min_length=1)
    confidence: str

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if (
            sum(each is not None for each in (self.working_days, self.working_hours, self.hours))
            != 1
        ):
            raise ValueError("give one of working_days, working_hours, hours")
        return self

    def applies(self, attributes: Mapping[str, Value]) -> bool:
        return all(attributes.get(each.attribute) == each.equals for each in self.when)


class Attribute(Part):
    """What is kept of a case; anything else is left at the door."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
    name_vi: str
    type: Literal["text", "number", "boolean", "choice"]
    choices: tuple[str, ...] = ()
    choices_vi: tuple[str, ...] = Field(
        default=(), description="What people call each of `choices`, in their order."
    )
    longest: int = Field(default=64, ge=1, le=500)

    @model_validator(mode="after")
    def _choices(self) -> Self:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError(f"attribute {self.name}: choices belong to type choice")
        if self.choices_vi and len(self.choices_vi) != len(self.choices):
            raise ValueError(f"attribute {self.name}: choices_vi names each of choices, or none")
        return self

    def called(self, value: Value) -> str:
        """A value in words: `toan-trinh` is `toàn trình`."""
        if isinstance(value, bool):
            return "có" if value else "không"
        named = dict(zip(self.choices, self.choices_vi, strict=False))
        return named.get(str(value), str(value))

    def wrong(self, value: Value) -> str:
        """Why `value` is not one, in Vietnamese; empty if it is."""
        match self.type:
            case "boolean":
                return "" if isinstance(value, bool) else "cần true hoặc false"
            case "number":
                plain = isinstance(value, int | float) and not isinstance(value, bool)
                return "" if plain else "cần một số"
            case "choice":
                return "" if value in self.choices else f"cần một trong {', '.join(self.choices)}"
            case _:
                if not isinstance(value, str):
                    return "cần chữ"
                return "" if len(value) <= self.longest else f"dài quá {self.longest} ký tự"


class Lifecycle(Part):
    """A type of case."""

    type: Code
    name_vi: str
    subsystem: str
    states: tuple[State, ...] = Field(min_length=2)
    terms: tuple[Term, ...] = Field(
        default=(), description="The first that applies counts; none: no deadline of its own."
    )
    limits: tuple[Term, ...] = Field(
        default=(), description="How long a case may stay in the state `starts`."
    )
    attributes: tuple[Attribute, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        codes = [state.code for state in self.states]
        for code in codes:
            if codes.count(code) > 1:
                raise ValueError(f"state {code} is there twice")
        known, names = set(codes), {each.name for each in self.attributes}
        asked = [code for state in self.states for code in state.usual_next]
        asked += [term.starts for term in (*self.terms, *self.limits) if term.starts]
        for code in asked:
            if code not in known:
                raise ValueError(f"state {code!r} is not one of {', '.join(codes)}")
        for term in (*self.terms, *self.limits):
            for when in term.when:
                if when.attribute not in names:
                    raise ValueError(f"when: attribute {when.attribute!r} is not listed")
        return self

    @cached_property
    def by_code(self) -> dict[str, State]:
        """States by code and by each alias, whatever their case."""
        found: dict[str, State] = {}
        for state in self.states:
            for name in (state.code, state.name_vi, *state.aliases):
                found[name.casefold()] = state
        return found

    @cached_property
    def by_attribute(self) -> dict[str, Attribute]:
        return {each.name: each for each in self.attributes}

    def state(self, code: str) -> State | None:
        return self.by_code.get(code.strip().casefold())


class LifecycleError(ValueError):
    """A file that is no life cycle; names file, key and what to do."""

    def __init__(self, *, file: Path, key: str, why: str) -> None:
        self.file = file
        self.key = key
        self.why = why
        super().__init__(f"{file.name}: {key}: {why}")


def load(*folders: Path) -> dict[str, Lifecycle]:
    """The shipped life cycles and those of `folders`, by type; a later file of a type counts."""
    return {
        lifecycle.type: lifecycle
        for folder in (SHIPPED, *folders)
        for file in sorted(folder.glob("*.yaml"))
        for lifecycle in (_read(file),)
    }


def _read(file: Path) -> Lifecycle:
    try:
        return Lifecycle.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "file"
        why = first["msg"].removeprefix("Value error, ")
        raise LifecycleError(file=file, key=key, why=why) from None
    except (yaml.YAMLError, UnicodeDecodeError) as wrong:
        raise LifecycleError(file=file, key="file", why=f"is no YAML in UTF-8: {wrong}") from None
