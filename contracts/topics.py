"""The topic grammar, version 1.

    v1/up/<device>/<lane>/<kind>             device -> hub, QoS 1      (numbered, receipted)
    v1/up/<device>/status                    device -> hub, retained   (state, also the last will)
    v1/up/<device>/certificate-request       device -> issuer, QoS 1   (renewal)
    v1/up/issuer/trust                       issuer -> hub, retained   (refused, copied, revoked)
    v1/up/<device>/update-state              device -> hub, retained   (what it runs of updates)
    v1/down/<device>/receipt                 hub -> device, QoS 1
    v1/down/<device>/certificate             issuer -> device, QoS 1   (its answer)
    v1/down/<device>/update                  hub -> device, retained   (what it is to run)

One write rule and one read rule make a device's whole access list:
`pattern write v1/up/%u/#` and `pattern read v1/down/%u/#`.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contracts.errors import TopicError
from contracts.identity import Lane

ROOT = "v1"
QOS = 1
ISSUER: Final = "issuer"
"""Who signs certificates; its name at the broker."""
_DEVICE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?")


class Kind(StrEnum):
    """What a topic carries."""

    TELEMETRY = "telemetry"
    SIGHTING = "sighting"
    EVIDENCE = "evidence"
    OBSERVATION = "observation"
    CASE = "case"
    MENTION = "mention"
    STATUS = "status"
    RECEIPT = "receipt"
    CERTIFICATE_REQUEST = "certificate-request"
    CERTIFICATE = "certificate"
    TRUST = "trust"
    UPDATE = "update"
    UPDATE_STATE = "update-state"


LANES: dict[Kind, tuple[Lane, ...]] = {
    Kind.SIGHTING: (Lane.ALARM,),
    Kind.EVIDENCE: (Lane.ALARM, Lane.BULK),
    Kind.TELEMETRY: (Lane.BULK,),
    Kind.OBSERVATION: (Lane.BULK,),
    Kind.CASE: (Lane.BULK,),
    Kind.MENTION: (Lane.BULK,),
}
"""The lanes that a numbered kind may take."""

UP = (Kind.STATUS, Kind.CERTIFICATE_REQUEST, Kind.TRUST, Kind.UPDATE_STATE)
DOWN = (Kind.RECEIPT, Kind.CERTIFICATE, Kind.UPDATE)
"""Kinds without lane and number, by their direction."""
RETAINED = (Kind.STATUS, Kind.TRUST, Kind.UPDATE, Kind.UPDATE_STATE)
"""Kinds of which the broker keeps the last for whoever subscribes later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A parsed topic; `lane` is None for kinds without number."""

    device: str
    kind: Kind
    lane: Lane | None = None

    def __str__(self) -> str:
        if self.kind in DOWN:
            return f"{ROOT}/down/{self.device}/{self.kind}"
        if self.kind in UP:
            return f"{ROOT}/up/{self.device}/{self.kind}"
        return f"{ROOT}/up/{self.device}/{self.lane}/{self.kind}"


def parse(topic: str) -> Topic:
    """The parts of `topic`; raises TopicError, saying which part is wrong."""
    match topic.split("/"):
        case [version, *_] if version != ROOT:
            raise TopicError(topic, f"begins with {version!r}, this release speaks {ROOT!r}")
        case [_, "up", device, kind] if kind in UP:
            return Topic(device=_device(topic, device), kind=Kind(kind))
        case [_, "down", device, kind] if kind in DOWN:
            return Topic(device=_device(topic, device), kind=Kind(kind))
        case [_, "up", device, lane, kind]:
            return _numbered(topic, _device(topic, device), lane, kind)
        case _:
            raise TopicError(topic, "expected v1/up/<device>/<lane>/<kind>")


def _numbered(topic: str, device: str, lane: str, kind: str) -> Topic:
    try:
        parsed = Topic(device=device, lane=Lane(lane), kind=Kind(kind))
    except ValueError as wrong:
        raise TopicError(topic, str(wrong)) from None
    if parsed.lane not in LANES.get(parsed.kind, ()):
        raise TopicError(topic, f"{kind!r} does not travel in lane {lane!r}")
    return parsed


def _device(topic: str, device: str) -> str:
    if not _DEVICE.fullmatch(device):
        raise TopicError(topic, f"device {device!r} is not 1 to 48 of a-z, 0-9 and inner hyphens")
    return device


def uplink_filter(lane: Lane) -> str:
    """The hub's subscription to one lane of all devices."""
    return f"{ROOT}/up/+/{lane}/#"


STATUS_FILTER = f"{ROOT}/up/+/status"
CERTIFICATE_REQUEST_FILTER = f"{ROOT}/up/+/{Kind.CERTIFICATE_REQUEST}"
TRUST_TOPIC = f"{ROOT}/up/{ISSUER}/{Kind.TRUST}"
UPDATE_STATE_FILTER = f"{ROOT}/up/+/{Kind.UPDATE_STATE}"
