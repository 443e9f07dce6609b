"""Detectors of smoke and fire: the weights an agent loads, and how they were trained and judged.

Only this module, `metrics`, `evaluate` and `dataset` run where torch is not installed.
"""

from importlib.resources import files
from pathlib import Path

DEFAULT_WEIGHTS = "dg-detector.onnx"


def default_weights() -> Path:
    """The detector that is built in."""
    return Path(str(files("models") / "weights" / DEFAULT_WEIGHTS))
