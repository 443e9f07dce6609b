"""Clips of a folder's `videos/`, looked at four times a second, through the confirmation.

A name that begins with `nofire` says that nothing burns in it; every other clip shows a fire, and
its delay counts from its first frame.  A name that holds `tower` is confirmed as a tower's, every
other as a street camera's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from models.contestant import Contestant
from models.dataset import DatasetError, Floats, Image
from models.metrics import Found
from models.recording import Look, Recording, detections, play, policy_of

FOLDER = "videos"
ENDINGS = (".mp4", ".mkv", ".avi", ".mov", ".webm", ".ts")
STEP_S = 0.25
"""As the demo looks at a recording."""
USUAL_FPS = 25.0
NOWHERE: Floats = np.zeros((0, 4), np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    path: Path
    seconds: float

    @property
    def burns(self) -> bool:
        return not self.path.name.startswith("nofire")

    @property
    def scene(self) -> str:
        return "tower" if "tower" in self.path.stem else "street"

    @property
    def looks(self) -> int:
        return int(self.seconds / STEP_S) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRow:
    """`first_s`: when its first sighting opened, None if none did."""

    clip: str
    scene: str
    seconds: float
    burns: bool
    openings: int
    first_s: float | None

    @property
    def verdict(self) -> str:
        if self.burns:
            return "raised" if self.openings else "MISSED"
        return "FALSE ALARM" if self.openings else "silent"


def read_clips(folder: Path) -> list[Clip]:
    """In the order of their names; none where there is no such folder."""
    files = sorted((folder / FOLDER).iterdir()) if (folder / FOLDER).is_dir() else []
    return [_clip(path) for path in files if path.suffix.lower() in ENDINGS]


def images(clip: Clip) -> Iterator[Image]:
    """A frame for every look; raises DatasetError where none can be read."""
    video = _open(clip.path)
    fps, number, due = _fps(video), 0, 0.0
    try:
        while video.grab():
            if number / fps >= due:
                read, image = video.retrieve()
                due += STEP_S
                if read:
                    yield np.asarray(image, np.uint8)
            number += 1
    finally:
        video.release()


def recording(clip: Clip, answers: Sequence[Found]) -> Recording:
    return Recording(
        name=clip.path.name,
        camera=clip.path.stem,
        scene=clip.scene,
        looks=tuple(
            Look(at_s=number * STEP_S, detections=detections(found), clear=not clip.burns)
            for number, found in enumerate(answers)
        ),
        onset=0 if clip.burns else None,
        where=NOWHERE,
    )


def report(
    clips: Sequence[Clip], recordings: Sequence[Recording], contestant: Contestant
) -> list[ClipRow]:
    rows = []
    for clip, one in zip(clips, recordings, strict=True):
        openings = play(one, policy_of(contestant, one.scene))
        rows.append(
            ClipRow(
                clip=one.name,
                scene=one.scene,
                seconds=round(clip.seconds, 1),
                burns=clip.burns,
                openings=len(openings),
                first_s=one.looks[openings[0].at].at_s if openings else None,
            )
        )
    return rows


def _clip(path: Path) -> Clip:
    video = _open(path)
    try:
        if not video.grab():
            raise _unreadable(path)
        return Clip(path=path, seconds=max(video.get(cv2.CAP_PROP_FRAME_COUNT), 1) / _fps(video))
    finally:
        video.release()


def _open(path: Path) -> Any:
    video = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    if not video.isOpened():
        raise _unreadable(path)
    return video


def _unreadable(path: Path) -> DatasetError:
    return DatasetError(
        path=path,
        reason="no frame of it can be read",
        remedy="look whether it plays elsewhere, or take it out of the folder",
    )


def _fps(video: Any) -> float:
    fps = float(video.get(cv2.CAP_PROP_FPS))
    return fps if fps > 0 else USUAL_FPS
