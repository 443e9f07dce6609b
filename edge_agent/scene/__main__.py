"""One moment of a scene as a picture."""

import argparse

import cv2

from edge_agent.scene.setting import Setting
from edge_agent.sources.synthetic import SCENES


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m edge_agent.scene", description=__doc__)
    parser.add_argument("--url", default="synthetic:tower", help="the scene, as a camera's url")
    parser.add_argument("--at", type=float, default=40.0, help="seconds since its beginning")
    parser.add_argument("--out", default="scene.png", help="the picture to write")
    wanted = parser.parse_args()
    setting = Setting.from_url(wanted.url)
    image = SCENES[setting.kind](setting).render(wanted.at, 1)
    cv2.imwrite(wanted.out, image)


if __name__ == "__main__":
    main()
