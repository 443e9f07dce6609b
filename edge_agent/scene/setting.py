"""What a scene is made of; the same setting and second give the same picture."""

from dataclasses import dataclass, fields
from typing import Any, Literal, Self
from urllib.parse import parse_qsl

from edge_agent.frame import SourceError

Kind = Literal["tower", "street"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """seed: of everything random.  width, height: pixels.  fps: frames a second of the world.
    hour: of the day, local.  wind: m/s, to the right.  ignite_after: s; never, if negative.
    distance: m to the fire.  strength: of the fire, 1 = a burning field of 20 × 20 m.
    place: of the fire across the picture, 0..1.
    """

    kind: Kind = "tower"
    seed: int = 1
    width: int = 1280
    height: int = 720
    fps: float = 5.0
    hour: float = 14.0
    wind: float = 2.0
    ignite_after: float = 12.0
    distance: float = 1200.0
    strength: float = 5.0
    place: float = 0.6

    @classmethod
    def from_url(cls, url: str) -> Self:
        """`synthetic:tower?seed=2&ignite_after=20`; raises SourceError naming the key."""
        _, _, rest = url.partition(":")
        kind, _, query = rest.partition("?")
        if kind not in ("tower", "street"):
            raise SourceError(
                source=url, why=f"no scene {kind!r}", remedy="write synthetic:tower or :street"
            )
        given: dict[str, Any] = {"kind": kind}
        if kind == "street":
            given |= {"distance": 25.0, "strength": 1.0, "place": 0.72}
        kinds = {field.name: type(field.default) for field in fields(cls)}
        for key, text in parse_qsl(query):
            given[key] = _value(url, key, text, kinds)
        return cls(**given)

    @property
    def daylight(self) -> float:
        """0 at night, 1 from eight to four; dawn and dusk between."""
        rise = min(max((self.hour - 5.0) / 2.5, 0.0), 1.0)
        fall = min(max((18.8 - self.hour) / 2.5, 0.0), 1.0)
        return min(rise, fall)


def _value(url: str, key: str, text: str, kinds: dict[str, type]) -> float | int:
    kind = kinds.get(key)
    if kind not in (int, float):
        known = ", ".join(name for name, one in kinds.items() if one in (int, float))
        raise SourceError(source=url, why=f"unknown key {key!r}", remedy=f"use {known}")
    try:
        return int(text) if kind is int else float(text)
    except ValueError:
        raise SourceError(source=url, why=f"{key} is {text!r}", remedy="write a number") from None
