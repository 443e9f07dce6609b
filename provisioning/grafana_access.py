"""Folders, and who sees them: a subsystem's team its own folder, the officers on duty all.

What was given by hand to a person or to another team stays.  The role Editor has no right: boards
are written in code.  Admins always see everything.
"""

from collections.abc import Sequence
from typing import Any

from provisioning.changes import Change
from provisioning.grafana import Folder, Grafana, Plan

ON_DUTY = "IOC trực ban"
VIEW = 1
VIEWER = "Viewer"


def plan(grafana: Grafana, folders: Sequence[Folder], *, open_to_all: bool) -> Plan:
    changes: list[Change] = []
    if not open_to_all:
        names = (ON_DUTY, *(team_of(each) for each in folders if not each.shared))
        changes += [_new_team(grafana, each) for each in names if _team_id(grafana, each) is None]
    for folder in folders:
        changes += _folder(grafana, folder)
        changes += _rights(grafana, folder, open_to_all=open_to_all)
    return Plan(changes=changes)


def team_of(folder: Folder) -> str:
    return f"IOC {folder.title}"


def viewers(folder: Folder, *, open_to_all: bool) -> list[str]:
    """Names of teams, or the role Viewer."""
    if open_to_all or folder.shared:
        return [VIEWER]
    return [ON_DUTY, team_of(folder)]


def _team_id(grafana: Grafana, name: str) -> int | None:
    teams = grafana.told(lambda api: api.teams.get_team_by_name(name))
    return next((each["id"] for each in teams if each["name"] == name), None)


def _new_team(grafana: Grafana, name: str) -> Change:
    return Change(
        sign="+", what=f"team {name}",
        apply=lambda: grafana.told(lambda api: api.teams.add_team({"name": name})),
    )  # fmt: skip


def _folder(grafana: Grafana, folder: Folder) -> list[Change]:
    there = grafana.found(lambda api: api.folder.get_folder(folder.uid))
    if there is None:
        make = Change(
            sign="+", what=f"folder {folder.title}",
            apply=lambda: grafana.told(
                lambda api: api.folder.create_folder(folder.title, folder.uid)
            ),
        )  # fmt: skip
        return [make]
    if there["title"] == folder.title:
        return []
    rename = Change(
        sign="~", what=f"folder {folder.title}, was called {there['title']}",
        apply=lambda: grafana.told(
            lambda api: api.folder.update_folder(folder.uid, folder.title, overwrite=True)
        ),
    )  # fmt: skip
    return [rename]


def _rights(grafana: Grafana, folder: Folder, *, open_to_all: bool) -> list[Change]:
    names = viewers(folder, open_to_all=open_to_all)
    there = grafana.found(lambda api: api.folder.get_folder_permissions(folder.uid))
    if there is not None and _ours(there) == _wanted(names):
        return []
    give = Change(
        sign="+" if there is None else "~",
        what=f"folder {folder.title}: seen by {', '.join(names)}",
        apply=lambda: _give(grafana, folder, names),
    )
    return [give]


def _ours(items: Sequence[dict[str, Any]]) -> set[tuple[str, int]]:
    """Of the rights that stand, those of roles and of our teams."""
    return {
        (each.get("role") or each.get("team") or "", each["permission"])
        for each in _own(items)
        if each.get("role") or str(each.get("team") or "").startswith("IOC ")
    }


def _wanted(names: Sequence[str]) -> set[tuple[str, int]]:
    return {(name, VIEW) for name in names}


def _own(items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what comes from a folder above, and without Admin, whom none can lock out."""
    return [each for each in items if not each.get("inherited") and each.get("role") != "Admin"]


def _give(grafana: Grafana, folder: Folder, names: Sequence[str]) -> None:
    """The API replaces the whole list, so what was given by hand is given again."""
    there = grafana.told(lambda api: api.folder.get_folder_permissions(folder.uid))
    items: list[dict[str, Any]] = [
        {key: each[key] for key in ("userId", "teamId") if each.get(key)}
        | {"permission": each["permission"]}
        for each in _own(there)
        if not each.get("role") and not str(each.get("team") or "").startswith("IOC ")
    ]
    for name in names:
        whom = {"role": name} if name == VIEWER else {"teamId": _team_id(grafana, name)}
        items.append({**whom, "permission": VIEW})
    wanted = {"items": items}
    grafana.told(lambda api: api.folder.update_folder_permissions(folder.uid, wanted))
