"""Stills without fire, held before a camera: does the confirmation stay silent?

A fixed camera never sends the same picture twice.  So a still is shown as often as the
confirmation's window has looks: first as it is, then each time shaken by up to a pixel, with the
exposure moved by up to 1 %, noise of a sensor (standard deviation 2 of 255) and JPEG of another
quality (75 to 92); the changes are drawn from the still's name, hence the same in every run.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from edge_agent.policy import policy_for
from models.contestant import Contestant
from models.dataset import Floats, Image, Picture
from models.metrics import Found, Interval
from models.poisson import share
from models.recording import Look, Recording, detections, play, policy_of

SCENES = ("tower", "street")
LOOKS = max(policy_for(scene).window for scene in SCENES)
STEP_S = 30.0
"""Far enough apart that each look counts by itself, and near enough that nothing closes."""
HELD_FROM = 0.05
"""A still whose best score is below this is not shown again: a third of the lowest floor."""
SHAKE_PX, EXPOSURE, NOISE = 1.0, 0.01, 2.0
JPEG = (75, 92)
NOWHERE: Floats = np.zeros((0, 4), np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class StillsRow:
    """Of `stills` of one source and scene, how many alarm under each policy; `share` of those
    that alarm under either, with its 95 % interval."""

    source: str
    scene: str
    stills: int
    tower: int
    street: int
    either: int
    share: Interval


def held(image: Image, name: str) -> Iterator[Image]:
    """The further looks, after the picture itself."""
    random = np.random.default_rng(zlib.crc32(name.encode()))
    for _ in range(LOOKS - 1):
        yield _shown(image, random)


def recording(picture: Picture, scene: str, answers: Sequence[Found]) -> Recording:
    return Recording(
        name=picture.name,
        camera=picture.group,
        scene=scene,
        looks=tuple(
            Look(at_s=number * STEP_S, detections=detections(found), clear=True)
            for number, found in enumerate(answers)
        ),
        onset=None,
        where=NOWHERE,
    )


def report(
    stills: Sequence[Picture], answers: Mapping[str, Sequence[Found]], contestant: Contestant
) -> list[StillsRow]:
    """A row for each scene and source; empty without stills."""
    alarms = {
        picture.name: [
            bool(
                play(recording(picture, scene, answers[picture.name]), policy_of(contestant, scene))
            )
            for scene in SCENES
        ]
        for picture in stills
    }
    kinds = sorted({(picture.scene, picture.source) for picture in stills})
    return [
        _row(source, scene, [
            alarms[one.name] for one in stills if (one.scene, one.source) == (scene, source)
        ])
        for scene, source in kinds
    ]  # fmt: skip


def _row(source: str, scene: str, alarms: Sequence[Sequence[bool]]) -> StillsRow:
    either = sum(any(one) for one in alarms)
    return StillsRow(
        source=source,
        scene=scene,
        stills=len(alarms),
        tower=sum(one[SCENES.index("tower")] for one in alarms),
        street=sum(one[SCENES.index("street")] for one in alarms),
        either=either,
        share=share(either, len(alarms)),
    )


def _shown(image: Image, random: np.random.Generator) -> Image:
    right, down = random.uniform(-SHAKE_PX, SHAKE_PX, 2)
    height, width = image.shape[:2]
    move = np.array([[1, 0, right], [0, 1, down]], np.float32)
    moved = cv2.warpAffine(image, move, (width, height), borderMode=cv2.BORDER_REPLICATE)
    lit = moved * random.uniform(1 - EXPOSURE, 1 + EXPOSURE)
    noisy = np.clip(lit + random.normal(0, NOISE, lit.shape), 0, 255).astype(np.uint8)
    quality = int(random.integers(*JPEG, endpoint=True))
    _, coded = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
