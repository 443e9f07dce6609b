"""Which devices may hand in figures, cases and texts over MQTT."""

from typing import Literal

from pydantic import Field

from contracts.configuration import Section
from contracts.identity import DeviceName


class Bridge(Section):
    """A device that may hand in figures, cases or texts over MQTT; no other may."""

    device: DeviceName = Field(title="Device", description="Its name in its certificate.")
    may: tuple[Literal["observation", "case", "mention"], ...] = Field(
        default=("observation", "case", "mention"),
        min_length=1,
        title="Kinds",
        description="What it may hand in: figures, cases, texts.",
    )
    subsystems: tuple[str, ...] = Field(
        min_length=1,
        title="Subsystems",
        description="Of which subsystems, by their ids (`ioc catalogue list`).",
    )
    units: tuple[str, ...] = Field(
        default=(), title="Units", description="Of which units of the catalogue; empty: of all."
    )
