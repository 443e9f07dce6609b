"""One organisation of an InfluxDB 2, by its client library, with our errors."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from influxdb_client import InfluxDBClient
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from provisioning.errors import RequestRefused, ServerTrouble, refusal
from provisioning.influx import ANSWER_S, CONNECT_S, Server, ask, http, trusted, unreachable
from provisioning.tiers import Tier

T = TypeVar("T")
AWAY = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A tier's bucket; `policy` is what InfluxQL calls it."""

    tier: Tier
    bucket: str
    policy: str


class Influx2:
    """One organisation of a server; what goes wrong is raised as ServerTrouble."""

    def __init__(self, server: Server) -> None:
        self.server = server
        context = trusted(server.url, server.ca_file)
        self._client = InfluxDBClient(
            server.url, server.secret, org=server.org,
            timeout=(int(CONNECT_S * 1000), int(ANSWER_S * 1000)),
            ssl_context=context if isinstance(context, ssl.SSLContext) else None,
        )  # fmt: skip

    def close(self) -> None:
        self._client.close()

    def told(self, ask_for: Callable[[Any], T]) -> T:
        """What `ask_for` gets of the client."""
        try:
            return ask_for(self._client)
        except ApiException as refused:
            raise _trouble(self.server.url, refused) from None
        except HTTPError as lost:
            raise unreachable(self.server.url, lost) from None

    def org_id(self) -> str | None:
        """None if there is no such organisation."""
        name = self.server.org
        try:
            found = self.told(lambda api: api.organizations_api().find_organizations(org=name))
        except RequestRefused as refused:
            if refused.status == httpx.codes.NOT_FOUND:
                return None
            raise
        return next((each.id for each in found if each.name == name), None)

    def buckets(self, org_id: str | None) -> dict[str, Any]:
        """By name."""
        if org_id is None:
            return {}
        return self.told(
            lambda client: {
                each.name: each for each in client.buckets_api().find_buckets_iter(org_id=org_id)
            }
        )

    def seen_with(self, token: str) -> set[str] | None:
        """Names of the buckets that `token` may read; None if it is refused."""
        with http(self.server) as client:
            request = client.build_request(
                "GET", f"{self.server.url}/api/v2/buckets",
                params={"org": self.server.org, "limit": 100},
                headers={"Authorization": f"Token {token}"},
            )  # fmt: skip
            answer = ask(client, self.server.url, request)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            return None
        if not answer.is_success:
            return set()
        return {each["name"] for each in answer.json().get("buckets", [])}


def _trouble(url: str, refused: ApiException) -> ServerTrouble:
    """By the answer's number; 0 is the library's for TLS."""
    said = str(getattr(refused, "message", None) or refused.reason or "")[:300]
    if not refused.status:
        return unreachable(url, refused)
    return refusal(url, refused.status, said, AWAY)
