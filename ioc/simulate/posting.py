"""Words handed in as another system would: by the HTTP entrance, with a token."""

import time
from collections.abc import Callable
from typing import Self

import httpx

from contracts.topics import Kind
from hub.provenance import Admitted
from ioc.simulate.batches import Batch

PATHS = {Kind.OBSERVATION: "observations", Kind.CASE: "cases", Kind.MENTION: "mentions"}
TIMEOUT_S = 60.0
ATTEMPTS = 8
"""With twice the pause each time: four minutes for a hub that starts or is busy."""
FIRST_PAUSE_S = 1.0
SHOWN = 3
"""Refusals that are shown of many."""


class NotTaken(Exception):
    """The hub refused a parcel for good; says status and reasons."""

    def __init__(self, *, status: int, why: str) -> None:
        self.status = status
        self.why = why
        super().__init__(f"the hub answered {status}: {why}")


class Away(Exception):
    """The hub could not be reached or had no time, again and again."""

    def __init__(self, *, url: str, why: str) -> None:
        self.url = url
        self.why = why
        super().__init__(f"{url} does not take figures ({why}): is the hub running?")


class Post:
    """A connection to the hub at `url`; use it as a context."""

    def __init__(
        self, url: str, token: str, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._url = url.rstrip("/")
        self._sleep = sleep
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(headers=headers, timeout=TIMEOUT_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        self._client.close()

    def send(self, batch: Batch) -> Admitted:
        """Durable when it returns.  Raises NotTaken, Away."""
        why, pause = "", FIRST_PAUSE_S
        for attempt in range(ATTEMPTS):
            if attempt:
                self._sleep(pause)
                pause *= 2
            try:
                answer = self._post(batch)
            except httpx.TransportError as trouble:
                why = f"{type(trouble).__name__} {trouble}".strip()
                continue
            if answer.status_code == httpx.codes.OK:
                return Admitted(**answer.json())
            if answer.status_code not in (429, 502, 503, 504):
                raise NotTaken(status=answer.status_code, why=_reasons(answer))
            why = f"{answer.status_code}"
        raise Away(url=self._url, why=why)

    def _post(self, batch: Batch) -> httpx.Response:
        return self._client.post(
            f"{self._url}/api/v1/{PATHS[batch.kind]}",
            json={"items": [body.model_dump(mode="json") for body in batch.bodies]},
            headers={"Idempotency-Key": batch.key},
        )


def _reasons(answer: httpx.Response) -> str:
    """Of a problem document (RFC 9457), or the beginning of whatever came."""
    try:
        said = answer.json()
    except ValueError:
        return answer.text[:200]
    wrong = said.get("errors") or []
    some = "; ".join(str(each) for each in wrong[:SHOWN])
    return " · ".join(filter(None, (str(said.get("detail") or said.get("title") or ""), some)))
