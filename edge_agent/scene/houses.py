"""What stands still along a street: road, tube houses, trees, wires."""

from itertools import pairwise

import cv2
import numpy as np

from edge_agent.frame import Image
from edge_agent.scene.noise import Floats, fractal
from edge_agent.scene.perspective import Colour, View, dimmed

KERB_M, WALL_M = 5.5, 9.0
NEAREST_M, FARTHEST_M = 7.0, 130.0
ASPHALT, PAVING = np.array([88, 90, 92], np.float32), np.array([128, 138, 146], np.float32)
WALLS: tuple[Colour, ...] = (
    (150, 190, 205), (120, 165, 190), (185, 190, 185), (150, 175, 160),
    (190, 185, 165), (110, 140, 175), (205, 210, 215), (140, 150, 165),
)  # fmt: skip
SIGNS: tuple[Colour, ...] = ((60, 60, 170), (150, 90, 40), (60, 120, 60), (50, 140, 190))
GLASS: Colour = (82, 72, 60)
LAMP: Colour = (112, 160, 180)


def paint(image: Image, view: View, light: float, random: np.random.Generator) -> None:
    """Over a painted sky; `light` 0..1 is the day's."""
    sky = image.copy()
    _paint_ground(image, view, light, random)
    aheads = [NEAREST_M]
    while aheads[-1] < FARTHEST_M:
        aheads.append(aheads[-1] + float(random.uniform(3.8, 5.5)))
    for ahead, beyond in reversed(list(pairwise(aheads))):
        for side in (-1.0, 1.0):
            _paint_house(image, view, (side, ahead, beyond), light, random)
    _weather(image, sky, random)
    for ahead in (78.0, 52.0, 33.0, 20.0):
        for side in (-1.0, 1.0):
            if random.random() < 0.7:
                _paint_tree(image, view, (side * 6.6, ahead), light, random)
    _paint_wires(image, view, light)


def _paint_ground(image: Image, view: View, light: float, random: np.random.Generator) -> None:
    first, across, ahead = view.ground()
    grain = fractal(random, 512, 512, 14, octaves=4)
    xs = ((across * 22) % 512).astype(np.float32)
    ys = ((ahead * 9) % 512).astype(np.float32)
    rough = cv2.remap(grain, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)[..., None]
    fine = np.clip(26 / ahead, 0, 1)[..., None]  # far grain melts together
    road = ASPHALT * (1 + (rough - 0.5) * 0.4 * fine)
    paved = PAVING * (1 + (rough - 0.5) * 0.3 * fine)
    seams = (np.minimum(across % 0.8, ahead % 0.8) < 0.05)[..., None] & (ahead < 40)[..., None]
    paved = np.where(seams, paved * 0.86, paved)
    off = np.abs(across)[..., None]
    colour = np.where(off > KERB_M, paved, road)
    colour = np.where((off > KERB_M - 0.15) & (off < KERB_M + 0.1), 70, colour)
    dashes = (np.abs(across) < 0.08) & (ahead % 6 < 3)
    colour = np.where(dashes[..., None], 190, colour)
    worn = np.exp(-(((np.abs(across) - 2.6) / 0.9) ** 2))[..., None]
    image[first:] = np.clip(colour * (1 - 0.08 * worn) * light, 0, 255).astype(np.uint8)


def _paint_house(
    image: Image,
    view: View,
    place: tuple[float, float, float],
    light: float,
    random: np.random.Generator,
) -> None:
    side, ahead, beyond = place
    floors = int(random.choice([1, 2, 2, 3, 3, 4]))
    top = 3.9 + 3.3 * (floors - 1) + float(random.uniform(0.3, 1.2))
    tone = WALLS[random.integers(len(WALLS))]
    lit = light * (0.98 if side < 0 else 0.70)
    wall, plain = side * WALL_M, dimmed(tone, light * 0.78)
    view.fill(image, [(wall, 0, ahead), (wall, top, ahead), (side * 24, top, ahead),
                      (side * 24, 0, ahead)], plain)  # fmt: skip

    def front(low: float, high: float, begin: float, end: float, colour: Colour) -> None:
        view.fill(image, [(wall, low, begin), (wall, high, begin), (wall, high, end),
                          (wall, low, end)], colour)  # fmt: skip

    front(0, top, ahead, beyond, dimmed(tone, lit))
    front(0.1, 2.9, ahead + 0.4, beyond - 0.4, dimmed((70, 66, 62), lit))
    front(2.9, 3.7, ahead + 0.1, beyond - 0.1, dimmed(SIGNS[random.integers(len(SIGNS))], lit))
    front(top - 0.3, top, ahead, beyond, dimmed(tone, lit * 0.72))
    for floor in range(1, floors):
        low = 3.9 + 3.3 * (floor - 1)
        front(low - 0.05, low + 0.12, ahead, beyond, dimmed(tone, lit * 0.75))
        span = (beyond - ahead - 0.8) / 2
        for window in (0, 1):
            begin = ahead + 0.3 + window * (span + 0.2)
            shines = light < 0.35 and random.random() < 0.4
            front(low + 0.6, low + 2.4, begin, begin + span, LAMP if shines else dimmed(GLASS, lit))
    # an awning over the pavement
    eave = side * (WALL_M - 1.6)
    view.fill(image, [(wall, 3.1, ahead + 0.2), (eave, 2.6, ahead + 0.2), (eave, 2.6, beyond - 0.2),
                      (wall, 3.1, beyond - 0.2)], dimmed((95, 100, 120), lit))  # fmt: skip


