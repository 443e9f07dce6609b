"""The real pictures, where they are; hand-made truths and answers."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models.dataset import Floats, Truth
from models.metrics import Found

Rows = list[tuple[float, float, float, float]]


@pytest.fixture(scope="session")
def pictures_folder() -> Path:
    beside = Path(__file__).parents[3] / "shared" / "data"
    folder = Path(os.environ.get("IOC_SHARED_DATA", beside))
    if not (folder / "manifest.csv").is_file():
        pytest.skip(f"no manifest.csv in {folder}: set IOC_SHARED_DATA to the pictures' folder")
    return folder


def corners(rows: Rows) -> Floats:
    return np.asarray(rows, np.float32).reshape(-1, 4)


@pytest.fixture
def truth() -> Callable[..., Truth]:
    def make(
        boxes: Rows | None = None,
        classes: list[int] | None = None,
        unknown: Rows | None = None,
        unknown_classes: list[int] | None = None,
    ) -> Truth:
        boxes, unknown = boxes or [], unknown or []
        return Truth(
            boxes=corners(boxes),
            classes=np.asarray(classes or [0] * len(boxes), np.int64),
            unknown=corners(unknown),
            unknown_classes=np.asarray(unknown_classes or [0] * len(unknown), np.int64),
        )

    return make


@pytest.fixture
def found() -> Callable[..., Found]:
    def make(*scored: tuple[float, tuple[float, float, float, float]], class_: int = 0) -> Found:
        return Found(
            boxes=corners([box for _, box in scored]),
            scores=np.asarray([score for score, _ in scored], np.float32),
            classes=np.full(len(scored), class_, np.int64),
        )

    return make
