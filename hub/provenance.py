"""Who handed something in, by which entrance, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Entrance(StrEnum):
    """The ways in; all of them lead through `hub.admission`."""

    MQTT = "mqtt"
    HTTP = "http"
    FILE = "file"
    PULL = "pull"
    PERSON = "person"
    HUB = "hub"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """`source` names the feed (device, token, mapping, connector); `actor` who is responsible.
    `demo` marks simulated data, everywhere and for ever."""

    source: str
    actor: str
    entrance: Entrance
    recorded_at: datetime
    demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """How many were new, changed what was there, or were there already."""

    stored: int = 0
    corrected: int = 0
    repeated: int = 0

    def __add__(self, other: "Admitted") -> "Admitted":
        return Admitted(
            stored=self.stored + other.stored,
            corrected=self.corrected + other.corrected,
            repeated=self.repeated + other.repeated,
        )


CLASSIFIED_VI = "tài liệu mật không được đưa vào đây"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is wrong with one item: its place in what was handed in, field, value, remedy."""

    index: int
    field: str
    value: str
    why_vi: str


class NotAdmitted(Exception):
    """Nothing of what was handed in is kept; `refusals` says what to mend."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        self.refusals = refusals
        self.secret = any(refusal.why_vi == CLASSIFIED_VI for refusal in refusals)
        """What was handed in must not be kept anywhere, not even to look at."""
        first = refusals[0]
        super().__init__(
            f"{len(refusals)} refused, first: item {first.index} {first.field}: {first.why_vi}"
        )
