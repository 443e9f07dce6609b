"""Reads the phone page as a person would: what arrived, and its pictures."""

from datetime import datetime
from typing import Any

import httpx

from ioc.calls import Call

JPEG = b"\xff\xd8\xff"


class PhoneClient:
    """`poll` returns what is new; a phone that does not answer yet has nothing new."""

    def __init__(self, address: str) -> None:
        self._http = httpx.Client(base_url=address, timeout=10, trust_env=False)
        self.calls: list[Call] = []
        self.repeats = 0
        self.refused: dict[str, int] = {}

    def poll(self) -> list[Call]:
        try:
            read: dict[str, Any] = self._http.get("/received.json").json()
        except (httpx.HTTPError, ValueError):
            return []
        self.repeats, self.refused = read["repeats"], read["refused"]
        new = [_call(view) for view in read["calls"][len(self.calls) :]]
        self.calls += new
        return new

    def picture(self, number: int) -> bytes:
        """The JPEG of call `number`; empty while there is none."""
        try:
            answer = self._http.get(f"/picture/{number}")
        except httpx.HTTPError:
            return b""
        good = answer.status_code == 200 and answer.content.startswith(JPEG)
        return answer.content if good else b""

    def close(self) -> None:
        self._http.close()


def _call(view: dict[str, Any]) -> Call:
    at = datetime.fromisoformat(view["received_at"])
    return Call(key=view["key"], received_at=at, body=view["body"])
