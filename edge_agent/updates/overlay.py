"""An update of the configuration: a few settings, laid over the box's own file.

A box stays who it is and keeps its way to the hub: only what tunes its looking may be changed.

    telemetry_s = 60
    [detector]
    threads = 2
    [[camera]]            # every camera of the box; `name` or `scene` choose among them
    scene = "tower"
    opens_smoke = 0.4
"""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from contracts import configuration
from contracts.configuration import ConfigError
from contracts.readiness import missing
from edge_agent.config import REFERENCE, AgentConfig
from edge_agent.updates.errors import UpdateRefused

TOP = frozenset({"telemetry_s", "detector", "camera"})
DETECTOR = frozenset({"size", "threads"})
CHOOSES = ("name", "scene")
CAMERA = frozenset({"interval_s", "zoom", "opens_smoke", "opens_fire"})


def parse(content: bytes) -> dict[str, Any]:
    """The settings in `content`; raises UpdateRefused for one that an update may not change."""
    try:
        over = tomllib.loads(content.decode())
    except ValueError as broken:
        raise UpdateRefused(f"self-test: not TOML ({broken})") from None
    _within(over, TOP, "")
    if not isinstance(over.get("detector", {}), dict):
        raise UpdateRefused("self-test: detector: write it as a section of keys")
    _within(over.get("detector", {}), DETECTOR, "detector.")
    cameras = over.get("camera", [])
    if not isinstance(cameras, list) or not all(isinstance(each, dict) for each in cameras):
        raise UpdateRefused("self-test: camera: write it as a list: [[camera]]")
    for each in cameras:
        _within(each, CAMERA.union(CHOOSES), "camera.")
    return over


def lay(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the settings of `over`; neither is changed."""
    laid = dict(base) | {key: each for key, each in over.items() if key == "telemetry_s"}
    laid["detector"] = dict(base.get("detector", {})) | over.get("detector", {})
    laid["camera"] = [_camera(each, over.get("camera", [])) for each in base.get("camera", [])]
    return laid


def read(path: Path, content: bytes) -> AgentConfig:
    """The box's file `path` under `content`; raises UpdateRefused for what cannot be used."""
    raw = configuration.read(path, AgentConfig)
    try:
        config = configuration.validated(
            path, lay(raw, parse(content)), AgentConfig, reference=REFERENCE
        )
    except ConfigError as wrong:
        raise UpdateRefused(f"self-test: {wrong.key}: {wrong.remedy}") from None
    for fault in missing(config, makes_folders=True):
        raise UpdateRefused(f"self-test: {fault}")
    return config


def _camera(own: Mapping[str, Any], over: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    laid = dict(own)
    for each in over:
        if all(each.get(key, _of(own, key)) == _of(own, key) for key in CHOOSES):
            laid |= {key: value for key, value in each.items() if key not in CHOOSES}
    return laid


def _of(camera: Mapping[str, Any], key: str) -> object:
    return camera.get(key, "tower" if key == "scene" else None)


def _within(given: Iterable[str], allowed: frozenset[str], above: str) -> None:
    for key in given:
        if key not in allowed:
            known = ", ".join(sorted(allowed))
            raise UpdateRefused(
                f"self-test: {above}{key} is not for an update to change; it may change {known}"
            )
