"""What the phone received: kept on disk before it is acknowledged, each key once."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from contracts.clock import utc_now


class BadCall(ValueError):
    """A signed call whose body is not the webhook's JSON; names the field."""

    def __init__(self, *, field: str, why: str) -> None:
        self.field = field
        super().__init__(f"{field}: {why}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One accepted webhook.  `latency_ms` is from the device's last attempt to send (`sent_at`)."""

    key: str
    received_at: datetime
    body: dict[str, Any]

    @property
    def latency_ms(self) -> float | None:
        sent_at = self.body.get("sent_at")
        if not isinstance(sent_at, str):
            return None
        return (self.received_at - datetime.fromisoformat(sent_at)).total_seconds() * 1000

    def view(self) -> dict[str, Any]:
        """As JSON."""
        at = self.received_at.isoformat()
        return asdict(self) | {"received_at": at, "latency_ms": self.latency_ms}


def parse(key: str | None, body: bytes, received_at: datetime) -> Call:
    """The call in `body`; raises BadCall."""
    if not key:
        raise BadCall(field="Idempotency-Key", why="the header is missing")
    try:
        read = json.loads(body)
    except ValueError as wrong:
        raise BadCall(field="body", why=str(wrong)) from None
    if not isinstance(read, dict):
        raise BadCall(field="body", why="is not a JSON object")
    for name in ("event", "incident", "title_vi"):
        if not isinstance(read.get(name), str):
            raise BadCall(field=name, why=f"has value {read.get(name)!r}, a text is needed")
    call = Call(key=key, received_at=received_at, body=read)
    try:
        _ = call.latency_ms
    except (ValueError, TypeError):
        raise BadCall(field="sent_at", why=f"{read['sent_at']!r} is not a time") from None
    return call


class Calls:
    """All calls, oldest first; with a `journal` on disk (fsync) before they are acknowledged."""

    def __init__(self, journal: Path | None = None) -> None:
        self._journal = journal
        self._by_key: dict[str, Call] = {}
        self.repeats = 0
        if journal is not None and journal.exists():
            *whole, cut_short = journal.read_text(encoding="utf-8").split("\n")
            for line in whole:
                self._remember(line)
            if cut_short:  # a kill in mid-write: that call was never acknowledged
                os.truncate(journal, journal.stat().st_size - len(cut_short.encode()))

    def __len__(self) -> int:
        return len(self._by_key)

    def all(self) -> list[Call]:
        return list(self._by_key.values())

    def add(self, call: Call) -> bool:
        """True if it is new; a repetition is counted and otherwise ignored."""
        if call.key in self._by_key:
            self.repeats += 1
            return False
        self._write(call)
        self._by_key[call.key] = call
        return True

    def _write(self, call: Call) -> None:
        if self._journal is None:
            return
        at = call.received_at.isoformat()
        line = json.dumps({"key": call.key, "received_at": at, "body": call.body})
        with self._journal.open("a", encoding="utf-8") as journal:
            journal.write(line + "\n")
            journal.flush()
            os.fsync(journal.fileno())

    def _remember(self, line: str) -> None:
        read = json.loads(line)
        at = datetime.fromisoformat(read["received_at"])
        self._by_key[read["key"]] = Call(key=read["key"], received_at=at, body=read["body"])


@dataclass(kw_only=True)
class Outage:
    """A trouble that the phone was told to play: it refuses with 503 until this is used up."""

    requests: int = 0
    until: datetime | None = None

    def strikes(self) -> bool:
        """Whether this request is refused; counts it."""
        if self.requests > 0:
            self.requests -= 1
            return True
        return self.until is not None and utc_now() < self.until
