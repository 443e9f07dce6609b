"""One certificate in two hands, seen in what the broker says of who connects.

A box has a few connections at once (`<name>-<lane>-<mark>`, and `<name>-renewal`), all of one
`mark`, which is born with its outbox.  Two marks of one name that are connected together are two
boxes.  A box copied with its outbox has the same mark: the two throw each other out, again and
again, which a link that comes and goes does far more slowly.
"""

import re
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass

TAKEOVERS, WITHIN_S = 6, 120.0
"""A box that lost its link waits half a second, then longer; two that fight never come to wait."""

_CONNECTED = re.compile(
    r"New client connected from (?P<address>\S+):\d+ as (?P<client>\S+) \(.*u'(?P<user>[^']+)'\)"
)
_GONE = re.compile(r"Client (?P<client>\S+) (?:disconnected|closed its connection|has exceeded)")
_TAKEN = re.compile(r"Client (?P<client>\S+) already connected, closing old connection")
_REFUSED = re.compile(r"OpenSSL Error\[\d+\]: .*:(?P<why>[^:]+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong: `clone` of the name `subject`, or `certificate-refused` of somebody."""

    action: str
    subject: str
    detail: str


class Watch:
    """Reads the broker's log line by line; `now_s` is a monotonic second."""

    def __init__(self) -> None:
        self._here: dict[str, dict[str, str]] = defaultdict(dict)
        self._user: dict[str, str] = {}
        self._taken: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=TAKEOVERS))

    def read(self, line: str, now_s: float) -> Iterator[Finding]:
        line = line.partition(": ")[2] if line[:10].isdigit() else line
        if found := _CONNECTED.search(line):
            yield from self._connected(found["user"], found["client"], found["address"])
        elif found := _TAKEN.search(line):
            yield from self._fought(found["client"], now_s)
        elif found := _GONE.search(line):
            self._here[self._user.get(found["client"], "")].pop(found["client"], None)
        elif found := _REFUSED.search(line):
            yield Finding(action="certificate-refused", subject="broker", detail=found["why"])

    def _connected(self, user: str, client: str, address: str) -> Iterator[Finding]:
        self._user[client] = user
        here = self._here[user]
        here[client] = address
        by_mark = {mark: each for each in here if (mark := mark_of(user, each))}
        if len(by_mark) > 1:
            places = ", ".join(f"{each} from {here[each]}" for each in sorted(by_mark.values()))
            yield Finding(
                action="clone-suspected", subject=user,
                detail=f"one certificate is used by {len(by_mark)} boxes at once: {places}",
            )  # fmt: skip

    def _fought(self, client: str, now_s: float) -> Iterator[Finding]:
        taken = self._taken[client]
        taken.append(now_s)
        if len(taken) == TAKEOVERS and now_s - taken[0] <= WITHIN_S:
            taken.clear()
            yield Finding(
                action="clone-suspected", subject=self._user.get(client, client),
                detail=f"{client} was thrown out {TAKEOVERS} times in {WITHIN_S:.0f} s: "
                "two boxes have the same certificate and outbox",
            )  # fmt: skip


def mark_of(user: str, client: str) -> str:
    """The outbox's mark in a client's name; empty for a client that has none."""
    shape = re.fullmatch(rf"{re.escape(user)}-(?:alarm|bulk)-(\w+)", client)
    return shape[1] if shape else ""
