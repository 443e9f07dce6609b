"""The live line of a page: it says that something changed; the page then reads it anew.

Server-sent events (WHATWG HTML, section 9.2).  Changes are gathered for a moment, so that a
thousand devices do not make a thousand lines; a heartbeat tells a quiet line from a dead one.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from hub.feed import Change, Feed

HEARTBEAT_S = 10.0
GATHER_S = 0.15
"""Shorter than an eye needs; long enough to gather the lines of one transaction."""
RETRY_MS = 2_000


async def lines(feed: Feed, last: int | None) -> AsyncIterator[str]:
    """`last`: the number that a returning page had; what it missed is told at once."""
    yield f"retry: {RETRY_MS}\nid: {feed.number}\nevent: hello\ndata: \n\n"
    if last is not None and feed.since(last) != []:
        yield _line("change", feed.number)
    async with aclosing(feed.changes()) as changes:
        waiting = asyncio.ensure_future(_next(changes))
        told = 0
        try:
            while True:
                done, _ = await asyncio.wait({waiting}, timeout=HEARTBEAT_S)
                if not done:
                    yield _line("beat", feed.number)
                    continue
                if (change := waiting.result()) is None:
                    return
                waiting = asyncio.ensure_future(_next(changes))
                if change.number > told:
                    await asyncio.sleep(GATHER_S)
                    told = feed.number
                    yield _line("change", told)
        finally:
            waiting.cancel()
            await asyncio.wait({waiting})


async def _next(changes: AsyncGenerator[Change, None]) -> Change | None:
    return await anext(changes, None)


def _line(event: str, number: int) -> str:
    return f"id: {number}\nevent: {event}\ndata: {number}\n\n"
