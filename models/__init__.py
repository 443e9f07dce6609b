"""Detectors of smoke and fire: the weights an agent loads, and how they were trained and judged.

Reading data, judging and evaluating run where torch is not installed; training, exporting and
quantising do not.
"""

from importlib.resources import files
from pathlib import Path

DEFAULT_WEIGHTS = "dg-detector-int8.onnx"


def default_weights() -> Path:
    """The detector that is built in: the one in bytes, half the time of the one in float."""
    return Path(str(files("models") / "weights" / DEFAULT_WEIGHTS))
