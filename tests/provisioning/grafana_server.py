"""Grafana as its HTTP API reference describes it, as far as provisioning asks: a state, and rights.

grafana.com/docs/grafana/v11.6/developers/http_api: health, data sources, folders, folder
permissions, teams, search, dashboards, dashboard versions, alerting provisioning.  A new folder
is seen by every Viewer and Editor; a board's version keeps who wrote it and why; defaults are
added.
"""

import copy
import itertools
import re
from collections.abc import Callable
from typing import Any

from tests.provisioning.speaker import Answer, Asked, Speaker

ADMIN, VIEWER = "glsa_admin_of_the_test", "glsa_viewer_of_the_test"
CREATOR = {"userId": 2, "userLogin": "sa-1-ioc", "teamId": 0, "team": "", "permission": 4}
NONE = Answer(status=404, body={"message": "not found"})


class GrafanaServer(Speaker):
    """`credential` is what its InfluxDB accepts; `hand(...)` edits a board as a person does."""

    def __init__(self, version: str = "11.6.3", prefix: str = "") -> None:
        super().__init__()
        self.version, self.prefix, self.credential = version, prefix, ""
        self.sources: dict[str, dict[str, Any]] = {}
        self.folders: dict[str, dict[str, Any]] = {}
        self.permissions: dict[str, list[dict[str, Any]]] = {}
        self.teams: dict[int, str] = {}
        self.boards: dict[str, dict[str, Any]] = {}
        self.versions: dict[str, list[dict[str, Any]]] = {}
        self.rules: dict[str, dict[str, Any]] = {}
        self._ids = itertools.count(1)
        self._routes: list[tuple[str, Callable[..., Answer]]] = [
            (r"/datasources/uid/([^/]+)/health", self._health),
            (r"/datasources(?:/uid/([^/]+))?", self._source),
            (r"/folders/([^/]+)/permissions", self._permissions),
            (r"/folders(?:/([^/]+))?", self._folder),
            (r"/teams(?:/search)?", self._team),
            (r"/search", self._search),
            (r"/dashboards/uid/([^/]+)/versions", self._versions),
            (r"/dashboards/(?:db|uid/([^/]+))", self._board),
            (r"/v1/provisioning/alert-rules(?:/([^/]+))?", self._rule),
        ]

    def answer(self, asked: Asked) -> Answer:
        path = asked.path.removeprefix(f"{self.prefix}/api")
        if path == asked.path:
            return Answer(status=404, body={"message": "page not found"})
        if path == "/health":
            return Answer(status=200, body={"database": "ok", "version": self.version})
        who = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if who not in (ADMIN, VIEWER):
            return Answer(status=401, body={"message": "Invalid API key"})
        if who == VIEWER and not path.startswith("/dashboards"):
            said = "You'll need additional permissions to perform this action"
            return Answer(status=403, body={"message": said})
        for pattern, route in self._routes:
            if found := re.fullmatch(pattern, path):
                return route(asked, *found.groups())
        return NONE

    def hand(self, uid: str, **altered: Any) -> None:
        self._save(self.boards[uid], altered, "", "nguyen.van.a")

    def seen_by(self, folder: str) -> set[str]:
        return {
            each.get("role") or each.get("team") or each["userLogin"]
            for each in self.permissions[folder]
        }

    def _health(self, asked: Asked, uid: str) -> Answer:
        if self.sources[uid]["secret"] == self.credential:
            return Answer(status=200, body={"status": "OK", "message": "datasource is working"})
        body = {"status": "ERROR", "message": "error reading InfluxDB. Status Code: 401"}
        return Answer(status=400, body=body)

    def _source(self, asked: Asked, uid: str | None) -> Answer:
        if not asked.writes:
            return _shown(self.sources.get(uid or ""))
        if (self.sources.get(uid or "") or {}).get("readOnly"):
            return Answer(status=403, body={"message": "Cannot update read-only data source"})
        body = dict(asked.body)
        secure = body.pop("secureJsonData", {})
        self.sources[body["uid"]] = {
            **body, "id": 1, "orgId": 1, "readOnly": False, "basicAuth": False,
            "secureJsonFields": dict.fromkeys(secure, True),
            "secret": next(iter(secure.values()), ""),
        }  # fmt: skip
        return Answer(status=200, body={"message": "Datasource added"})

    def _folder(self, asked: Asked, uid: str | None) -> Answer:
        if asked.method == "GET":
            return _shown(self.folders.get(uid or ""))
        uid = uid or asked.body["uid"]
        if uid not in self.folders:
            self.permissions[uid] = [
                {"role": "Viewer", "permission": 1}, {"role": "Editor", "permission": 2}, CREATOR,
            ]  # fmt: skip
        self.folders[uid] = {"uid": uid, "title": asked.body["title"], "version": 1}
        return Answer(status=200, body=self.folders[uid])

    def _permissions(self, asked: Asked, uid: str) -> Answer:
        if uid not in self.folders:
            return NONE
        if not asked.writes:
            return Answer(status=200, body=self.permissions[uid])
        self.permissions[uid] = [
            {"role": each["role"], "permission": each["permission"]}
            if each.get("role")
            else {
                "userId": each.get("userId", 0), "userLogin": f"user-{each.get('userId')}",
                "teamId": each.get("teamId", 0), "team": self.teams.get(each.get("teamId", 0), ""),
                "permission": each["permission"],
            }
            for each in asked.body["items"]
        ]  # fmt: skip
        return Answer(status=200, body={"message": "Folder permissions updated"})

    def _team(self, asked: Asked) -> Answer:
        if asked.writes:
            number = next(self._ids)
            self.teams[number] = asked.body["name"]
            return Answer(status=200, body={"message": "Team created", "teamId": number})
        found = [
            {"id": number, "name": name}
            for number, name in self.teams.items()
            if name == asked.query["name"]
        ]
        return Answer(status=200, body={"totalCount": len(found), "teams": found})

    def _board(self, asked: Asked, uid: str | None) -> Answer:
        if asked.method == "GET":
            return _shown(self.boards.get(uid or ""))
        body = asked.body
        if body["folderUid"] not in self.folders:
            return Answer(status=400, body={"message": "folder not found"})
        uid = body["dashboard"]["uid"]
        kept = self.boards.setdefault(
            uid,
            {"dashboard": {"id": next(self._ids), "version": 0}, "meta": {"provisioned": False}},
        )
        if kept["meta"]["provisioned"]:
            return Answer(status=400, body={"message": "Cannot save provisioned dashboard"})
        kept["meta"]["folderUid"] = body["folderUid"]
        self._save(
            kept, {**body["dashboard"], "id": kept["dashboard"]["id"]}, body["message"], "sa"
        )
        return Answer(status=200, body={"status": "success", "uid": uid})

    def _save(self, kept: dict[str, Any], model: dict[str, Any], message: str, who: str) -> None:
        version = kept["dashboard"]["version"] + 1
        kept["dashboard"] = {**copy.deepcopy(kept["dashboard"]), **model, "version": version}
        self.versions.setdefault(kept["dashboard"]["uid"], []).insert(
            0,
            {
                "version": version, "message": message, "createdBy": who,
                "created": "2026-11-28T08:00:00+07:00",
            },
        )  # fmt: skip

    def _search(self, asked: Asked) -> Answer:
        found = [
            {"uid": uid, "title": each["dashboard"]["title"], "type": "dash-db"}
            for uid, each in self.boards.items()
            if asked.query["tag"] in each["dashboard"]["tags"]
        ]
        return Answer(status=200, body=found)

    def _versions(self, asked: Asked, uid: str) -> Answer:
        return Answer(status=200, body={"continueToken": "", "versions": self.versions[uid]})

    def _rule(self, asked: Asked, uid: str | None) -> Answer:
        if asked.method == "GET":
            return _shown(self.rules.get(uid or ""))
        if asked.body["folderUID"] not in self.folders:
            return Answer(status=400, body={"message": "folder does not exist"})
        added = {"id": 1, "updated": "2026-11-28T01:00:00Z", "provenance": "api", "labels": {}}
        rule = {**copy.deepcopy(asked.body), **added}
        for query in rule["data"]:
            query.setdefault("relativeTimeRange", {"from": 0, "to": 0})
            query.setdefault("queryType", "")
        self.rules[rule["uid"]] = rule
        return Answer(status=201 if asked.method == "POST" else 200, body=rule)


def _shown(row: dict[str, Any] | None) -> Answer:
    if row is None:
        return NONE
    return Answer(status=200, body={key: value for key, value in row.items() if key != "secret"})
