"""The hub: every part made, wired, started and stopped in one place.

broker ─ inbox ─┬─ processor ─ incidents ─ webhooks
                ├─ series writer
                ├─ figures ─ outlooks, reports ─ post
                └─ devices ─ housekeeping ─ watch ─ incidents
"""

import logging
import secrets
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Protocol

import uvicorn
from sqlalchemy import URL, func, make_url, select

from contracts import supervisor, topics
from contracts.clock import utc_now
from contracts.configuration import secret
from contracts.identity import Lane
from contracts.readiness import require
from hub import counters, shed, webhook
from hub.admission import Admission
from hub.bridges import Bridges
from hub.broker import Delivery, Link
from hub.config import HubConfig, load
from hub.context import Context
from hub.database import Database, open_engine
from hub.deadlines import Deadlines
from hub.devices import Devices
from hub.engines.prober import Prober
from hub.feed import Feed
from hub.figures.engine import Figures
from hub.fires import Fires
from hub.health import Health
from hub.housekeeping import Housekeeping
from hub.inbox import Inbox
from hub.incidents import Incidents
from hub.knowledge import learn
from hub.mentions.store import MentionBook
from hub.migrations import upgrade
from hub.notifications import Announcer
from hub.once import once
from hub.outlook import Outlooks
from hub.places import district
from hub.processor import Processor
from hub.pulse import Console, Pulse
from hub.reckoning.reckoner import Reckoner
from hub.records import inbox, quarantine
from hub.reporting.archive import Archive
from hub.reporting.post import Post
from hub.reporting.press import Press
from hub.rollouts.desk import Desk
from hub.rollouts.engine import Rollouts
from hub.rollouts.wishes import Publish
from hub.services import Services
from hub.talk import Talk
from hub.timeseries import open_store
from hub.timeseries.copying import Copied, copyist
from hub.timeseries.writer import Writer
from hub.troubles import Troubles
from hub.trust import Trust
from hub.watch import Watch
from hub.webhook import Webhooks

log = logging.getLogger(__name__)

LOOK_S = 0.2
"""A signal ends a hub without console after this at most."""


def records_url(config: HubConfig) -> URL:
    """The SQLAlchemy URL of the records, with the password from its file or variable."""
    records = config.records
    if not records.url:
        return URL.create("sqlite", database=str(records.path))
    url = make_url(records.url)
    password = secret(records.password_file, records.password_env)
    return url if password is None else url.set(password=password)


def open_database(config: HubConfig) -> Database:
    """The records at their newest version."""
    engine = open_engine(records_url(config))
    upgrade(engine)
    return Database(engine, Feed())


