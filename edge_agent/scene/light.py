"""Light of the hour."""

import numpy as np

from edge_agent.scene.noise import Floats
from edge_agent.scene.setting import Setting

DAY_SKY = np.array([[214, 172, 122], [238, 226, 212]], np.float32)
DUSK_SKY = np.array([[120, 90, 90], [110, 150, 225]], np.float32)
NIGHT_SKY = np.array([[22, 14, 10], [38, 28, 22]], np.float32)


def sky_colours(daylight: float) -> Floats:
    """Two rows, zenith and horizon, blue-green-red."""
    if daylight >= 0.5:
        share = (daylight - 0.5) * 2
        return np.asarray(DUSK_SKY * (1 - share) + DAY_SKY * share, np.float32)
    share = daylight * 2
    return np.asarray(NIGHT_SKY * (1 - share) + DUSK_SKY * share, np.float32)


def daylight_on(setting: Setting) -> float:
    """What a surface gets of the full sun, 0..1: at night the moon's little."""
    return 0.08 + 0.92 * setting.daylight


def tint(setting: Setting) -> Floats:
    """The colour of the light, about 1 in each of blue, green, red."""
    horizon = sky_colours(setting.daylight)[1]
    return np.asarray(0.7 + 0.3 * horizon / horizon.mean(), np.float32)
