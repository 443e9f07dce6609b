"""What a street camera sees: a road between houses, traffic; and after a while something burns."""

import cv2
import numpy as np

from edge_agent.frame import Image
from edge_agent.scene import houses, traffic
from edge_agent.scene.backdrop import Sensor, Sky
from edge_agent.scene.flame import Flame
from edge_agent.scene.hills import Hills
from edge_agent.scene.light import daylight_on, tint
from edge_agent.scene.perspective import View, dimmed
from edge_agent.scene.plume import Fire, Plume
from edge_agent.scene.setting import Setting

EYE_M = 6.5
FLAME_M = 3.4
"""Height of the flame of a burning bin, strength 1."""
BIN = 0.02
"""Heat of a burning bin beside that of a field: about a megawatt."""
STREET_LAMPS = 0.22
"""What lamps leave of the day's light at night."""


class StreetScene:
    """`render` is pure: the same second gives the same picture, but for the sensor's noise."""

    def __init__(self, setting: Setting) -> None:
        random = np.random.default_rng(setting.seed)
        self._setting = setting
        self._light = max(STREET_LAMPS, daylight_on(setting))
        self._view = View(
            width=setting.width, height=setting.height, focal=0.95 * setting.width,
            horizon=0.40 * setting.height, eye=EYE_M,
        )  # fmt: skip
        self._still = self._paint_still(random)
        self._passers = traffic.some(random)
        self._sensor = Sensor(setting, random)
        self._flame, self._plume = self._burning()

    def render(self, seconds: float, number: int) -> Image:
        image = self._still.copy()
        passers = sorted(self._passers, key=lambda one: -one.ahead(seconds))
        behind = [one for one in passers if one.ahead(seconds) > self._setting.distance]
        for passer in behind:
            traffic.paint(image, self._view, passer, seconds, self._light)
        self._burn(image, seconds - self._setting.ignite_after)
        for passer in passers[len(behind) :]:
            traffic.paint(image, self._view, passer, seconds, self._light)
        self._sensor.over(image, number)
        return image

    def _burn(self, image: Image, burning: float) -> None:
        if self._setting.ignite_after >= 0:
            day = daylight_on(self._setting)
            self._plume.blend(image, burning, day, tint(self._setting))
            self._flame.blend(image, burning, day)

    def _burning(self) -> tuple[Flame, Plume]:
        setting, ahead = self._setting, self._setting.distance
        scale = self._view.scale(ahead)
        x, y = self._view.pixel((self._view.across(setting.place, ahead), 0.5, ahead))
        height = FLAME_M * scale * np.sqrt(setting.strength)
        fire = Fire(
            x=x, y=y - 0.6 * height, scale=scale, wind=0.4 * setting.wind,
            strength=BIN * setting.strength, thick=8.0, dark=0.75,
        )  # fmt: skip
        flame = Flame(x, y, 0.6 * height, height, setting.seed + 2)
        return flame, Plume(fire, setting.seed + 1)

    def _paint_still(self, random: np.random.Generator) -> Image:
        setting = self._setting
        image = np.zeros((setting.height, setting.width, 3), np.uint8)
        Sky(setting, int(0.5 * setting.height), random).paint(image, 0.0)
        Hills(setting, random).over(image)
        houses.paint(image, self._view, self._light, random)
        self._paint_bin(image)
        return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.7), np.uint8)

    def _paint_bin(self, image: Image) -> None:
        """What burns: rubbish at the roadside."""
        ahead = self._setting.distance
        x = self._view.across(self._setting.place, ahead)
        corners = [(x - 0.55, 0.0, ahead), (x + 0.55, 0.0, ahead), (x + 0.65, 1.0, ahead),
                   (x - 0.65, 1.0, ahead)]  # fmt: skip
        self._view.fill(image, corners, dimmed((62, 84, 54), self._light))
