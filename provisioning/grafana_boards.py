"""Boards: only those are written that differ, and an edit by hand is never lost unasked.

Each write leaves a digest of the board in its version's message.  The newest message tells whether
the board is as we wrote it, whatever Grafana has added, or whether somebody has been at it since.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from provisioning.changes import Change, unified
from provisioning.grafana import Board, Grafana, Plan

OVERWRITE = "--overwrite"
BY_US = "ioc provision grafana "
OF_THE_SERVER = ("id", "version")
"""Keys that Grafana counts itself."""


def plan(grafana: Grafana, board: Board) -> Plan:
    there = grafana.found(lambda api: api.dashboard.get_dashboard(board.uid))
    title = board.model["title"]
    if there is None:
        return Plan(
            changes=[
                Change(
                    sign="+", what=f"board {board.uid}: {title}",
                    apply=lambda: _write(grafana, board),
                )
            ]
        )  # fmt: skip
    meta = there["meta"]
    if meta.get("provisioned"):
        return Plan(notes=[f"board {board.uid} comes from a file: left to it"])
    newest = _newest(grafana, board.uid)
    moved = meta.get("folderUid") != board.folder
    if not moved and newest.get("message") == _message(board):
        return Plan()
    diff = unified(_plain(there["dashboard"]), _plain(board.model))
    if not moved and not diff:
        return Plan()
    by_us = str(newest.get("message") or "").startswith(BY_US) or not diff
    edited = f"{newest.get('createdBy')} on {newest.get('created')}"
    alter = Change(
        sign="~",
        what=f"board {board.uid}: {title}"
        + ("; moved back to its folder" if moved else "")
        + ("" if by_us else f"; edited by hand by {edited}"),
        apply=lambda: _write(grafana, board),
        diff=diff,
        only_with="" if by_us else OVERWRITE,
    )
    return Plan(changes=[alter])


def strays(grafana: Grafana, boards: Sequence[Board]) -> Plan:
    """Boards with a tag of ours that are no more generated: who made them may still want them."""
    tags = {tag for board in boards for tag in board.model.get("tags", ())}
    ours = {board.uid for board in boards}
    there = {each["uid"]: each["title"] for tag in sorted(tags) for each in _tagged(grafana, tag)}
    return Plan(
        notes=[
            f"board {uid} ({title}) is none of ours any more: delete it in Grafana"
            for uid, title in there.items()
            if uid not in ours
        ]
    )


def _tagged(grafana: Grafana, tag: str) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = grafana.told(
        lambda api: api.search.search_dashboards(tag=tag)
    )
    return found


def _newest(grafana: Grafana, uid: str) -> Mapping[str, Any]:
    """Since Grafana 11 the versions stand in an object; before, they were a list."""
    said = grafana.told(lambda api: api.dashboard_versions.get_dashboard_versions_by_uid(uid))
    versions = said["versions"] if isinstance(said, dict) else said
    return max(versions, key=lambda each: int(each["version"]), default={})


def _write(grafana: Grafana, board: Board) -> None:
    wanted = {
        "dashboard": {**board.model, "id": None}, "folderUid": board.folder,
        "message": _message(board), "overwrite": True,
    }  # fmt: skip
    grafana.told(lambda api: api.dashboard.update_dashboard(wanted))


def _message(board: Board) -> str:
    text = json.dumps(_plain(board.model), sort_keys=True, ensure_ascii=False)
    return BY_US + hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(model: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in model.items() if key not in OF_THE_SERVER}
