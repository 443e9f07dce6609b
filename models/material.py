"""What a folder holds to judge a detector by, and one pass of each contestant over it.

Every table of an evaluation is made of the same answers: a network sees a picture once, whether
the picture counts as a single frame, in a series, or as a still.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from models import clips, series, stills
from models.clips import Clip
from models.contestant import Contestant
from models.dataset import Image, Picture, read_image, read_manifest
from models.metrics import Found
from models.progress import Progress
from models.recording import Recording
from models.report import CLEAR_TOWER
from models.series import Shot


@dataclass(frozen=True, kw_only=True)
class Material:
    """`series` are those of the split; `clips` belong to no split."""

    folder: Path
    split: str
    pictures: tuple[Picture, ...]
    series: tuple[tuple[Shot, ...], ...]
    clips: tuple[Clip, ...]

    @cached_property
    def frames(self) -> dict[str, Path]:
        """Everything to look at once: pictures, and frames of series that are no pictures."""
        shots = {shot.path: self.folder / shot.path for one in self.series for shot in one}
        return shots | {picture.name: picture.path for picture in self.pictures}

    @cached_property
    def stills(self) -> list[Picture]:
        """Known to show no fire, and no frame of a series."""
        shots = {shot.path for one in self.series for shot in one}
        return [
            one
            for one in self.pictures
            if one.verified_empty and one.name not in shots and one.scene != CLEAR_TOWER
        ]


@dataclass(kw_only=True)
class Answers:
    """What one contestant found: by picture, by held still, by clip's name."""

    frames: dict[str, Found] = field(default_factory=dict)
    held: dict[str, list[Found]] = field(default_factory=dict)
    clips: dict[str, list[Found]] = field(default_factory=dict)

    def series(self, material: Material) -> list[Recording]:
        return [series.recording(material.folder, shots, self.frames) for shots in material.series]

    def played(self, material: Material) -> list[Recording]:
        return [clips.recording(clip, self.clips[clip.path.name]) for clip in material.clips]

    def singles(self, material: Material) -> list[Found]:
        return [self.frames[picture.name] for picture in material.pictures]


def read(folder: Path, split: str) -> Material:
    """`split`: one of the manifest, or several with commas between; raises DatasetError."""
    splits = split.split(",")
    return Material(
        folder=folder,
        split=split,
        pictures=tuple(one for name in splits for one in read_manifest(folder, name)),
        series=tuple(tuple(one) for name in splits for one in series.read_shots(folder, name)),
        clips=tuple(clips.read_clips(folder)),
    )


def look(material: Material, contestants: Sequence[Contestant]) -> list[Answers]:
    """Every contestant over everything; a picture is read once.  Says on stderr how far it is."""
    looks = sum(clip.looks for clip in material.clips)
    progress = Progress(len(material.frames) + len(material.stills) + looks, "looks")
    answers = [Answers() for _ in contestants]
    pairs = list(zip(contestants, answers, strict=True))
    for name, path in material.frames.items():
        image = read_image(path)
        for contestant, answer in pairs:
            answer.frames[name] = contestant.find(image)
        progress.step()
    for picture in material.stills:
        _hold(picture, pairs)
        progress.step()
    for clip in material.clips:
        for image in clips.images(clip):
            for contestant, answer in pairs:
                answer.clips.setdefault(clip.path.name, []).append(contestant.find(image))
            progress.step()
    return answers


def _hold(picture: Picture, pairs: Sequence[tuple[Contestant, Answers]]) -> None:
    shown: list[Image] = []
    for contestant, answer in pairs:
        first = answer.frames[picture.name]
        quiet = first.scores.max(initial=0.0) < stills.HELD_FROM
        if not quiet and not shown:
            shown = list(stills.held(picture.read(), picture.name))
        rest = [first] * (stills.LOOKS - 1) if quiet else map(contestant.find, shown)
        answer.held[picture.name] = [first, *rest]


def held_recordings(material: Material, answers: Answers, scene: str) -> Iterator[Recording]:
    for picture in material.stills:
        yield stills.recording(picture, scene, answers.held[picture.name])
