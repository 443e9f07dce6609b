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

from contracts.trust import Concern

BROKER = "broker"
"""The subject where nobody knows whose certificate it was."""
TAKEOVERS, WITHIN_S = 6, 120.0
"""A box that lost its link waits half a second, then longer; two that fight never come to wait."""

MOST_FIGHTS = 1_000
"""Names whose take-overs are counted before old ones are forgotten."""

# A client chooses its own name and may write a sentence of the log into it: each line is matched
# from its beginning to its end, and names have no spaces.
_CALLED = re.compile(r"New connection from (?P<address>\S+):\d+ on port \d+\.")
_CONNECTED = re.compile(
    r"New client connected from (?P<address>\S+):\d+ as (?P<client>\S+) \(.*u'(?P<user>[^']+)'\)\."
)
_GONE = re.compile(
    r"Client (?P<client>\S+) "
    r"(?:disconnected[:.]|closed its connection\.|has exceeded timeout, disconnecting\.).*"
)
_TAKEN = re.compile(r"Client (?P<client>\S+) already connected, closing old connection\.")
_REFUSED = re.compile(
    r"(?:OpenSSL Error\[\d+\]|Client connection from (?P<address>\S+) failed): "
    r"error:[^:]*:[^:]*:[^:]*:(?P<why>[^:]*certificate[^:]*?)\.?"
)
"""In either form, as the handshake ended at once or later; a port probe says nothing of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong with the name `subject`, or with somebody (`BROKER`), and from where."""

    concern: Concern
    subject: str
    detail: str
    addresses: tuple[str, ...] = ()


class Watch:
    """Reads the broker's log line by line; `now_s` is a monotonic second."""

    def __init__(self) -> None:
        self._here: dict[str, dict[str, str]] = defaultdict(dict)
        self._user: dict[str, str] = {}
        self._taken: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=TAKEOVERS))
        self._caller = ""

    def read(self, line: str, now_s: float) -> Iterator[Finding]:
        line = line.partition(": ")[2] if line[:10].isdigit() else line
        if found := _CALLED.fullmatch(line):
            self._caller = found["address"]
        elif found := _CONNECTED.fullmatch(line):
            yield from self._connected(found["user"], found["client"], found["address"])
        elif found := _TAKEN.fullmatch(line):
            yield from self._fought(found["client"], now_s)
        elif found := _GONE.fullmatch(line):
            self._gone(found["client"])
        elif found := _REFUSED.fullmatch(line):
            address = found["address"] or self._caller
            yield Finding(
                concern=Concern.CERTIFICATE_REFUSED, subject=BROKER, detail=found["why"],
                addresses=(address,) if address else (),
            )  # fmt: skip

    def _gone(self, client: str) -> None:
        """Whoever comes under ever new names leaves nothing behind."""
        user = self._user.pop(client, "")
        self._here[user].pop(client, None)
        if not self._here[user]:
            del self._here[user]

    def _connected(self, user: str, client: str, address: str) -> Iterator[Finding]:
        self._gone(client)
        self._user[client] = user
        here = self._here[user]
        here[client] = address
        by_mark = {mark: each for each in here if (mark := mark_of(user, each))}
        if len(by_mark) > 1:
            places = ", ".join(f"{each} from {here[each]}" for each in sorted(by_mark.values()))
            yield Finding(
                concern=Concern.CLONE_SUSPECTED, subject=user,
                detail=f"one certificate is used by {len(by_mark)} boxes at once: {places}",
                addresses=tuple(sorted({here[each] for each in by_mark.values()})),
            )  # fmt: skip

    def _fought(self, client: str, now_s: float) -> Iterator[Finding]:
        if len(self._taken) >= MOST_FIGHTS:
            for name in [name for name, at in self._taken.items() if now_s - at[-1] > WITHIN_S]:
                del self._taken[name]
        taken = self._taken[client]
        taken.append(now_s)
        if len(taken) == TAKEOVERS and now_s - taken[0] <= WITHIN_S:
            del self._taken[client]
            user = self._user.get(client, client)
            places = {self._here[user].get(client, ""), self._caller} - {""}
            yield Finding(
                concern=Concern.CLONE_SUSPECTED, subject=user, addresses=tuple(sorted(places)),
                detail=f"{client} was thrown out {TAKEOVERS} times in {WITHIN_S:.0f} s: "
                "two boxes have the same certificate and outbox",
            )  # fmt: skip


def mark_of(user: str, client: str) -> str:
    """The outbox's mark in a client's name; empty for a client that has none."""
    shape = re.fullmatch(rf"{re.escape(user)}-(?:alarm|bulk)-(\w+)", client)
    return shape[1] if shape else ""
