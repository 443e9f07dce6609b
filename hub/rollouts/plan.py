"""Rings: which boxes take an update first, by name or by share."""

import hashlib
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Self

from contracts.update import Ring
from hub.rollouts.errors import BadPlan

DEFAULT = ("canary=5%", "first=25%", "all")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One ring: the `devices` that are named, else a `share` (0..1) of all that take updates."""

    ring: Ring
    share: float = 1.0
    devices: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """`canary=thap-a,thap-b`, `first=25%` or `all`; raises BadPlan."""
        name, _, who = text.partition("=")
        try:
            ring = Ring(name.strip())
        except ValueError:
            raise BadPlan(f"--ring {text}: the rings are {', '.join(Ring)}") from None
        who = who.strip()
        if not who:
            return cls(ring=ring)
        if not who.endswith("%"):
            return cls(ring=ring, devices=tuple(each.strip() for each in who.split(",")))
        try:
            share = float(who[:-1]) / 100
        except ValueError:
            share = 0.0
        if not 0 < share <= 1:
            raise BadPlan(f"--ring {text}: write a share above 0% and up to 100%")
        return cls(ring=ring, share=share)

    def plain(self) -> dict[str, Any]:
        return {"ring": self.ring.value, "share": self.share, "devices": list(self.devices)}

    @classmethod
    def of(cls, plain: dict[str, Any]) -> Self:
        return cls(ring=Ring(plain["ring"]), share=plain["share"], devices=tuple(plain["devices"]))

    def members(self, digest: str, known: Sequence[str], taken: Collection[str]) -> list[str]:
        """Of `known` boxes those that join now; `taken` are in a ring before.  By share: at least
        one, the same boxes however often it is asked, others for another update."""
        left = [device for device in known if device not in taken]
        if self.devices:
            return [device for device in left if device in self.devices]
        drawn = sorted(
            left, key=lambda device: hashlib.sha256(f"{digest}{device}".encode()).digest()
        )
        return sorted(drawn[: max(1, math.ceil(self.share * len(known) - 1e-9))])


def plan(texts: Sequence[str], known: Sequence[str], widest: Ring) -> tuple[Stage, ...]:
    """The rings in their order, none wider than the update was signed for; raises BadPlan."""
    stages = tuple(Stage.parse(text) for text in texts or DEFAULT)
    if not texts:
        stages = tuple(stage for stage in stages if stage.ring.takes(widest))
    order = [list(Ring).index(stage.ring) for stage in stages]
    if order != sorted(set(order)):
        raise BadPlan(f"--ring: each once, in the order {', '.join(Ring)}")
    for stage in stages:
        if not stage.ring.takes(widest):
            raise BadPlan(f"--ring {stage.ring}: the update is signed for {widest} at most")
        for device in stage.devices:
            if device not in known:
                there = ", ".join(known) or "none yet"
                raise BadPlan(f"--ring {stage.ring}: {device} takes no updates; there are: {there}")
    if not known:
        raise BadPlan("no box takes updates yet: set update.hub and update.trusted_keys of one")
    return stages