class Part(Protocol):
    """What the hub is made of: each has a thread or two."""

    @property
    def threads(self) -> tuple[threading.Thread, ...]: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Hub:
    """`start` returns when every part runs; `stop` when every part has ended."""

    def __init__(self, config: HubConfig) -> None:
        self.config = config
        self.started_at = utc_now()
        self.database = open_database(config)
        self.series = open_store(config.influx)
        places = district()
        announcer = Announcer(config.webhook, config.console.public_url)
        self.incidents = Incidents(announcer)
        self.knowledge = learn(config.subsystems, config.probe)
        troubles = Troubles(self.incidents, self.knowledge.catalogue)
        self.admission = Admission(self.knowledge, MentionBook(troubles.candidate))
        self.figures = Figures(
            database=self.database, catalogue=self.knowledge.catalogue, judge=troubles.judge
        )
        post = Post(config, self.database)
        archive = Archive(config, self.database, self.knowledge)
        outlooks = Outlooks(self.database, self.knowledge.catalogue)
        self.services = Services(
            database=self.database, incidents=self.incidents, probes=config.probe
        )
        rollouts = Desk(self.database, Rollouts(self.incidents, config), self._tell)
        self.talk = Talk(self.database, self.incidents)
        self._clerks: list[Part] = [
            post, Press(config.reports, archive, post.wake), outlooks, rollouts, self.talk,
        ]  # fmt: skip
        if config.probe:
            self._clerks.append(Prober(config.probe, self.services.seen))
        self._devices = Devices(self.database)
        self.reckoner = Reckoner(
            database=self.database, catalogue=self.knowledge.catalogue, admission=self.admission,
            series=self.series, rules=config.rules,
        )  # fmt: skip
        self.processor = Processor(
            database=self.database,
            fires=Fires(self.incidents, places, config.rules),
            admission=self.admission,
            bridges=Bridges(config.bridge, self.knowledge.catalogue, self.started_at.date()),
            keep=config.keep,
        )
        self.writer = Writer(config=config, database=self.database, store=self.series)
        self.inbox = Inbox(
            config=config,
            database=self.database,
            devices=self._devices,
            on_stored=self._on_stored,
            on_trust=Trust(self.incidents).take,
        )
        self.webhooks = Webhooks(config.webhook, self.database)
        self._doors = self._make_doors()
        self._links = self._make_links()
        self._housekeeping = Housekeeping(
            config=config,
            database=self.database,
            devices=self._devices,
            watch=Watch(self.incidents, places, config.rules),
            deadlines=Deadlines(self.incidents, self.knowledge, config.rules),
            series_refusal=self._series_refusal,
            health=self.health,
        )
        self._running = ExitStack()
        self._parts: list[Part] = []

    def start(self) -> None:
        """Starts from the phones backwards, so that nothing arrives where nobody works yet."""
        self._devices.load()
        self.services.forget_others(utc_now())
        parts: list[Part] = [self.webhooks, self.writer, self.figures, self.reckoner]
        parts += self._clerks
        parts += [self.processor, self._housekeeping]
        if isinstance(self.series, Copied):
            parts.append(copyist(self.config.influx.path, self.series))
        parts += [*self._doors, self.inbox, *self._links]
        self._parts = parts
        for part in parts:
            part.start()
            self._running.callback(part.stop)
        self.processor.wake()
        log.info("hub runs; records in %s", records_url(self.config).render_as_string())

    def stop(self) -> None:
        """Closes the doors first, then ends who works inside; safe to call twice."""
        self.inbox.intake.close()
        self._parts = []
        self._running.close()
        self.series.close()
        self.database.close()
        log.info("hub ended")

    def context(self) -> Context:
        return Context(
            config=self.config,
            database=self.database,
            feed=self.database.feed,
            incidents=self.incidents,
            series=self.series,
            knowledge=self.knowledge,
            admission=self.admission,
            health=self.health,
            risen=self.talk.risen,
        )

    def health(self) -> Health:
        with self.database.read() as connection:
            undone = connection.scalar(
                select(func.count()).select_from(inbox).where(inbox.c.state == "new")
            )
            held = connection.scalar(select(func.count()).select_from(quarantine))
            counts = counters.read(connection)
        connected = all(link.connected for link in self._links)
        dead = self.dead()
        return Health(
            at=utc_now(),
            started_at=self.started_at,
            broker_connected=connected,
            last_message_at=self.inbox.last_message_at,
            last_processed_at=self.processor.last_processed_at,
            waiting_alarm=self.inbox.intake.waiting(Lane.ALARM),
            waiting_bulk=self.inbox.intake.waiting(Lane.BULK),
            inbox_undone=undone or 0,
            series_backlog=shed.backlog(self.database),
            series_error=self.writer.error,
            notifications_pending=webhook.pending(self.database),
            quarantined=held or 0,
            counters=counts,
            dead=dead,
            troubles=tuple(self._troubles(connected=connected, dead=dead)),
        )

    def dead(self) -> tuple[str, ...]:
        """Names of the threads of running parts that ended by themselves."""
        threads = (thread for part in self._parts for thread in part.threads)
        return tuple(each.name for each in threads if each.ident and not each.is_alive())

    def _troubles(self, *, connected: bool, dead: Sequence[str]) -> list[str]:
        found = [f"Bộ phận “{name}” của trung tâm đã dừng: khởi động lại ioc-hub." for name in dead]
        if not connected:
            found.append("Mất kết nối với máy chủ MQTT.")
        if self.inbox.trouble:
            found.append(f"Không ghi được dữ liệu đến: {self.inbox.trouble}")
        if self.writer.error:
            found.append(f"Chuỗi thời gian không nhận dữ liệu: {self.writer.error}")
        return found

    def _series_refusal(self) -> str:
        return self.writer.error if self.writer.misconfigured else ""

    def _on_stored(self, rows: bool, lines: bool) -> None:
        if rows:
            self.processor.wake()
        if lines:
            self.writer.wake()

    def _make_doors(self) -> list[Part]:
        """The drop folder and the connectors, where any are configured: only then are the
        libraries of spreadsheets and feeds loaded, which take a second and 20 MB."""
        config = self.config
        if not (config.drop.folder or config.feed or config.rest or config.sql):
            return []
        entrances = import_module("hub.entrances.parts")
        gate = import_module("hub.entrances.admit").Gate(self.database, self.admission)
        mappings = import_module("hub.entrances.mapping").load_all(config.drop.mappings_folder)
        doors: list[Part] = []
        if (dropped := entrances.drop(config.drop, mappings, gate)) is not None:
            doors.append(dropped)
        if config.feed or config.rest or config.sql:
            doors.append(
                entrances.schedule(
                    feeds=config.feed, rest=config.rest, sql=config.sql, mappings=mappings,
                    gate=gate,
                )
            )  # fmt: skip
        return doors

    def _make_links(self) -> tuple[Link, ...]:
        name = client_id(self.database)
        filters = {
            Lane.ALARM: (
                topics.uplink_filter(Lane.ALARM),
                topics.STATUS_FILTER,
                topics.TRUST_TOPIC,
            ),
            Lane.BULK: (topics.uplink_filter(Lane.BULK), topics.UPDATE_STATE_FILTER),
        }
        return tuple(
            Link(
                self.config.broker,
                name=lane.value,
                client_id=f"{name}-{lane}",
                filters=filters[lane],
                on_delivery=self._into(lane),
            )
            for lane in Lane
        )

    def _tell(self) -> Publish:
        """What is wanted of a box is kept by the broker for it."""
        [link] = [link for link in self._links if link.name == Lane.BULK.value]
        return partial(link.publish, retain=True)

    def _into(self, lane: Lane) -> Callable[[Delivery], object]:
        return lambda delivery: self.inbox.intake.put(lane, delivery)


