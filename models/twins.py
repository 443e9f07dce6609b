"""`python -m models.twins --data FOLDER`: near copies that stand in different splits.

A near copy is a picture of the same scene at nearly the same moment, in whatever file.  It is
found by a difference hash: whether each of 8 × 8 cells of the grey picture is brighter than its
left neighbour, 64 bits that survive scaling, re-encoding and a change of light.  Two pictures
without any structure (fog, a flame in the dark) may agree by chance; leaving one of them out of
training costs nothing, so that side is erred on.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.dataset import DatasetError, Image, Picture, read_manifest

NEAR = 2
"""Bits that may differ.  Of the 98 pairs found so across splits, eight are chance (by eye)."""

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """Two pictures of different splits that are nearly the same."""

    one: Picture
    other: Picture

    @property
    def between(self) -> str:
        """As `cctv-a test | cctv-a train`: sources and splits, in order of the alphabet."""
        ends = sorted(f"{each.source} {each.split}" for each in (self.one, self.other))
        return " | ".join(ends)


def difference_hash(image: Image) -> int:
    """64 bits of a picture, height × width × 3."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    cells = cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA)
    brighter = cells[:, 1:] > cells[:, :-1]
    return int.from_bytes(np.packbits(brighter).tobytes())


def hashes(pictures: Iterable[Picture]) -> Hashes:
    """[n], about seven milliseconds each."""
    return np.array([difference_hash(picture.read()) for picture in pictures], np.uint64)


def twins(pictures: Sequence[Picture], near: int = NEAR) -> list[Twins]:
    """Every pair across splits that differs in at most `near` bits."""
    marks = hashes(pictures)
    found: list[Twins] = []
    for first, picture in enumerate(pictures):
        alike = np.flatnonzero(_distances(marks[first], marks) <= near)
        others = [pictures[second] for second in alike.tolist() if second > first]
        found += [Twins(one=picture, other=each) for each in others if each.split != picture.split]
    return found


def count(found: Iterable[Twins]) -> Counter[str]:
    """Pairs by the sources and splits that they stand between."""
    return Counter(each.between for each in found)


def without_twins(
    pictures: Sequence[Picture], judges: Sequence[Picture], near: int = NEAR
) -> list[Picture]:
    """`pictures` but for those that are nearly one of `judges`, in the same order.

    Training pictures without those of val and test: the next training is clean.  Test pictures
    without those that a trained network has seen: what it has learned is judged fairly.
    """
    known = hashes(judges)
    return [
        picture
        for picture, mark in zip(pictures, hashes(pictures), strict=True)
        if not known.size or _distances(mark, known).min() > near
    ]


def _distances(mark: np.uint64, others: Hashes) -> NDArray[np.uint8]:
    return np.asarray(np.bitwise_count(mark ^ others))


def report(found: Sequence[Twins]) -> str:
    """Pairs by where they stand, and how many pictures of each split are concerned."""
    concerned = {(each.split, each.name) for pair in found for each in (pair.one, pair.other)}
    splits = Counter(split for split, _ in concerned)
    lines = [f"{pairs:4d}  {between}" for between, pairs in count(found).most_common()]
    pictures = ", ".join(f"{number} of {split}" for split, number in sorted(splits.items()))
    return "\n".join([*lines, f"{len(found)} pairs across splits; pictures: {pictures or 'none'}"])


def main(arguments: Sequence[str] | None = None) -> int:
    """1 if there are any."""
    parser = argparse.ArgumentParser(prog="models.twins", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--near", type=int, default=NEAR, help=f"bits; default: {NEAR}")
    parser.add_argument("--pairs", action="store_true", help="name every pair too")
    told = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        found = twins(read_manifest(told.data), told.near)
    except DatasetError as wrong:
        print(wrong, file=sys.stderr)
        return 1
    if told.pairs:
        print("\n".join(f"{pair.one.name} {pair.other.name}" for pair in found))
    print(report(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
