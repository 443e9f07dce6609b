"""Bridges: devices that may hand in figures, cases and texts over MQTT, and which of them.

A box that only looks has no word on epidemics: what it hands in without being named here is set
aside with its reason, and `ioc quarantine replay` files it once it is named.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from contracts.configuration import ConfigError
from contracts.topics import Kind
from hub.admission import About
from hub.bridge_settings import Bridge
from hub.catalogue.records import Catalogue
from hub.provenance import NotAdmitted, Refusal
from hub.tokens import Rights


class Bridges:
    """`check` passes what a device may say.  Raises ConfigError for names nobody knows."""

    def __init__(self, bridges: Iterable[Bridge], catalogue: Catalogue, today: date) -> None:
        self._rights: dict[str, Rights] = {}
        for bridge in bridges:
            _known(bridge, catalogue, today)
            self._rights[bridge.device] = Rights(
                kinds=frozenset(Kind(each) for each in bridge.may),
                subsystems=frozenset(bridge.subsystems),
                units=frozenset(bridge.units),
            )

    def check(self, device: str, kind: Kind, about: About) -> None:
        """Raises NotAdmitted."""
        rights = self._rights.get(device, Rights(kinds=frozenset()))
        if not rights.allow(kind, about.subsystem, about.unit):
            why = f"thiết bị {device} không được giao báo mục này; ghi nó vào [[bridge]]"
            refusal = Refusal(index=0, field=about.field, value=about.value, why_vi=why)
            raise NotAdmitted((refusal,))


def _known(bridge: Bridge, catalogue: Catalogue, today: date) -> None:
    for each in bridge.subsystems:
        if each not in catalogue.subsystems:
            raise _unknown("subsystems", each, f"there are {', '.join(catalogue.subsystems)}")
    for each in bridge.units:
        if catalogue.unit(each, today) is None:
            raise _unknown("units", each, "the catalogue has no such unit today")


def _unknown(key: str, value: str, remedy: str) -> ConfigError:
    return ConfigError(file=Path("[[bridge]]"), key=key, value=value, remedy=remedy)
