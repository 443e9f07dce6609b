"""InfluxDB 2 as its API reference describes it, as far as provisioning asks: state and rights kept.

docs.influxdata.com/influxdb/v2/api: ping, orgs, buckets, dbrps, authorizations, tasks.  A token
sees only the buckets that it may read; a mapping's bucket must exist; ids are sixteen digits.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from tests.provisioning.speaker import Answer, Asked, Speaker

ADMIN = "operator-token-of-the-test"
Rows = dict[str, dict[str, Any]]


class InfluxDb2(Speaker):
    def __init__(self, version: str = "v2.7.11") -> None:
        super().__init__()
        self.version, self.new = version, False
        self.orgs: Rows = {}
        self.buckets: Rows = {}
        self.dbrps: Rows = {}
        self.authorizations: Rows = {}
        self.tasks: Rows = {}
        self.has_old_points = False
        self._ids = (f"{number:016x}" for number in itertools.count(1))
        self._routes: dict[str, Callable[[Asked], Answer]] = {
            "orgs": self._orgs, "buckets": self._buckets, "dbrps": self._dbrps,
            "authorizations": self._authorizations, "tasks": self._tasks, "query": self._query,
        }  # fmt: skip

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/ping":
            return Answer(status=204, headers={"X-Influxdb-Version": self.version})
        if asked.path == "/api/v2/setup":
            return Answer(status=200, body={"allowed": self.new})
        rights = self.rights(asked)
        if rights is None:
            return Answer(
                status=401, body={"code": "unauthorized", "message": "unauthorized access"}
            )
        kind = asked.path.removeprefix("/api/v2/").partition("/")[0]
        if rights != "all" and (asked.writes or kind != "buckets"):
            return Answer(
                status=403, body={"code": "forbidden", "message": f"write:{kind} is missing"}
            )
        return self._routes[kind](asked)

    def rights(self, asked: Asked) -> Any:
        """`all`, or the permissions of the token; None if there is no such token."""
        token = asked.headers.get("authorization", "").removeprefix("Token ")
        if token == ADMIN:
            return "all"
        return next(
            (
                each["permissions"]
                for each in self.authorizations.values()
                if each["secret"] == token and each["status"] == "active"
            ),
            None,
        )

    def _orgs(self, asked: Asked) -> Answer:
        if asked.method == "POST":
            return self._new(self.orgs, {"name": asked.body["name"]})
        name = asked.query["org"]
        found = [each for each in self.orgs.values() if each["name"] == name]
        if not found:
            said = f'organization name "{name}" not found'
            return Answer(status=404, body={"code": "not found", "message": said})
        return Answer(status=200, body={"orgs": found})

    def _buckets(self, asked: Asked) -> Answer:
        if asked.method == "POST":
            if asked.body["name"] in [each["name"] for each in self.buckets.values()]:
                return Answer(status=422, body={"code": "conflict", "message": "bucket exists"})
            return self._new(self.buckets, dict(asked.body))
        if asked.method == "PATCH":
            return self._altered(self.buckets, asked)
        rights = self.rights(asked)
        seen = [
            each
            for each in self.buckets.values()
            if rights == "all"
            or any(
                one["action"] == "read" and one["resource"].get("id") in (None, each["id"])
                for one in rights
            )
        ]
        return Answer(status=200, body={"links": {"self": asked.path}, "buckets": seen})

    def _dbrps(self, asked: Asked) -> Answer:
        if asked.method == "POST":
            if asked.body["bucketID"] not in self.buckets:
                return Answer(status=404, body={"code": "not found", "message": "no such bucket"})
            if asked.body.get("default"):
                for each in self.dbrps.values():
                    each["default"] = False
            return self._new(self.dbrps, dict(asked.body))
        if asked.method == "DELETE":
            return self._gone(self.dbrps, asked)
        mapped = {each["retention_policy"] for each in self.dbrps.values()}
        return Answer(
            status=200,
            body={"content": [*self.dbrps.values(), *self._guessed(asked.query["db"], mapped)]},
        )

    def _guessed(self, database: str, mapped: set[str]) -> Iterator[dict[str, Any]]:
        """A bucket called like a database answers for it where nothing is mapped."""
        for each in self.buckets.values():
            if each["name"] == database and "autogen" not in mapped:
                yield {
                    "id": each["id"], "orgID": each["orgID"], "bucketID": each["id"],
                    "database": database, "retention_policy": "autogen", "default": True,
                    "virtual": True,
                }  # fmt: skip

    def _authorizations(self, asked: Asked) -> Answer:
        if asked.method == "POST":
            identity = next(self._ids)
            secret = f"token-{identity}-{'x' * 40}=="
            kept = {**asked.body, "id": identity, "secret": secret, "status": "active"}
            self.authorizations[identity] = kept
            return Answer(status=201, body=_shown(kept) | {"token": secret})
        if asked.method == "DELETE":
            return self._gone(self.authorizations, asked)
        return Answer(
            status=200,
            body={"authorizations": [_shown(each) for each in self.authorizations.values()]},
        )

    def _tasks(self, asked: Asked) -> Answer:
        if asked.method == "DELETE":
            return self._gone(self.tasks, asked)
        if asked.method == "GET":
            return Answer(status=200, body={"tasks": list(self.tasks.values())})
        name = asked.body["flux"].partition('name: "')[2].partition('"')[0]
        if asked.method == "PATCH":
            return self._altered(self.tasks, asked)
        return self._new(self.tasks, {**asked.body, "name": name})

    def _query(self, asked: Asked) -> Answer:
        """Annotated CSV, as queries are answered; the one query that is asked is for old points."""
        if not self.has_old_points:
            return Answer(status=200, body="\r\n")
        lines = (
            "#datatype,string,long,dateTime:RFC3339", "#group,false,false,false",
            "#default,_result,,", ",result,table,_time", ",,0,2020-01-01T00:00:00Z", "", "",
        )  # fmt: skip
        return Answer(status=200, body="\r\n".join(lines))

    def _new(self, rows: Rows, row: dict[str, Any]) -> Answer:
        row["id"] = next(self._ids)
        rows[row["id"]] = row
        return Answer(status=201, body=row)

    def _altered(self, rows: Rows, asked: Asked) -> Answer:
        row = rows[asked.path.rpartition("/")[2]]
        row |= {key: value for key, value in asked.body.items() if value is not None}
        return Answer(status=200, body=row)

    def _gone(self, rows: Rows, asked: Asked) -> Answer:
        del rows[asked.path.rpartition("/")[2]]
        return Answer(status=204)


def _shown(authorization: dict[str, Any]) -> dict[str, Any]:
    """Since 2.8 a server may keep digests only, so it never shows a token again."""
    return {key: value for key, value in authorization.items() if key != "secret"}
