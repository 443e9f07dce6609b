"""Writes boards, map layers and provisioning files: `python -m grafana.generate [FOLDER]`."""

import json
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana import layers, provisioned
from grafana.board import Board, built
from grafana.boards import operations
from grafana.boards.subsystem import indicators_of, subsystem, trend
from hub.catalogue.loader import load

HERE = Path(__file__).parent
DRAWN_FOR = date(2025, 7, 1)
"""The day whose communes the maps show: the present ones."""


def boards() -> tuple[Board, ...]:
    """All boards, the wall first."""
    catalogue = load()

    def trends(*names: str) -> list[Any]:
        return [trend(each) for each in indicators_of(catalogue, *names)]

    def of(uid: str, title: str, *names: str) -> Board:
        return subsystem(catalogue, *names, uid=uid, title=title, folder=title)

    return (
        operations.overview(catalogue),
        operations.forest_fire(trends("forest-fire")),
        operations.cameras(trends("cameras")),
        of("ioc-public-services", "Dịch vụ công", "public-services"),
        of("ioc-education", "Giáo dục", "education"),
        of("ioc-health", "Y tế", "health"),
        of("ioc-online-information", "Thông tin trên mạng", "online-information"),
        of("ioc-documents", "Văn bản và phản ánh", "documents", "citizens-reports"),
        operations.weather(trends("environment")),
        operations.fleet(),
        operations.hub_health(),
    )


def files() -> Mapping[str, str]:
    """Text of every generated file by its path below `grafana/`."""
    made = boards()
    found = {
        f"dashboards/{provisioned.folder_uid(board.folder, made)}/{board.uid}.json": _json(
            built(board)
        )
        for board in made
    }
    return found | {
        "maps/communes.geojson": _json(layers.communes(DRAWN_FOR)),
        "maps/places.json": _json(layers.places(DRAWN_FOR)),
        "provisioning/datasources/ioc.yaml": _yaml(provisioned.datasource()),
        "provisioning/dashboards/ioc.yaml": _yaml(provisioned.dashboards(made)),
        "provisioning/alerting/ioc.yaml": _yaml(provisioned.alerting()),
    }


def write(folder: Path) -> None:
    """Writes all files; those that are no more are taken away."""
    wanted = files()
    for path in [*folder.glob("dashboards/*/*.json"), *folder.glob("maps/*.*json")]:
        if path.relative_to(folder).as_posix() not in wanted:
            path.unlink()
    for name, text in wanted.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _json(content: object) -> str:
    return json.dumps(content, cls=JSONEncoder, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _yaml(content: object) -> str:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