def _paint_tree(
    image: Image,
    view: View,
    place: tuple[float, float],
    light: float,
    random: np.random.Generator,
) -> None:
    across, ahead = place
    trunk = [(across - 0.12, 0.0, ahead), (across - 0.08, 3.0, ahead), (across + 0.08, 3.0, ahead),
             (across + 0.12, 0.0, ahead)]  # fmt: skip
    view.fill(image, trunk, dimmed((50, 62, 74), light))
    x, y = view.pixel((across, 4.2, ahead))
    reach = max(6, int(view.scale(ahead) * random.uniform(1.3, 1.9)))
    side = 2 * reach + 1
    line = np.linspace(-1, 1, side, dtype=np.float32)
    leaves = fractal(random, side, side, max(3.0, reach / 5), octaves=3)
    ball = 1 - np.hypot(line[None], line[:, None] * 1.15) - 1.1 * (leaves - 0.5)
    cover = np.clip(ball * reach / 4, 0, 1).astype(np.float32)
    shade = (0.45 + 0.9 * leaves) * np.linspace(1.25, 0.6, side, dtype=np.float32)[:, None]
    colour = np.array([44, 88, 62]) * shade[..., None] * light
    _overlay(image, colour.astype(np.float32), cover, (int(x) - reach, int(y) - reach))


def _overlay(image: Image, colour: Floats, cover: Floats, corner: tuple[int, int]) -> None:
    """`colour` by `cover`, both the same size, its upper left at `corner`; cut at the edges."""
    x, y = corner
    x1, y1 = max(0, x), max(0, y)
    x2, y2 = min(image.shape[1], x + cover.shape[1]), min(image.shape[0], y + cover.shape[0])
    if x1 >= x2 or y1 >= y2:
        return
    part = image[y1:y2, x1:x2]
    alpha = cover[y1 - y : y2 - y, x1 - x : x2 - x, None]
    part[:] = np.clip(
        part * (1 - alpha) + colour[y1 - y : y2 - y, x1 - x : x2 - x] * alpha, 0, 255
    ).astype(np.uint8)


def _paint_wires(image: Image, view: View, light: float) -> None:
    dark = dimmed((45, 45, 48), 0.3 + 0.7 * light)
    poles = [10.0, 35.0, 60.0, 85.0]
    for ahead in reversed(poles):
        view.fill(image, [(-5.95, 0, ahead), (-5.95, 8, ahead), (-5.7, 8, ahead),
                          (-5.7, 0, ahead)], dimmed((120, 122, 125), light))  # fmt: skip
    for near, far in pairwise(poles):
        for high in (7.2, 7.5, 7.8):
            aheads = np.linspace(near, far, 12)
            sag = 0.5 * (1 - ((aheads - near) / (far - near) * 2 - 1) ** 2)
            line = [view.pixel((-5.8, high - one, at)) for at, one in zip(aheads, sag, strict=True)]
            fixed = np.round(np.array(line) * 16).astype(np.int32)
            cv2.polylines(image, [fixed], False, dark, 1, cv2.LINE_AA, 4)


def _weather(image: Image, sky: Image, random: np.random.Generator) -> None:
    """Dirt and stains, so that no wall is one colour."""
    stains = fractal(random, image.shape[0], image.shape[1], 26, octaves=5, stretch=2.0)
    stains = np.where((image == sky).all(axis=2), 1.0, 0.86 + 0.28 * stains)
    image[:] = np.clip(image * stains[..., None], 0, 255).astype(np.uint8)
