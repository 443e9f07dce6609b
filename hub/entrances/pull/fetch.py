"""GET within bounds: bytes, seconds, one host, no redirects, nothing packed."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from contracts.configuration import secret
from hub.entrances.pull.connector import PullFailed, State
from hub.entrances.settings import Fetched

LONGEST_WISH_S = 3_600.0
"""A server that asks for more patience is asked again after this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A body, or `unchanged` since what the state says; `next_url` from the Link header."""

    body: bytes = b""
    content_type: str = ""
    unchanged: bool = False
    state: State
    next_url: str = ""


class Fetcher:
    """One source's client; the secret goes to the configured host alone."""

    def __init__(self, settings: Fetched) -> None:
        self._settings = settings
        said = secret(settings.secret_file, settings.secret_env)
        headers = {"Accept-Encoding": "identity", "User-Agent": "dong-giang-ioc"}
        if said is not None:
            headers[settings.auth_header] = said
        self._client = httpx.Client(
            headers=headers, timeout=settings.timeout_s, follow_redirects=False, trust_env=False
        )

    def close(self) -> None:
        self._client.close()

    def get(self, url: str, params: Mapping[str, str], state: State) -> Answer:
        """Raises PullFailed."""
        if _origin(url) != _origin(self._settings.url):
            raise PullFailed(f"next page is elsewhere ({_origin(url)}); it is not followed")
        try:
            with self._client.stream(
                "GET", httpx.URL(url).copy_merge_params(params), headers=_conditions(state)
            ) as answer:
                return self._read(answer, state)
        except (httpx.HTTPError, httpx.InvalidURL) as lost:
            raise PullFailed(f"{type(lost).__name__}: {lost}"[:200]) from None

    def _read(self, answer: httpx.Response, state: State) -> Answer:
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return Answer(unchanged=True, state=state)
        if answer.is_redirect:
            target = answer.headers.get("Location", "")[:200]
            raise PullFailed(f"moved to {target!r}; write the new address")
        if not answer.is_success:
            wish = _retry_after(answer)
            raise PullFailed(f"HTTP {answer.status_code}", retry_after_s=wish)
        if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise PullFailed("the server packs its answer though it was asked not to")
        return Answer(
            body=self._bounded(answer),
            content_type=answer.headers.get("Content-Type", ""),
            state=_validators(answer),
            next_url=_next(answer),
        )

    def _bounded(self, answer: httpx.Response) -> bytes:
        end = time.monotonic() + self._settings.timeout_s
        body = bytearray()
        for piece in answer.iter_raw(65_536):
            body += piece
            if len(body) > self._settings.max_bytes:
                raise PullFailed(f"answer is larger than max_bytes = {self._settings.max_bytes}")
            if time.monotonic() > end:
                raise PullFailed(
                    f"answer took longer than timeout_s = {self._settings.timeout_s:g}"
                )
        return bytes(body)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _conditions(state: State) -> dict[str, str]:
    named = {"If-None-Match": "etag", "If-Modified-Since": "last_modified"}
    return {header: str(state[key]) for header, key in named.items() if state.get(key)}


def _validators(answer: httpx.Response) -> dict[str, str]:
    named = {"etag": "ETag", "last_modified": "Last-Modified"}
    return {
        key: answer.headers[header] for key, header in named.items() if header in answer.headers
    }


def _next(answer: httpx.Response) -> str:
    try:
        link = answer.links.get("next", {}).get("url", "")
    except (ValueError, IndexError):
        return ""
    return str(answer.url.join(link)) if link else ""


def _retry_after(answer: httpx.Response) -> float | None:
    wish = answer.headers.get("Retry-After", "")
    return min(float(wish), LONGEST_WISH_S) if wish.isascii() and wish.isdigit() else None
