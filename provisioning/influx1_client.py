"""Statements to an InfluxDB 1 by `/query`, with our errors."""

from contextlib import closing
from typing import Any

import httpx

from provisioning.changes import Change
from provisioning.errors import refusal
from provisioning.influx import Server, ask, http


class Influxql:
    """Statements to one server, answers as rows; raises ServerTrouble."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._client = http(server)
        self._auth = httpx.BasicAuth(server.admin, server.secret or "") if server.admin else None

    def close(self) -> None:
        self._client.close()

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """The rows of every series of the answer; `series` is the name of theirs."""
        result = self._result(self._post(statement, self._auth))
        return [
            {"series": series.get("name", ""), **dict(zip(series["columns"], row, strict=True))}
            for series in result.get("series", [])
            for row in series.get("values", [])
        ]

    def do(self, statement: str) -> None:
        self._result(self._post(statement, self._auth))

    def lets_in(self, user: str, password: str) -> bool:
        answer = self._post("SHOW DATABASES", httpx.BasicAuth(user, password))
        return answer.status_code != httpx.codes.UNAUTHORIZED

    def lets_in_anybody(self) -> bool:
        return self._post("SHOW DATABASES", None).is_success

    def _post(self, statement: str, auth: httpx.BasicAuth | None) -> httpx.Response:
        """In the body, for the address of a request is logged and a statement may hold a secret."""
        request = self._client.build_request(
            "POST", f"{self.server.url}/query", data={"q": statement}
        )
        if auth is not None:
            request = next(auth.sync_auth_flow(request))
        return ask(self._client, self.server.url, request)

    def _result(self, answer: httpx.Response) -> dict[str, Any]:
        body = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
        result: dict[str, Any] = next(iter(body.get("results", [])), {})
        said = str(body.get("error") or result.get("error") or "")
        url = self.server.url
        if said or not answer.is_success:
            raise refusal(url, answer.status_code, said)
        return result


def change(influxql: Influxql, sign: Any, what: str, *statements: str, **more: str) -> Change:
    def apply() -> None:
        with closing(Influxql(influxql.server)) as fresh:
            for statement in statements:
                fresh.do(statement)

    return Change(sign=sign, what=what, apply=apply, **more)
