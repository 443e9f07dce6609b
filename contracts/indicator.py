"""What the other subsystems say: a figure, a thing with a deadline, an online text.

Minimal in version 1: enough to be numbered, stored and receipted.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from contracts.clock import Moment
from contracts.message import Numbered
from contracts.topics import Kind

Code = Annotated[str, Field(min_length=1, max_length=64)]


class Observation(Numbered):
    """The value of an indicator for a unit of administration over a period."""

    kind: ClassVar[Kind] = Kind.OBSERVATION

    indicator: Code
    unit: Code
    period_start: Moment
    period_end: Moment
    value: float


class Case(Numbered):
    """Anything with a deadline: a dossier, a document, a citizen's report."""

    kind: ClassVar[Kind] = Kind.CASE

    subsystem: Code
    case: Code
    state: Code
    unit: Code
    due_at: Moment | None = None


class Mention(Numbered):
    """An online text about the district."""

    kind: ClassVar[Kind] = Kind.MENTION

    source: Code
    url: Annotated[str, Field(max_length=2000)] = ""
    title: Annotated[str, Field(max_length=500)]
    text: Annotated[str, Field(max_length=8000)] = ""
