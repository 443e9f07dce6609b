"""What an entrance hands over, and to whom: bodies with their provenance, to the admission."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from contracts.indicator import AnyBody


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where bodies come from, for history and audit.

    `source` is a mapping's or a connector's name.  A file has `sha256`, `mapping` (its name and
    mark) and `file`: the admission remembers them in the transaction of the bodies, so that a file
    that comes again is known.
    """

    entrance: str
    source: str
    actor: str = ""
    sha256: bytes = b""
    mapping: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why the body at `index` of the sequence cannot be taken; Vietnamese, for people."""

    index: int
    field: str
    value: str
    wrong: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """What became of bodies: all were taken, or, if any is refused, none."""

    stored: int = 0
    corrected: int = 0
    repeated: int = 0
    refused: tuple[Refusal, ...] = ()


class Admission(Protocol):
    """The one way in: one transaction with history and audit, all or nothing."""

    def admit(self, bodies: Sequence[AnyBody], provenance: Provenance) -> Admitted: ...

    def imported(self, sha256: bytes, mapping: str) -> datetime | None:
        """When the file was taken in through this mapping, if it was."""
