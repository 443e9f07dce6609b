"""What the other subsystems say: a figure, a thing with a deadline, an online text.

Each is a body, the same by whatever entrance it comes (MQTT, HTTP, a dropped file, a connector),
and a numbered message that carries the body from a device that counts.
"""

from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from contracts.clock import Moment
from contracts.message import Numbered
from contracts.topics import Kind

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$")]
"""An id that people and systems give: `education.pupils-present`, `20467`, `000.01.21.H47-…`."""

Attribute = Annotated[str, StringConstraints(max_length=500)] | bool | int | float
MOST_ATTRIBUTES = 32


class Body(BaseModel):
    """Frozen; numbers are finite, unknown fields are refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ObservationBody(Body):
    """The figure of a measure for a unit of administration over a period."""

    measure: Annotated[Code, Field(description="id in the catalogue")]
    unit: Annotated[Code, Field(description="commune, school, station … of the catalogue")]
    period_start: Moment
    period_end: Annotated[Moment, Field(description="first moment after the period")]
    value: float

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.period_end <= self.period_start:
            raise ValueError("period_end: not after period_start")
        return self


class CaseBody(Body):
    """A state that anything with a deadline entered: a dossier, a document, a report."""

    type: Annotated[Code, Field(description="lifecycle: dossier, document-in, report …")]
    case: Annotated[Code, Field(description="its number where it lives")]
    state: Code
    unit: Code
    at: Annotated[Moment, Field(description="when it entered the state")]
    due_at: Annotated[
        Moment | None, Field(description="when its own system says one; else by the lifecycle")
    ] = None
    attributes: Annotated[
        dict[Annotated[str, StringConstraints(max_length=48)], Attribute],
        Field(max_length=MOST_ATTRIBUTES, description="those that the lifecycle lists"),
    ] = {}


class MentionBody(Body):
    """An online text about the district."""

    source: Code
    url: Annotated[str, Field(max_length=2000)] = ""
    title: Annotated[str, Field(max_length=500)]
    text: Annotated[str, Field(max_length=8000)] = ""
    published_at: Moment
    interactions: Annotated[int, Field(ge=0, le=2**40)] = 0


AnyBody = ObservationBody | CaseBody | MentionBody


class Observation(Numbered):
    """A figure from a device or another system's bridge."""

    kind: ClassVar[Kind] = Kind.OBSERVATION
    body: ObservationBody


class Case(Numbered):
    """A state of a case from a device or another system's bridge."""

    kind: ClassVar[Kind] = Kind.CASE
    body: CaseBody


class Mention(Numbered):
    """An online text from another system's bridge."""

    kind: ClassVar[Kind] = Kind.MENTION
    max_bytes: ClassVar[int] = 65_536
    body: MentionBody
