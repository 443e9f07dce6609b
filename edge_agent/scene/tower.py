"""What a watch-tower sees: hills one behind the other, and after a while smoke."""

import math

import numpy as np

from edge_agent.frame import Image
from edge_agent.scene.backdrop import Mist, Sensor, Sky
from edge_agent.scene.flame import Flame
from edge_agent.scene.hills import Hills
from edge_agent.scene.light import daylight_on, tint
from edge_agent.scene.plume import Fire, Plume
from edge_agent.scene.setting import Setting

FOV_DEG = 60.0
BURNING_LAYER = 3
"""The ridge before which it burns: a middle one, so that hills stand behind the smoke."""


class TowerScene:
    """`render` is pure: the same second gives the same picture, but for the sensor's noise."""

    def __init__(self, setting: Setting) -> None:
        random = np.random.default_rng(setting.seed)
        self._setting = setting
        self._hills = Hills(setting, random)
        self._sky = Sky(setting, min(setting.height, int(setting.height * 0.62)), random)
        self._mist = Mist(setting, random)
        self._sensor = Sensor(setting, random)
        scale = setting.width / (2 * math.tan(math.radians(FOV_DEG / 2)) * setting.distance)
        x = setting.place * setting.width
        y = float(self._hills.ridges[BURNING_LAYER][int(x)]) + 0.02 * setting.height
        fire = Fire(x=x, y=y, scale=scale, wind=setting.wind, strength=setting.strength)
        self._plume = Plume(fire, setting.seed + 1)
        side = 4 * scale * math.sqrt(setting.strength)
        self._flame = Flame(x, y, 1.3 * side, side, setting.seed + 2)

    def render(self, seconds: float, number: int) -> Image:
        setting = self._setting
        image = np.empty((setting.height, setting.width, 3), np.uint8)
        self._sky.paint(image, seconds)
        self._hills.over(image)
        self._mist.over(image, seconds)
        if setting.ignite_after >= 0:
            burning = seconds - setting.ignite_after
            self._flame.blend(image, burning, daylight_on(setting))
            self._plume.blend(image, burning, daylight_on(setting), tint(setting))
        self._sensor.over(image, number)
        return image
