"""The whole demo on real recordings: is each fire raised, and what is raised where nothing burns?

`python -m benchmarks.recordings --data FOLDER` plays every clip of FOLDER/videos, the ordinary
stills of one split and the frames before the ignition of that split's tower series through
`ioc demo --headless --video`: box, broker, hub and phone, nothing shortened.  A clip whose name
begins with `nofire` is expected to stay silent, as are all stills; every alarm there is counted
as false.  Exits with 1 when a fire was missed; false alarms are printed, not judged.
"""

import argparse
import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2

from models.dataset import read_manifest

STARTING_S = 12.0
"""More than the demo needs to start and the last alarm to arrive."""
LOOK_S = 0.25
"""The demo looks at a recording four times a second; so fast are folders played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What to play; `minutes`: the time that its pictures stand for, None of stills."""

    name: str
    path: Path
    seconds: float
    burns: bool
    pictures: int | None = None
    minutes: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`first_s` counts from the start of the demo's first process."""

    recording: str
    burns: bool
    pictures: int | None
    minutes: float | None
    incidents: int
    with_picture: int
    first_s: float | None

    @property
    def missed(self) -> bool:
        return self.burns and not self.with_picture


def clips(data: Path) -> Iterator[Recording]:
    for path in sorted((data / "videos").glob("*.mp4")):
        video = cv2.VideoCapture(str(path))
        seconds = video.get(cv2.CAP_PROP_FRAME_COUNT) / (video.get(cv2.CAP_PROP_FPS) or 25.0)
        video.release()
        burns = not path.name.startswith("nofire")
        yield Recording(
            name=path.name, path=path, seconds=seconds, burns=burns, minutes=seconds / 60
        )


def stills(data: Path, split: str, room: Path) -> Iterator[Recording]:
    pictures = [one.path for one in read_manifest(data, split) if one.source == "ordinary"]
    yield _folder("ordinary stills", pictures, room, minutes=None)


def before_ignition(data: Path, split: str, room: Path) -> Iterator[Recording]:
    """The frames of each tower series that are known to be clear, a minute apart."""
    series: dict[str, list[Path]] = {}
    with (data / "tower_series.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["split"] == split and row["pre_ignition"] == "1":
                series.setdefault(row["series"], []).append(data / row["path"])
    for name, pictures in series.items():
        yield _folder(name, pictures, room, minutes=float(len(pictures)))


def _folder(name: str, pictures: list[Path], room: Path, minutes: float | None) -> Recording:
    folder = room / name.replace(" ", "-")
    folder.mkdir()
    for number, picture in enumerate(pictures):
        (folder / f"{number:04}{picture.suffix}").symlink_to(picture.resolve())
    return Recording(
        name=name,
        path=folder,
        seconds=len(pictures) * LOOK_S,
        burns=False,
        pictures=len(pictures),
        minutes=minutes,
    )


def play(recording: Recording) -> Result:
    """Runs the demo; its exit code says only whether a fire was raised, so it is not checked."""
    seconds = f"{recording.seconds + STARTING_S:.0f}"
    command = [sys.executable, "-m", "ioc.cli", "demo", "--headless", "--json"]
    command += ["--seconds", seconds, "--video", str(recording.path), "--pace", str(LOOK_S)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        report = json.loads(ended.stdout)
    except json.JSONDecodeError as silent:
        raise RuntimeError(f"the demo on {recording.name} ended early:\n{ended.stderr}") from silent
    return Result(
        recording=recording.name,
        burns=recording.burns,
        pictures=recording.pictures,
        minutes=None if recording.minutes is None else round(recording.minutes, 2),
        incidents=len(report["incidents"]),
        with_picture=sum(one["picture_bytes"] > 0 for one in report["incidents"]),
        first_s=report["first_incident_s"],
    )


def line(result: Result) -> str:
    material = f"{result.pictures} pictures" if result.pictures else "video"
    if result.minutes is not None:
        material += f", {result.minutes:.1f} min"
    first = "-" if result.first_s is None else f"{result.first_s:.1f} s"
    verdict = "MISSED" if result.missed else "raised" if result.burns else "silent"
    if not result.burns and result.incidents:
        verdict = "FALSE ALARM"
    return f"{result.recording:32} {material:24} {result.incidents:2}  {first:>7}  {verdict}"


def summary(results: list[Result]) -> str:
    fires = [one for one in results if one.burns]
    calm = [one for one in results if not one.burns]
    timed = [one for one in calm if one.minutes is not None]
    hours = sum(one.minutes or 0.0 for one in timed) / 60
    raised = sum(not one.missed for one in fires)
    return (
        f"fires raised: {raised} of {len(fires)}; false alarms: "
        f"{sum(one.incidents for one in timed)} in {hours:.2f} camera-hours without fire, "
        f"{sum(one.incidents for one in calm) - sum(one.incidents for one in timed)} on stills"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--split", default="val", help="of stills and series; default: val")
    parser.add_argument("--only", default="", help="only recordings whose name holds this")
    parser.add_argument("--json", type=Path, help="write the results here as well")
    told = parser.parse_args()
    results = []
    with TemporaryDirectory(prefix="ioc-recordings-") as folder:
        room = Path(folder)
        wanted = [
            *clips(told.data),
            *stills(told.data, told.split, room),
            *before_ignition(told.data, told.split, room),
        ]
        for recording in wanted:
            if told.only in recording.name:
                results.append(play(recording))
                print(line(results[-1]), flush=True)
    print(summary(results))
    if told.json:
        told.json.write_text(json.dumps([asdict(one) for one in results], indent=2) + "\n")
    return int(any(one.missed for one in results))


if __name__ == "__main__":
    sys.exit(main())
