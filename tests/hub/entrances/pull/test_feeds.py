"""Web feeds in their three tongues, well made, carelessly made and hostile."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.indicator import MentionBody
from hub.entrances.pull.connector import PullFailed
from hub.entrances.pull.feed_dates import published
from hub.entrances.pull.feeds import Feed
from hub.entrances.settings import WebFeed
from tests.hub.entrances.pull.servers import Reply, Server

EIGHT = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)
NOW = datetime(2026, 4, 1, 5, 0, tzinfo=UTC)

RSS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Báo</title>
<item><title>Cháy rừng ở xã Ba</title><link>/a/1</link>
<description><![CDATA[<p>Khói <b>bốc</b> lên.</p><script>alert(1)</script>]]></description>
<pubDate>Wed, 01 Apr 2026 08:00:00 +0700</pubDate></item>
<item><title>Không ngày</title><link>/a/2</link></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Báo</title><entry><title>Cháy rừng ở xã
Ba</title><link href="/a/1"/><updated>2026-04-01T01:00:00Z</updated>
<content type="html">&lt;p&gt;Khói &lt;b&gt;bốc&lt;/b&gt; lên.&lt;/p&gt;</content></entry></feed>"""

JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{
            "id": "1", "url": "/a/1", "title": "Cháy rừng ở xã Ba",
            "content_html": "<p>Khói <b>bốc</b> lên.</p>",
            "date_published": "2026-04-01T08:00:00+07:00",
        }],
    }
)  # fmt: skip

BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>
<rss version="2.0"><channel><item><title>&b;</title></item></channel></rss>"""

Make = Callable[..., Feed]


@pytest.fixture
def make(web: Server) -> Iterator[Make]:
    made = []

    def build(body: bytes | str, kind: str = "application/xml", **changes: Any) -> Feed:
        raw = body.encode() if isinstance(body, str) else body
        web.answer = lambda _: Reply(body=raw, headers={"Content-Type": kind})
        fields = {"name": "bao", "source": "bao-da-nang", "url": f"{web.url}/rss"}
        made.append(Feed(WebFeed.model_validate(fields | changes)))
        return made[-1]

    yield build
    for each in made:
        each.close()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (RSS, "application/rss+xml"),
        (RSS.replace("UTF-8", "UTF-16").encode("utf-16"), "application/xml"),
        (ATOM, "application/atom+xml"),
        (JSON, "application/feed+json"),
    ],
    ids=["rss", "rss-utf-16", "atom", "json"],
)
def test_an_entry_is_a_mention(web: Server, make: Make, body: bytes | str, kind: str) -> None:
    first = make(body, kind).pull({}).bodies[0]
    assert first == MentionBody(
        source="bao-da-nang", url=f"{web.url}/a/1", title="Cháy rừng ở xã Ba",
        text="Khói bốc lên.", published_at=EIGHT,
    )  # fmt: skip


def test_an_entry_without_a_date_is_named_and_holds_up_none(make: Make) -> None:
    pulled = make(RSS).pull({})
    assert len(pulled.bodies) == 1
    [fault] = pulled.faults
    assert (fault.row, fault.column) == (2, "published")


@pytest.mark.parametrize(
    ("said", "utc"),
    [
        ("Wed, 01 Apr 2026 08:00:00 +0700", EIGHT),
        ("Wed, 01 Apr 2026 01:00:00 GMT", EIGHT),
        ("Wed, 01 Apr 2026 08:00:00 GMT+7", EIGHT),
        ("Wed, 01 Apr 2026 08:00:00", EIGHT),
        ("2026-04-01T01:00:00Z", EIGHT),
        ("2026-04-01 08:00:00", EIGHT),
        ("01/04/2026 08:00", EIGHT),
        ("4 giờ trước", EIGHT),
        ("240 phút trước", EIGHT),
        ("hồi sáng", None),
        ("", None),
        ("Wed, 99 Apr 2026 08:00:00 +0700", None),
    ],
)
def test_dates_of_feeds(said: str, utc: datetime | None) -> None:
    assert published(said, NOW) == utc


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_entity_bomb_is_refused_unparsed(make: Make, encoding: str) -> None:
    with pytest.raises(PullFailed, match="entities"):
        make(BOMB.encode(encoding)).pull({})


@pytest.mark.parametrize(
    ("body", "kind", "why"),
    [
        (b'<?xml version="1.0" encoding="utf-7"?><rss/>', "", "utf-7"),
        (RSS, "text/xml; charset=cp037", "cp037"),
        (b"\x4c\x6f\xa7\x94\x93", "", "neither"),
        ("<html><body>Bảo trì</body></html>", "text/html", "neither"),
        ("{", "application/json", "no JSON"),
        ('{"version": "https://jsonfeed.org/version/1", "items": 5}', "", "neither"),
        ("", "", "neither"),
    ],
)
def test_what_is_no_feed_or_hides_what_it_is_says_why(
    make: Make, body: bytes | str, kind: str, why: str
) -> None:
    with pytest.raises(PullFailed, match=why):
        make(body, kind).pull({})


def test_what_is_too_large_is_refused_or_cut(make: Make) -> None:
    with pytest.raises(PullFailed, match="max_bytes"):
        make(RSS + " " * 5_000, max_bytes=2_000).pull({})
    long = RSS.replace("Cháy rừng", "Cháy " * 300).replace("Khói", "khói " * 5_000)
    [body] = make(long).pull({}).bodies
    assert isinstance(body, MentionBody)
    assert (len(body.title), len(body.text)) == (500, 8_000)
    assert body.title.endswith("…")
    assert make(RSS, max_entries=1).pull({}).faults == ()


def test_an_address_that_is_no_web_page_is_left_out(make: Make) -> None:
    [body] = make(RSS.replace("/a/1", "javascript:alert(1)")).pull({}).bodies
    assert isinstance(body, MentionBody)
    assert body.url == ""
