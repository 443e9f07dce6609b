"""One fire as a district has it, told to a real HTTP server: the webhooks of docs/webhooks.md."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from contracts.status import Status
from hub.config import Rules, Webhook
from hub.database import Database
from hub.devices import write_status
from hub.fires import Arrived, Fires
from hub.incident import Verdict
from hub.incidents import Incidents
from hub.notifications import Announcer
from hub.places import district
from hub.watch import Watch
from hub.webhook import Endpoint
from ioc.settings import FIRE, PRAO, SONG_KON, bearing_deg
from tests.hub.conftest import NOON
from tests.hub.messages import sighting, status
from tests.hub.test_webhook import Phone

SECRET = "the secret that hub and receiver share"
TOWERS = {"thap-prao": ("Tháp Prao", PRAO), "thap-song-kon": ("Tháp Sông Kôn", SONG_KON)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a receiver gets."""

    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told


class Story:
    """Two towers, one smoke, one officer, one box that falls silent, one late drill."""

    def __init__(self, database: Database, endpoint: Webhook) -> None:
        self._database = database
        self._incidents = Incidents(Announcer((endpoint,), "https://ioc.example"))
        self._fires = Fires(self._incidents, district(), Rules())

    def introduce(self) -> None:
        for name in TOWERS:
            with self._database.work() as work:
                write_status(work, _card(name), NOON)

    def sees(self, name: str, seconds: int, *, late: bool = False, **changes: Any) -> None:
        _, eye = TOWERS[name]
        at = NOON + timedelta(seconds=seconds)
        look = {"azimuth_deg": round(bearing_deg(eye, FIRE), 1), "sigma_deg": 0.8, "width_deg": 2.4}
        seen = sighting(at, device=name, camera="cam-1", bearing=look, score=0.62, **changes)
        received = at + timedelta(hours=2) if late else at + timedelta(milliseconds=240)
        with self._database.work() as work:
            self._fires.take(work, Arrived(
                sighting=seen, captured_at=at, received_at=received, late=late,
                clock_suspect=False,
            ))  # fmt: skip

    def ends(self, incident: str) -> None:
        at = NOON + timedelta(hours=1)
        with self._database.work() as work:
            self._incidents.acknowledge(
                work, incident, Verdict.CONFIRMED, who="lan", at=NOON + timedelta(minutes=2)
            )
            self._incidents.close(work, incident, who="lan", at=at, why="Đã kết thúc")

    def falls_silent(self) -> None:
        """The tower of Prao; the other one has just spoken."""
        now = NOON + timedelta(minutes=6)
        with self._database.work() as work:
            write_status(work, _card("thap-song-kon", now), now)
            Watch(self._incidents, district(), Rules()).look(work, now)


def _card(name: str, at: datetime = NOON) -> Status:
    title, eye = TOWERS[name]
    card = {"name": "cam-1", "title": "Hướng rừng", "scene": "tower", "position": eye.model_dump()}
    return status(at, device=name, title=title, cameras=[card])


@contextmanager
def endpoint(database: Database, folder: Path) -> Iterator[tuple[Phone, Endpoint]]:
    """A receiver and the hub's thread that calls it, unstarted."""
    phone = Phone()
    (folder / "secret").write_text(SECRET + "\n", encoding="utf-8")
    made = Endpoint(
        Webhook(name="kiem-lam", url=phone.url, secret_file=folder / "secret"), database
    )
    try:
        yield phone, made
    finally:
        made._client.close()
        phone.close()


def told(database: Database, folder: Path) -> Sequence[Call]:
    """Opened, updated, closed; a box in trouble; a late drill: in this order."""
    with endpoint(database, folder) as (phone, line):
        story = Story(database, line.settings)
        story.introduce()
        story.sees("thap-prao", 0)
        story.sees("thap-song-kon", 20)
        line.deliver_due()
        story.ends(json.loads(phone.calls[0][1])["incident"])
        line.deliver_due()
        story.falls_silent()
        line.deliver_due()
        story.sees("thap-prao", 0, late=True, drill=True)
        line.deliver_due()
        return [Call(headers=headers, body=body) for headers, body in phone.calls]
