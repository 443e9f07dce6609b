"""The self-test of a detector: it loads, looks at one known picture, and scores as was signed.

It runs in a process of its own: a network that kills or starves the process that loads it must not
do so to the one that looks.  `python -m edge_agent.updates.selftest FILE` prints the scores.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2

from contracts.sighting import Label
from contracts.update import UpdateManifest
from edge_agent.detector import Detector, ModelError
from edge_agent.frame import Image
from edge_agent.updates.errors import NotNow, UpdateRefused

PICTURE = "synthetic:street?seed=1&width=640&height=360&hour=14&ignite_after=0"
AT_S = 30.0
"""The rendered street, half a minute after it caught fire: smoke and flame in one picture."""
LIMIT_S = 120.0
"""Four seconds on a mini-PC; a small board under load takes ten times as long."""

Scores = Mapping[Label, float]
Tester = Callable[[Path], Scores]


def picture() -> Image:
    """The reference picture, the same everywhere but for rounding."""
    # an agent tests in another process: it does not load the renderer
    from edge_agent.scene.setting import Setting  # noqa: PLC0415
    from edge_agent.scene.street import StreetScene  # noqa: PLC0415

    return StreetScene(Setting.from_url(PICTURE)).render(AT_S, 1)


def scores_of(weights: Path) -> dict[Label, float]:
    """The best score of each class on the reference picture; raises ModelError."""
    detector = Detector(weights)
    found = dict.fromkeys(detector.facts.labels, 0.0)
    for one in detector.detect(picture(), 0.0):
        found[one.label] = max(found[one.label], round(one.score, 4))
    return found


def apart(weights: Path) -> dict[Label, float]:
    """The same, by a process of its own; raises UpdateRefused, NotNow."""
    command = [sys.executable, "-m", __name__, str(weights)]
    try:
        ended = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=LIMIT_S
        )
    except subprocess.TimeoutExpired:
        raise UpdateRefused(f"self-test: no answer in {LIMIT_S:.0f} s") from None
    if -ended.returncode in (signal.SIGTERM, signal.SIGINT):
        raise NotNow("self-test: interrupted")
    if ended.returncode:
        said = ended.stderr.strip().rpartition("\n")[2][:200]
        raise UpdateRefused(f"self-test: ended with {ended.returncode}: {said or 'no word'}")
    return {Label(name): float(score) for name, score in json.loads(ended.stdout).items()}


def judge(manifest: UpdateManifest, measured: Scores) -> None:
    """Raises UpdateRefused unless the scores are those that were signed."""
    if measured.keys() != manifest.scores.keys():
        finds, said = (", ".join(sorted(each)) for each in (measured, manifest.scores))
        raise UpdateRefused(f"self-test: finds {finds}, its manifest says {said}")
    for label, told in manifest.scores.items():
        if abs(measured[label] - told) > manifest.tolerance:
            raise UpdateRefused(
                f"self-test: scores {measured[label]:.2f} for {label} on the reference picture, "
                f"its manifest says {told:.2f} ± {manifest.tolerance:.2f}"
            )


def main(arguments: list[str]) -> int:
    cv2.setNumThreads(1)
    try:
        print(json.dumps(scores_of(Path(arguments[0]))))
    except ModelError as wrong:
        print(wrong.reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
