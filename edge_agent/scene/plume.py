"""A plume of smoke that can be blended into any picture: for scenes, drills and training.

    Plume(Fire(x=640, y=400, scale=0.7, wind=3.0), seed=1).blend(image, seconds=40.0)

Puffs leave the fire at a steady rate.  Each rises as Briggs has it for a bent-over plume,
1.6·(F/u)^(1/3)·t^(2/3) (Plume Rise, 1969), below an inversion; the wind carries it; it widens in
proportion to its rise, and what it holds thins over the growing area.  As eddies pair, puffs merge,
so that the billows stay as large as the plume is wide.  Light through it follows Beer and Lambert:
view·exp(-τ) + smoke·(1 - exp(-τ)); the smoke is lit by the sun through itself, by the sky, and
at night by its fire.
"""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_agent.frame import Image
from edge_agent.scene.noise import Floats, fractal

PUFF_S = 0.2
"""Seconds between two puffs as they leave the fire."""
LIFE_S = 160.0
TAKES_HOLD_S = 12.0
BUOYANCY = 400.0
"""Briggs' flux F of a fire of strength 1, m⁴/s³: about 45 MW of convected heat."""
CEILING_M = 420.0
"""An inversion of a summer afternoon, for strength 1."""
FOOT_M, SPREAD = 2.5, 0.26
"""Radius at the fire, and its growth for each metre of rise."""
PAIRING_S, PAIRING = 0.6, 0.75
"""From that age puffs merge; spacing grows with age to that power."""
TAU = 85.0
"""Optical thickness × m² that a puff of strength 1 holds for each second it stands for."""
APPEARS_S = 0.3
"""No puff is there from one frame to the next."""
TAU_LIMIT = 4.0
"""Thicker smoke looks the same."""
FADES_S = 150.0
FINE_PX = 45_000
"""A plume over more pixels is reckoned more coarsely: frames must keep their pace."""
SPRITES, SPRITE_PX = 16, 64
SUN = (-0.55, -0.84)
"""Towards the sun, across and down the picture."""
SUNLIT = np.array([222, 226, 228], np.float32)
SKYLIT = np.array([150, 140, 132], np.float32)
FIRELIT = np.array([28, 92, 190], np.float32)
WHITE = np.ones(3, np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire:
    """Where and how it burns.

    x, y: pixels of its foot.  scale: pixels a metre there (width / (2·tan(fov/2)·distance)).
    wind: m/s to the right.  strength: 1 = a burning field of 20 × 20 m (heat: how fast it rises).
    thick: how much more smoke for its heat than dry grass gives.  dark: 0 white..1 black.
    """

    x: float
    y: float
    scale: float
    wind: float = 2.0
    strength: float = 1.0
    thick: float = 1.0
    dark: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Puffs:
    """One entry a puff.  x, y, radius: pixels.  tau: thickness at its middle.  angle: radians."""

    x: Floats
    y: Floats
    radius: Floats
    tau: Floats
    angle: Floats
    sprite: Floats


class Plume:
    """The smoke of one fire; the same seed and second give the same smoke."""

    def __init__(self, fire: Fire, seed: int) -> None:
        random = np.random.default_rng(seed)
        count = int(LIFE_S / PUFF_S) + 1
        self._fire = fire
        self._sway = random.normal(0, 0.33, (2, count)).astype(np.float32)
        self._gust = (1 + 0.22 * _waves(random, count, int(6 / PUFF_S))).astype(np.float32)
        self._mass = np.exp(0.55 * _waves(random, count, int(2.5 / PUFF_S))).astype(np.float32)
        self._turn = random.uniform(-np.pi, np.pi, count).astype(np.float32)
        self._sprites = [_billow(random) for _ in range(SPRITES)]

    def blend(self, image: Image, seconds: float, light: float = 1.0, tint: Floats = WHITE) -> None:
        """Smoke of a fire that has burnt for `seconds`, into `image`, in place.

        `light`: 0 (night) to 1 (full sun) on the smoke.  `tint`: its colour, about 1 in each of
        blue, green, red.
        """
        if seconds <= 0:
            return
        puffs = self._puffs(seconds)
        x1, y1, x2, y2 = _bounds(puffs, image.shape[1], image.shape[0])
        if x2 - x1 < 2 or y2 - y1 < 2:
            return
        coarse = max(1.0, math.sqrt((x2 - x1) * (y2 - y1) / FINE_PX))
        size = (x2 - x1, y2 - y1)
        tau = self._thickness(puffs, (x1, y1), size, coarse)
        colour = self._colour(tau, (x1, y1), coarse, light * tint)
        opacity = cv2.resize(1 - np.exp(-np.minimum(tau, TAU_LIMIT)), size)
        part = image[y1:y2, x1:x2]
        part[:] = cv2.blendLinear(part, cv2.resize(colour, size), 1 - opacity, opacity)

    def _puffs(self, seconds: float) -> _Puffs:
        fire = self._fire
        first = max(0, math.ceil((seconds - LIFE_S) / PUFF_S))
        index = np.arange(first, math.floor(seconds / PUFF_S) + 1)
        age = np.maximum(seconds - index * PUFF_S, 0.02).astype(np.float32)
        level = PAIRING * np.log2(np.maximum(age / PAIRING_S, 1))
        share = np.clip(_halvings(index) + 1 - level, 0, 1)
        alive = share > 0.02
        index, age, level, share = index[alive], age[alive], level[alive], share[alive]
        one = index % len(self._mass)
        strength = fire.strength * np.minimum(1.0, (index * PUFF_S + 2) / TAKES_HOLD_S)
        rise = 1.6 * np.cbrt(BUOYANCY * strength / max(abs(fire.wind), 1.0)) * age ** (2 / 3)
        ceiling = CEILING_M * np.cbrt(strength)
        risen = ceiling * (1 - np.exp(-rise / ceiling))
        radius = FOOT_M * np.sqrt(strength) + SPREAD * rise
        drift = fire.wind * self._gust[one] * age + self._sway[0, one] * radius
        held = TAU * fire.thick * strength * self._mass[one] * PUFF_S * 2**level * share
        held *= 1 - np.exp(-age / APPEARS_S)
        return _Puffs(
            x=_floats(fire.x + fire.scale * drift),
            y=_floats(fire.y - fire.scale * (risen + 0.6 * self._sway[1, one] * radius)),
            radius=_floats(np.maximum(fire.scale * radius, 0.7)),
            tau=_floats(held * np.exp(-age / FADES_S) / radius**2),
            angle=_floats(self._turn[one] * (1 + 0.25 * np.log1p(age))),
            sprite=_floats(index * 7 % SPRITES),
        )

    def _thickness(
        self, puffs: _Puffs, corner: tuple[int, int], size: tuple[int, int], coarse: float
    ) -> Floats:
        """A large plume is soft, so it is reckoned in blocks of `coarse` pixels."""
        across, down = (max(2, round(one / coarse)) for one in size)
        tau = np.zeros((down, across), np.float32)
        xs, ys = (puffs.x - corner[0]) / coarse, (puffs.y - corner[1]) / coarse
        for x, y, radius, thick, angle, sprite in zip(
            xs, ys, puffs.radius / coarse, puffs.tau, puffs.angle, puffs.sprite, strict=True
        ):
            _add(tau, self._sprites[int(sprite)], (x, y, radius, angle), thick)
        return tau

    def _colour(self, tau: Floats, corner: tuple[int, int], coarse: float, light: Floats) -> Image:
        """Sunlight reaches what little smoke stands before; the rest has the sky's."""
        fire = self._fire
        reach = max(3, int(0.22 * min(tau.shape)))
        before = cv2.filter2D(
            cv2.GaussianBlur(tau, (0, 0), 0.6 + reach / 18), cv2.CV_32F, _ray(reach)
        )
        sun = np.exp(-0.55 * before)[..., None]
        white = SKYLIT + (SUNLIT - SKYLIT) * sun
        colour = white * (1 - 0.78 * fire.dark) * (0.06 + 0.94 * light)
        ys, xs = np.mgrid[: tau.shape[0], : tau.shape[1]].astype(np.float32) * coarse
        away = np.hypot(xs + corner[0] - fire.x, ys + corner[1] - fire.y)
        near = np.exp(-away / (fire.scale * 14 * math.sqrt(fire.strength)))
        colour += FIRELIT * near[..., None] * (1 - 0.85 * min(1.0, float(light.mean())))
        return np.asarray(np.clip(colour, 0, 255), np.uint8)


def _floats(values: NDArray[Any]) -> Floats:
    return values.astype(np.float32)


def _halvings(index: NDArray[np.signedinteger[Any]]) -> Floats:
    """How often each number can be halved: puffs that can be halved more outlive the others."""
    lowest = np.bitwise_and(index, -index)
    return _floats(np.where(index == 0, 16, np.log2(np.maximum(lowest, 1))))


def _waves(random: np.random.Generator, count: int, length: int) -> Floats:
    """`count` values about 0, of spread 1, that hang together over `length`."""
    rough = random.normal(size=count + 2 * length)
    smooth = np.convolve(rough, np.hanning(2 * length + 1), "valid")[:count]
    return np.asarray(smooth / smooth.std(), np.float32)


def _billow(random: np.random.Generator) -> Floats:
    """A ragged ball, thick in the middle: 0..1 over SPRITE_PX squared."""
    grain = fractal(random, SPRITE_PX, SPRITE_PX, 26, octaves=5) - 0.5
    line = np.linspace(-1, 1, SPRITE_PX, dtype=np.float32)
    away = np.hypot(line[None], line[:, None])
    ball = np.clip(0.9 - away - 1.5 * grain, 0, 1) * np.clip((1 - away) * 4, 0, 1)
    lumps = np.clip(0.6 + 4.5 * grain[::-1], 0.05, 2)
    return np.asarray(ball * lumps / (ball * lumps).max(), np.float32)


def _ray(reach: int) -> Floats:
    """A line of `reach` taps towards the sun; its sum is 1."""
    side = 2 * reach + 1
    kernel = np.zeros((side, side), np.float32)
    for step in range(1, reach + 1):
        kernel[round(reach + step * SUN[1]), round(reach + step * SUN[0])] += 1
    return np.asarray(kernel / kernel.sum(), np.float32)


def _bounds(puffs: _Puffs, width: int, height: int) -> tuple[int, int, int, int]:
    reach = 1.6 * puffs.radius
    return (
        int(np.clip((puffs.x - reach).min(), 0, width)),
        int(np.clip((puffs.y - reach).min(), 0, height)),
        int(np.clip((puffs.x + reach).max() + 1, 0, width)),
        int(np.clip((puffs.y + reach).max() + 1, 0, height)),
    )


def _add(
    tau: Floats, sprite: Floats, place: tuple[float, float, float, float], thick: float
) -> None:
    """One puff, turned and scaled to its place."""
    x, y, radius, angle = place
    reach = 1.6 * radius
    x1, x2 = max(0, int(x - reach)), min(tau.shape[1], int(x + reach) + 2)
    y1, y2 = max(0, int(y - reach)), min(tau.shape[0], int(y + reach) + 2)
    if x1 >= x2 or y1 >= y2:
        return
    step = SPRITE_PX / (2 * reach)  # sprite pixels a picture pixel
    if step > 2:
        small = max(4, int(2 * reach) + 1)
        sprite = cv2.resize(sprite, (small, small), interpolation=cv2.INTER_AREA)
        step = small / (2 * reach)
    cos, sin = step * math.cos(angle), step * math.sin(angle)
    middle = sprite.shape[0] / 2 - 0.5
    dx, dy = x1 - x, y1 - y
    back = np.array([[cos, -sin, middle + cos * dx - sin * dy],
                     [sin, cos, middle + sin * dx + cos * dy]], np.float32)  # fmt: skip
    tau[y1:y2, x1:x2] += thick * cv2.warpAffine(
        sprite, back, (x2 - x1, y2 - y1), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    )
