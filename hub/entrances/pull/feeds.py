"""RSS, Atom and JSON Feed: each entry is a mention.

Entries of one feed that cannot be used do not hold up the others.  An XML feed that declares
entities is refused before it is parsed (entity bombs), and so is one whose encoding could hide
such a declaration.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser
from pydantic import ValidationError

from contracts.clock import utc_now
from contracts.indicator import MentionBody
from hub.entrances.admit import Source
from hub.entrances.encoding import composed
from hub.entrances.faults import Fault, shown
from hub.entrances.html_text import plain
from hub.entrances.pull.connector import Pulled, PullFailed, State
from hub.entrances.pull.feed_dates import published
from hub.entrances.pull.fetch import Answer, Fetcher
from hub.entrances.reading import TEXT_LIMIT, TITLE_LIMIT, cut
from hub.entrances.settings import WebFeed

SUBSYSTEM = "online-information"

_ENCODING = re.compile(rb"^<\?xml[^>]{0,200}?encoding=[\"']([\w.:-]{1,40})[\"']")
_PLAIN_ENCODINGS = re.compile(
    r"(utf-?8|utf-?16(le|be)?|us-ascii|ascii|iso-8859-\d{1,2}|windows-125\d)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry as its feed has it."""

    url: str
    title: str
    text: str
    date: str


class Feed:
    """One feed."""

    def __init__(self, settings: WebFeed) -> None:
        self._settings = settings
        self._fetcher = Fetcher(settings)
        self.source = Source(name=settings.name, subsystem=SUBSYSTEM)
        self.every_s = settings.every_s

    def close(self) -> None:
        self._fetcher.close()

    def pull(self, state: State) -> Pulled:
        answer = self._fetcher.get(self._settings.url, {}, state)
        if answer.unchanged:
            return Pulled(state=state)
        bodies, faults = [], []
        now = utc_now()
        for number, entry in enumerate(entries(answer)[: self._settings.max_entries], 1):
            made = self._body(number, entry, now)
            if isinstance(made, Fault):
                faults.append(made)
            else:
                bodies.append(made)
        return Pulled(bodies=tuple(bodies), faults=tuple(faults), state=answer.state)

    def _body(self, number: int, entry: Entry, now: datetime) -> MentionBody | Fault:
        at = published(entry.date, now)
        text = composed(plain(entry.text))
        title = composed(plain(entry.title)) or cut(text, 100)
        if at is None or not title:
            return Fault(
                row=number,
                column="published" if title else "title",
                value=shown(entry.date if title else entry.url),
                wrong="không có ngày đăng đọc được" if title else "không có tiêu đề",
                remedy="báo cho bên phát tin",
            )
        try:
            return MentionBody(
                source=self._settings.source,
                url=_address(self._settings.url, entry.url),
                title=cut(title, TITLE_LIMIT),
                text=cut(text, TEXT_LIMIT),
                published_at=at,
            )
        except ValidationError as wrong:
            [first, *_] = wrong.errors(include_url=False)
            column = str(first["loc"][0])
            return Fault(row=number, column=column, wrong=first["msg"], remedy="xem bài gốc")


def _address(base: str, said: str) -> str:
    """Absolute, http or https; else none."""
    try:
        made = urljoin(base, said.strip()) if said.strip() else ""
        return made if urlsplit(made).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def entries(answer: Answer) -> list[Entry]:
    """What a feed holds; raises PullFailed for what is none."""
    start = answer.body.lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith(b"{"):
        return _json_entries(start)
    _harmless(answer.body, answer.content_type)
    parsed = feedparser.parse(
        answer.body,
        response_headers={"content-type": answer.content_type},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    if not parsed.version:
        raise PullFailed("answer is neither RSS nor Atom nor JSON Feed")
    return [_xml_entry(each) for each in parsed.entries]


def _harmless(body: bytes, content_type: str) -> None:
    bare = body.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    if not bare.startswith(b"<"):
        raise PullFailed("answer is neither RSS nor Atom nor JSON Feed")
    declared = [match[1].decode() for match in [_ENCODING.match(bare)] if match]
    declared += re.findall(r"charset=[\"']?([\w.:-]{1,40})", content_type, re.IGNORECASE)
    for each in declared:
        if not _PLAIN_ENCODINGS.fullmatch(each):
            raise PullFailed(f"feed in encoding {each!r}; only UTF-8, UTF-16, Windows and ISO")
    if b"<!entity" in bare.lower():
        raise PullFailed("feed declares XML entities; refused")


def _xml_entry(entry: Any) -> Entry:
    texts = [each.get("value", "") for each in entry.get("content", [])]
    return Entry(
        url=str(entry.get("link", "") or ""),
        title=str(entry.get("title", "") or ""),
        text=str(max([*texts, entry.get("summary", "") or ""], key=len)),
        date=str(entry.get("published") or entry.get("updated") or ""),
    )


def _json_entries(body: bytes) -> list[Entry]:
    try:
        held = json.loads(body)
    except (ValueError, RecursionError) as wrong:
        raise PullFailed(f"feed is no JSON: {wrong}"[:200]) from None
    items = held.get("items")
    if "jsonfeed.org" not in str(held.get("version", "")) or not isinstance(items, list):
        raise PullFailed("answer is neither RSS nor Atom nor JSON Feed")
    return [_json_entry(each) for each in items if isinstance(each, dict)]


def _json_entry(item: dict[str, Any]) -> Entry:
    return Entry(
        url=_first(item, ("url", "external_url", "id")),
        title=_first(item, ("title",)),
        text=_first(item, ("content_text", "content_html", "summary")),
        date=_first(item, ("date_published", "date_modified")),
    )


def _first(item: dict[str, Any], names: Iterable[str]) -> str:
    return next((said for name in names if isinstance(said := item.get(name), str) and said), "")
