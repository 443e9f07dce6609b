"""Small picture folders with everything that an evaluation can be made of."""

from pathlib import Path

import cv2
import numpy as np

from models.dataset import MANIFEST
from models.series import FILE
from tests.edge_agent.tiny_onnx import write_answers, write_detector

# a picture of 40 x 30 becomes 320 x 240; this is the box 0.4 0.3 0.6 0.7 on it
BOX = np.array([[128, 72, 192, 168]], np.float32)
LOOKS = 12
ONSET = 6


def whole_folder(folder: Path) -> Path:
    """A picture with fire, an empty still, a series of LOOKS frames with smoke from ONSET on, and
    a clip without fire; all of split val."""
    rows = ["fire.png,s,g1,val,smoke+fire,outdoor_flame", "calm.png,s,g2,val,smoke+fire,negative"]
    boxes = {"fire": "1 0.5 0.5 0.2 0.4\n", "calm": ""}
    shots = []
    for number in range(LOOKS):
        smoke = number >= ONSET
        rows.append(f"t{number}.png,tower,cam,val,smoke+fire,wildfire_longrange")
        shots.append(f"t-0,cam,val,{number},t{number}.png,{int(smoke)},{int(not smoke)}")
        boxes[f"t{number}"] = "0 0.5 0.5 0.2 0.4\n" if smoke else ""
    for shade, (name, text) in enumerate(boxes.items()):
        cv2.imwrite(str(folder / f"{name}.png"), np.full((30, 40, 3), 10 * shade, np.uint8))
        (folder / f"{name}.txt").write_text(text)
    write(folder / MANIFEST, "path,source,group,split,labelled,scene", rows)
    write(folder / FILE, "series,camera,split,minute,path,boxes,pre_ignition", shots)
    write_clip(folder / "videos" / "nofire_a.mp4", seconds=2.0)
    return folder


def write(path: Path, header: str, rows: list[str]) -> None:
    path.write_text("\n".join([header, *rows]) + "\n")


def write_clip(path: Path, seconds: float) -> Path:
    path.parent.mkdir(exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10.0, (64, 48))
    for number in range(round(seconds * 10)):
        writer.write(np.full((48, 64, 3), number, np.uint8))
    writer.release()
    return path


def steady_weights(path: Path, smoke: float, fire: float) -> Path:
    """A detector that sees BOX in every picture."""
    return write_detector(path, BOX, np.array([[smoke, fire]], np.float32))


def steady_peer(path: Path, smoke: float) -> Path:
    """A peer that does, in a picture of 4 : 3."""
    table = np.array([[[320], [320], [128], [192], [smoke], [0.0]]], np.float32)
    return write_answers(path, {"output0": table}, ("images", 1, [1, 3, 640, 640]))