def client_id(database: Database) -> str:
    """This installation's MQTT name: stable, so the broker keeps its session; unguessable, so
    that nobody takes the session over."""
    return once(database, "client-id", lambda: f"hub-{secrets.token_hex(8)}")


class Ending:
    """The wish of SIGTERM or SIGINT, heeded from the first moment on: nobody dies half started.

    A plain flag: a lock that the main thread may hold has no place in a signal handler.
    """

    def __init__(self) -> None:
        self.wanted = False
        self.server: uvicorn.Server | None = None
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._heed)

    def _heed(self, _number: int, _frame: FrameType | None) -> None:
        self.wanted = True
        if self.server is not None:
            self.server.should_exit = True

    def wait(self) -> None:
        while not self.wanted:
            time.sleep(LOOK_S)


def run(config_path: Path) -> int:
    """Runs the hub until SIGTERM or SIGINT; the process's exit code.  Raises ConfigError."""
    ending = Ending()
    config = load(config_path)
    require(config_path, config)
    hub = Hub(config)
    hub.start()
    try:
        if find_spec("hub.web") and find_spec("hub.web.app"):
            _serve(hub, ending)
        else:
            ending.wait()
    finally:
        hub.stop()
    return 0


def _serve(hub: Hub, ending: Ending) -> None:
    """The console in the main thread; uvicorn handles the signals while it runs."""
    create_app = import_module("hub.web.app").create_app
    console = hub.config.console
    server = Console(
        uvicorn.Config(
            create_app(hub.context()),
            host=console.listen,
            port=console.port,
            ssl_certfile=console.tls_cert_file,
            ssl_keyfile=console.tls_key_file,
            log_config=None,
            access_log=False,
            proxy_headers=False,  # hub.web.citizens believes configured proxies only
            timeout_graceful_shutdown=3,
        )
    )
    ending.server = server
    server.should_exit = ending.wanted
    pulse = Pulse(hub.health, server, supervisor.patience_s())
    pulse.start()
    try:
        server.run()
    finally:
        supervisor.tell(supervisor.ENDING)
        pulse.stop()
