"""The rendered scene as a camera."""

from collections.abc import Callable, Iterator
from typing import Protocol, Self

from contracts.clock import utc_now
from edge_agent.frame import Frame, Image
from edge_agent.scene.setting import Setting
from edge_agent.scene.street import StreetScene
from edge_agent.scene.tower import TowerScene
from edge_agent.sources.pace import Pace


class Scene(Protocol):
    """Renders the picture of a second; `number` counts frames and picks the sensor's noise."""

    def render(self, seconds: float, number: int) -> Image: ...


SCENES: dict[str, Callable[[Setting], Scene]] = {"tower": TowerScene, "street": StreetScene}


class SyntheticSource:
    """Never ends; the scene's clock starts when the frames are asked for."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._pace = Pace(1 / setting.fps)

    @classmethod
    def from_url(cls, url: str) -> Self:
        """`synthetic:tower?seed=2&ignite_after=20`; raises SourceError naming a wrong key."""
        return cls(Setting.from_url(url))

    def frames(self) -> Iterator[Frame]:
        scene = SCENES[self._setting.kind](self._setting)
        number = 0
        while self._pace.wait():
            number += 1
            image = scene.render(number / self._setting.fps, number)
            yield Frame(image=image, captured_at=utc_now(), number=number)

    def close(self) -> None:
        self._pace.close()
