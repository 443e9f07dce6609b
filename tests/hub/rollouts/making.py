"""A hub with boxes that say what they like, and a clock to turn."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row, insert, select, update

from contracts.identity import new_ulid
from contracts.rollout import Phase, Standing, UpdateState
from contracts.update import Offer, Ring, What
from hub.config import HubConfig, Rules
from hub.database import Database
from hub.devices import write_status
from hub.incidents import Incidents
from hub.notifications import Announcer
from hub.records import devices, incidents
from hub.rollouts import states
from hub.rollouts.engine import Rollouts, Word
from hub.rollouts.records import boxes, rollouts, wishes
from hub.rollouts.settings import UpdatesSection
from tests.edge_agent.updates.making import manifest, offer_of
from tests.hub.conftest import NOON
from tests.hub.messages import status

CONTENT = b"weights"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CAMERAS = [{"name": "bac", "title": "Bắc"}]


def offered(version: int = 2, **changes: Any) -> Offer:
    return offer_of(manifest(CONTENT, version=version, **changes))


class Centre:
    """`now` is turned by the test; `say` is a box's word."""

    def __init__(self, database: Database, folder: Path, *names: str) -> None:
        self.database = database
        self.now: datetime = NOON
        config = HubConfig(
            rules=Rules(offline_after_s=300),
            updates=UpdatesSection(folder=folder / "updates", soak_s=3600),
        )
        self.rollouts = Rollouts(Incidents(Announcer((), "")), config)
        self.rules = config.updates
        self.names = names
        with database.work() as work:
            for name in names:
                first = NOON - 30 * DAY
                write_status(work, status(first, device=name, cameras=CAMERAS), first)
        for name in names:
            self.say(name)
        self.live()

    def live(self, *silent: str) -> None:
        """Everybody but the `silent` is heard now."""
        with self.database.work() as work:
            heard = update(devices).where(devices.c.device.not_in(silent))
            work.connection.execute(heard.values(last_seen_at=self.now))

    def say(
        self, name: str, phase: Phase = Phase.IDLE, offer: Offer | None = None, *,
        ring: Ring = Ring.ALL, reason: str = "",
    ) -> None:  # fmt: skip
        digest = offer.digest if offer else None
        running = digest if phase in (Phase.SETTLED, Phase.TRIAL) else None
        line = Standing(
            what=What.MODEL, wanted=digest, running=running, phase=phase, reason=reason,
            name="tiny" if running else "", version=2 if running else 0,
        )  # fmt: skip
        said = UpdateState(device=name, at=self.now, ring=ring, lines=(line,))
        with self.database.work() as work:
            states.write(work, said, self.now)

    def start(self, offer: Offer, *rings: str) -> int:
        with self.database.work() as work:
            return self.rollouts.start(work, offer, rings, Word(actor="lan", at=self.now))

    def look(self, after: timedelta = timedelta(0), *silent: str) -> None:
        self.now += after
        self.live(*silent)
        with self.database.work() as work:
            self.rollouts.look(work, self.now)

    def rollout(self) -> Row[Any]:
        """The newest."""
        with self.database.read() as connection:
            query = select(rollouts).order_by(rollouts.c.id.desc()).limit(1)
            return connection.execute(query).one()

    def members(self) -> dict[str, int]:
        """Box to ring."""
        with self.database.read() as connection:
            rows = connection.execute(select(boxes).where(boxes.c.rollout == self.rollout().id))
            return {row.device: row.ring for row in rows}

    def wish(self, name: str) -> str | None:
        with self.database.read() as connection:
            query = select(wishes.c.digest).where(wishes.c.device == name)
            digest: str | None = connection.execute(query).scalar_one()
        return digest

    def troubles(self, *, unclosed: bool = True) -> list[Row[Any]]:
        query = select(incidents).where(incidents.c.type == "update-halted")
        if unclosed:
            query = query.where(incidents.c.closed_at.is_(None))
        with self.database.read() as connection:
            return list(connection.execute(query))

    def false_alarm(self, name: str, at: datetime, **changes: Any) -> None:
        """One that an officer called so."""
        row = {
            "id": new_ulid(), "originator": f"{name}/bac/{new_ulid()}", "type": "forest-fire",
            "subsystem": "forest-fire", "severity": "major", "title_vi": "", "text_vi": "",
            "camera": f"{name}/bac", "fixed": False, "drill": False, "late": False,
            "clock_suspect": False, "refreshes": 0, "captured_at": at, "received_at": at,
            "opened_at": at, "last_seen_at": at, "closed_at": at, "verdict": "false-alarm",
        }  # fmt: skip
        with self.database.work() as work:
            work.connection.execute(insert(incidents).values(row | changes))
