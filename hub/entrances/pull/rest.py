"""REST interfaces that answer JSON: paged, conditional, read by a mapping."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NoReturn

from contracts.clock import utc_now
from hub.entrances.admit import Source
from hub.entrances.mapping import Mapping
from hub.entrances.pull.connector import Pulled, PullFailed, State
from hub.entrances.pull.fetch import Answer, Fetcher
from hub.entrances.pull.records import Missing, dig, read
from hub.entrances.settings import Rest as Settings

OVERLAP = timedelta(hours=1)
"""Clocks differ, and rows are committed later than dated; what comes twice does no harm."""


class Rest:
    """One interface."""

    def __init__(self, settings: Settings, mapping: Mapping) -> None:
        self._settings = settings
        self._mapping = mapping
        self._fetcher = Fetcher(settings)
        self.source = Source(name=settings.name, subsystem=settings.subsystem)
        self.every_s = settings.every_s

    def close(self) -> None:
        self._fetcher.close()

    def pull(self, state: State) -> Pulled:
        """Every page; a page that fails fails the pull, so none is skipped."""
        began = utc_now()
        items: list[Any] = []
        kept: dict[str, Any] = {"since": began.isoformat()}
        for answer, page in self._pages(state):
            if answer.unchanged:
                return Pulled(state={**state, **kept})
            items += page
            if self._settings.paging.by == "none" and not self._settings.since_parameter:
                kept |= answer.state
        bodies, faults = read(items, self._mapping)
        return Pulled(bodies=tuple(bodies), faults=tuple(faults), state=kept)

    def _pages(self, state: State) -> Iterator[tuple[Answer, list[Any]]]:
        paging = self._settings.paging
        url, params, seen = self._settings.url, self._first(state), 0
        for number in range(paging.max_pages):
            answer = self._fetcher.get(url, params, {} if number else state)
            whole = {} if answer.unchanged else _parsed(answer.body)
            items = [] if answer.unchanged else self._items(whole)
            seen += len(items)
            yield answer, items
            following = self._next(answer, whole, items, number, seen)
            if following is None:
                return
            url, changed = following
            params = {} if paging.by == "link" else {**params, **changed}
        raise PullFailed(f"more than max_pages = {paging.max_pages}; nothing was taken")

    def _first(self, state: State) -> dict[str, str]:
        paging, params = self._settings.paging, {}
        if paging.by in ("page", "offset"):
            params[paging.parameter] = str(paging.first if paging.by == "page" else 0)
        if paging.by != "none" and paging.size_parameter:
            params[paging.size_parameter] = str(paging.size)
        if self._settings.since_parameter and state.get("since"):
            since = datetime.fromisoformat(state["since"]) - OVERLAP
            params[self._settings.since_parameter] = since.strftime("%Y-%m-%dT%H:%M:%SZ")
        return params

    def _next(
        self, answer: Answer, whole: Any, items: list[Any], number: int, seen: int
    ) -> tuple[str, dict[str, str]] | None:
        """Where the next page is and what of the parameters changes; None after the last."""
        paging = self._settings.paging
        url = self._settings.url
        if paging.by == "link":
            return (answer.next_url, {}) if answer.next_url else None
        if not items:
            return None
        if paging.by == "page":
            return url, {paging.parameter: str(paging.first + number + 1)}
        if paging.by == "offset":
            return url, {paging.parameter: str(seen)}
        if paging.by == "cursor" and (cursor := dig(whole, paging.cursor)) not in (
            None,
            "",
            Missing,
        ):
            return url, {paging.parameter: str(cursor)}
        return None

    def _items(self, whole: Any) -> list[Any]:
        items = dig(whole, self._settings.items)
        if not isinstance(items, list):
            place = self._settings.items or "the answer"
            raise PullFailed(f"items: no list at {place}")
        return items


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as wrong:
        raise PullFailed(f"answer is no JSON: {wrong}"[:200]) from None


def _no_number(said: str) -> NoReturn:
    raise ValueError(f"{said} is no JSON")
