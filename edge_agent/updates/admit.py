"""Whether an offer may come in: signed by a trusted key, fresh, not below the floor, and for us."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from pydantic import ValidationError

from contracts.update import Offer, Ring, UpdateManifest
from edge_agent.config import UpdateSection
from edge_agent.detector import ModelError
from edge_agent.trust import PublicKey, read_public, signer_of
from edge_agent.updates.errors import NotNow, UpdateRefused

CLOCKS = timedelta(hours=26)
"""A manifest from further ahead means that this box's clock is behind: zones are 26 hours wide."""
_NAMELESS = Path("update")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Whom a box trusts and what it is."""

    keys: Sequence[PublicKey]
    ring: Ring

    @classmethod
    def of(cls, section: UpdateSection) -> "Gate":
        """Raises ModelError for a key that cannot be read."""
        keys = [read_public(path) for path in section.trusted_keys]
        return cls(keys=keys, ring=section.ring)

    def signed(self, offer: Offer) -> UpdateManifest:
        """What a trusted key signed; raises UpdateRefused."""
        line = offer.signature.encode() + b"\n"
        try:
            signer_of(line, offer.signed, self.keys, _NAMELESS, "update.trusted_keys")
            return offer.read()
        except ModelError as refused:
            raise UpdateRefused(refused.reason, refused.remedy) from None
        except ValidationError as wrong:
            first = wrong.errors(include_url=False)[0]
            key = ".".join(str(part) for part in first["loc"]) or "manifest"
            raise UpdateRefused(
                f"{key}: {first['msg']}", "sign it with `ioc update sign`"
            ) from None

    def fresh(self, manifest: UpdateManifest, floor: int, now: datetime) -> None:
        """Raises UpdateRefused for what is stale or not for this box, NotNow for a wrong clock."""
        if manifest.made_at > now + CLOCKS:
            raise NotNow(
                f"made on {manifest.made_at:%Y-%m-%d}, which is ahead of this box's clock: whether "
                "it is out of date cannot be told",
                "set the clock (timedatectl)",
            )
        if now >= manifest.not_after:
            ended = f"{manifest.not_after:%Y-%m-%d %H:%M} UTC"
            raise UpdateRefused(f"out of date since {ended}", "sign it anew")
        require_floor(manifest.version, floor)
        if not self.ring.takes(manifest.ring):
            raise UpdateRefused(
                f"signed for the ring {manifest.ring}, this box is in {self.ring}",
                "sign it for more, or set update.ring of the box",
            )
        ours = version("dong-giang-ioc")
        if numbers(ours) < numbers(manifest.minimum_agent):
            raise UpdateRefused(
                f"made for agents from {manifest.minimum_agent} on, this is {ours}",
                "upgrade the agent first",
            )


def require_floor(number: int, floor: int) -> None:
    """Raises UpdateRefused for a version older than what has proven itself asks for."""
    if number < floor:
        raise UpdateRefused(f"version {number} is older than the floor {floor}", "sign a newer one")


def numbers(text: str) -> tuple[int, ...]:
    """Of a version such as 0.1.0, to compare."""
    return tuple(int(part) for part in text.partition("-")[0].split(".")[:3] if part.isdigit())
