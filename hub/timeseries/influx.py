"""InfluxDB 1, 2 and 3 by line protocol over HTTP; reads in InfluxQL, which all three speak.

| api | write                              | credentials           |
| v1  | /write?db=&precision=ns            | user and password     |
| v2  | /api/v2/write?org=&bucket=         | Authorization: Token  |
| v3  | /api/v3/write_lp?db=               | Authorization: Bearer |
"""

import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from contracts.configuration import secret
from contracts.measurement import SHAPES, Measurement
from hub.config import Influx
from hub.timeseries.point import Sample
from hub.timeseries.store import Misconfigured, Rejected, TooLarge, Unavailable

TIMEOUT = httpx.Timeout(30.0, connect=5.0)
"""A busy InfluxDB on a mini-PC may compact for seconds; a write without limit once hung for ever
(influxdb-client-python issue 221)."""


def _trust(ca_file: Path | None) -> ssl.SSLContext | bool:
    return True if ca_file is None else ssl.create_default_context(cafile=str(ca_file))


class InfluxStore:
    """One HTTP connection pool; safe in several threads."""

    def __init__(self, settings: Influx) -> None:
        self._settings = settings
        token = secret(settings.token_file, settings.token_env)
        self._path, self._params = _write_address(settings)
        self._client = httpx.Client(
            base_url=settings.url,
            timeout=TIMEOUT,
            trust_env=False,
            verify=_trust(settings.ca_file),
            headers=_authorization(settings, token),
            auth=(settings.username, token or "")
            if settings.api == "v1" and settings.username
            else None,
        )

    def write(self, lines: Sequence[str]) -> None:
        body = "\n".join(lines).encode()
        try:
            answer = self._client.post(self._path, params=self._params, content=body)
        except httpx.HTTPError as lost:
            raise Unavailable(
                store=self._settings.url, answer=f"{type(lost).__name__}: {lost}"
            ) from None
        self._judge(answer)

    def samples(
        self,
        measurement: Measurement,
        field: str,
        tags: Mapping[str, str],
        since: datetime,
        limit: int,
    ) -> list[Sample]:
        query = _select(measurement, field, tags, since, limit)
        params = {"db": self._settings.database, "q": query, "epoch": "ns"}
        try:
            answer = self._client.get("/query", params=params)
        except httpx.HTTPError as lost:
            raise Unavailable(
                store=self._settings.url, answer=f"{type(lost).__name__}: {lost}"
            ) from None
        self._judge(answer)
        return _samples(answer.json())

    def ensure_database(self) -> None:
        """Makes the database of a 1.x server; the newer ones are provisioned with tokens.

        A user of least right may not: its database was made with it (`ioc provision influx`), and
        one that is missing is told at the first write."""
        if self._settings.api != "v1":
            return
        name = self._settings.database.replace('"', "")
        try:
            answer = self._client.post("/query", params={"q": f'CREATE DATABASE "{name}"'})
        except httpx.HTTPError as lost:
            raise Unavailable(
                store=self._settings.url, answer=f"{type(lost).__name__}: {lost}"
            ) from None
        if answer.status_code != httpx.codes.FORBIDDEN:
            self._judge(answer)

    def close(self) -> None:
        self._client.close()

    def _judge(self, answer: httpx.Response) -> None:
        if answer.is_success:
            return
        said = f"HTTP {answer.status_code}: {answer.text[:300]}"
        store = self._settings.url
        match answer.status_code:
            case 400 | 422:
                raise Rejected(store=store, answer=said)
            case 413:
                raise TooLarge(store=store, answer=said)
            case 401 | 403 | 404:
                raise Misconfigured(store=store, answer=said)
            case _:
                wish = answer.headers.get("Retry-After", "")
                wait = float(wish) if wish.isascii() and wish.isdigit() else None
                raise Unavailable(store=store, answer=said, retry_after_s=wait)


def _write_address(settings: Influx) -> tuple[str, dict[str, str]]:
    match settings.api:
        case "v2":
            return "/api/v2/write", {
                "org": settings.org, "bucket": settings.database, "precision": "ns",
            }  # fmt: skip
        case "v3":
            return "/api/v3/write_lp", {"db": settings.database, "precision": "nanosecond"}
        case _:
            return "/write", {"db": settings.database, "precision": "ns"}


def _authorization(settings: Influx, token: str | None) -> dict[str, str]:
    if token is None or settings.api == "v1":
        return {}
    scheme = "Token" if settings.api == "v2" else "Bearer"
    return {"Authorization": f"{scheme} {token}"}


def _select(
    measurement: Measurement, field: str, tags: Mapping[str, str], since: datetime, limit: int
) -> str:
    shape = SHAPES[measurement]
    if field not in shape.fields or not set(tags) <= set(shape.tags):
        raise ValueError(f"{measurement} has no field {field!r} or tag of {sorted(tags)}")
    wanted = "".join(f" AND \"{name}\" = '{_quoted(value)}'" for name, value in tags.items())
    start = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return (
        f'SELECT "{field}" FROM "{measurement}" '  # noqa: S608 (checked against the frozen shape)
        f"WHERE time >= '{start}'{wanted} ORDER BY time DESC LIMIT {int(limit)}"
    )


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def _samples(body: Any) -> list[Sample]:
    rows = [
        row
        for result in body.get("results", [])
        for series in result.get("series", [])
        for row in series["values"]
    ]
    samples = [
        Sample(at=datetime.fromtimestamp(at / 1e9, UTC), value=float(value))
        for at, value in rows
        if value is not None
    ]
    return sorted(samples, key=lambda sample: sample.at)
