"""The watch at the desk: its shifts, its log, its hand-over note.

The log is only ever added to.  What the hub did (incidents opened and closed, devices lost) is read
from the incidents' own history, so that it is complete whoever was at the desk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Row, insert, select

from hub import audit, feeds
from hub.catalogue.loader import DISTRICT
from hub.catalogue.periods import Span, containing
from hub.config import HubConfig
from hub.database import Work
from hub.feed import Topic
from hub.incident import Action
from hub.provenance import Entrance, Provenance
from hub.records import devices, figures, hand_overs, incident_history, incidents, shift_entries
from hub.wording import LOCAL, away
from hub.working_time import WorkingTime

TEXT_LIMIT = 2_000
NAME_LIMIT = 60
LEVELS = ("forest-fire.level", "forest-fire.level-tomorrow")
AUTOMATIC = {Action.OPENED.value: "Mở sự việc", Action.CLOSED.value: "Đóng sự việc"}
HUB_VI = "hệ thống"
MOMENT = timedelta(microseconds=1)


class WrongEntry(ValueError):
    """What cannot be written into the log; `why` is said to the officer."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """[start, end) in UTC."""

    start: datetime
    end: datetime

    @property
    def name_vi(self) -> str:
        """`Ca 06:00–14:00 ngày 01/04/2026`."""
        first, last = self.start.astimezone(LOCAL), self.end.astimezone(LOCAL)
        return f"Ca {first:%H:%M}–{last:%H:%M} ngày {first:%d/%m/%Y}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the log; `automatic` lines are the hub's own."""

    at: datetime
    actor: str
    text: str
    incident: str | None
    automatic: bool


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OpenIncident(Part):
    id: str
    title_vi: str
    opened_at: datetime
    said_by: str


class Fault(Part):
    device: str
    title: str
    reason_vi: str
    since: datetime


class Silent(Part):
    feed: str
    last_item_at: datetime


class Phone(Part):
    name: str
    role: str
    phone: str


class Note(Part):
    """The hand-over note.  A fire-danger level is None where it is not known."""

    shift_vi: str
    made_at: datetime
    incidents: tuple[OpenIncident, ...]
    faults: tuple[Fault, ...]
    silent: tuple[Silent, ...]
    level_today: int | None
    level_tomorrow: int | None
    phones: tuple[Phone, ...]
    entries: tuple[str, ...]


def shift_at(moment: datetime, starts: Sequence[str]) -> Shift:
    """The shift that `moment` falls into."""
    day = moment.astimezone(LOCAL).date()
    edges = [
        datetime.combine(day + timedelta(days=step), time.fromisoformat(each), LOCAL)
        for step in (-1, 0, 1)
        for each in starts
    ]
    for start, end in pairwise(edges):
        if start <= moment < end:
            return Shift(start=start.astimezone(moment.tzinfo), end=end.astimezone(moment.tzinfo))
    raise AssertionError(f"{moment} is in no shift of {starts}")


def shifts_of(day: date, starts: Sequence[str]) -> tuple[Shift, ...]:
    """The shifts that begin on a local day."""
    begins = (datetime.combine(day, time.fromisoformat(each), LOCAL) for each in starts)
    return tuple(shift_at(each, starts) for each in begins)


def write(work: Work, *, who: str, text: str, at: datetime, incident: str | None = None) -> None:
    """Adds a line, audited.  Raises WrongEntry."""
    text = text.strip()
    if not text or len(text) > TEXT_LIMIT:
        raise WrongEntry(f"Ghi từ 1 đến {TEXT_LIMIT} ký tự.")
    known = select(incidents.c.id).where(incidents.c.id == incident)
    if incident and work.connection.scalar(known) is None:
        raise WrongEntry("Không có sự việc này; chọn một sự việc trong danh sách hoặc để trống.")
    work.connection.execute(
        insert(shift_entries).values(at=at, actor=who, text=text, incident=incident or None)
    )
    audit.note(work, _by(who, at), "written", "shift-log", {"text": text, "incident": incident})
    work.changed(Topic.INCIDENT, incident or "")


def log_of(connection: Connection, shift: Shift) -> tuple[Entry, ...]:
    """What officers wrote and what the hub did, in the order of time."""
    written = select(shift_entries).where(
        shift_entries.c.at >= shift.start, shift_entries.c.at < shift.end
    )
    done = (
        select(incident_history, incidents.c.title_vi)
        .join(incidents, incidents.c.id == incident_history.c.incident)
        .where(
            incident_history.c.at >= shift.start,
            incident_history.c.at < shift.end,
            incident_history.c.action.in_(AUTOMATIC),
        )
    )
    entries = [
        Entry(at=row.at, actor=row.actor, text=row.text, incident=row.incident, automatic=False)
        for row in connection.execute(written)
    ] + [_automatic(row) for row in connection.execute(done)]
    return tuple(sorted(entries, key=lambda entry: entry.at))


def note_of(
    connection: Connection, shift: Shift, config: HubConfig, clock: WorkingTime, now: datetime
) -> Note:
    """What the next shift must know, as it is `now`."""
    today, tomorrow = _levels(connection, now)
    return Note(
        shift_vi=shift.name_vi,
        made_at=now,
        incidents=_open(connection),
        faults=_faults(connection, config, now),
        silent=_silent(connection, config, clock, now),
        level_today=today,
        level_tomorrow=tomorrow,
        phones=tuple(Phone(name=o.name, role=o.role, phone=o.phone) for o in config.duty),
        entries=tuple(
            f"{entry.at.astimezone(LOCAL):%H:%M} {entry.text} ({entry.actor})"
            for entry in log_of(connection, shift) if not entry.automatic
        ),
    )  # fmt: skip


def hand_over(work: Work, shift: Shift, note: Note, *, giver: str, taker: str) -> None:
    """Keeps the note as it is; a second one of the shift stands beside the first.
    Raises WrongEntry."""
    taker = taker.strip()
    if not taker or len(taker) > NAME_LIMIT:
        raise WrongEntry(f"Ghi tên người nhận ca (tối đa {NAME_LIMIT} ký tự).")
    if taker == giver:
        raise WrongEntry("Người nhận ca phải là người khác.")
    work.connection.execute(insert(hand_overs).values(
        shift_start=shift.start, at=note.made_at, giver=giver, taker=taker,
        body=note.model_dump(mode="json"),
    ))  # fmt: skip
    audit.note(
        work, _by(giver, note.made_at), "handed over", "shift-log",
        {"shift": shift.name_vi, "taker": taker},
    )  # fmt: skip


def hand_overs_of(connection: Connection, shift: Shift) -> Sequence[Row[Any]]:
    """Oldest first."""
    query = select(hand_overs).where(hand_overs.c.shift_start == shift.start)
    return connection.execute(query.order_by(hand_overs.c.id)).all()


def kept(connection: Connection, number: int) -> tuple[Row[Any], Note] | None:
    """A hand-over and its note."""
    row = connection.execute(select(hand_overs).where(hand_overs.c.id == number)).one_or_none()
    return None if row is None else (row, Note.model_validate(row.body))


def _automatic(row: Row[Any]) -> Entry:
    return Entry(
        at=row.at, actor=HUB_VI if row.actor == "hub" else row.actor,
        text=f"{AUTOMATIC[row.action]}: {row.title_vi}", incident=row.incident, automatic=True,
    )  # fmt: skip


def _open(connection: Connection) -> tuple[OpenIncident, ...]:
    query = select(incidents).where(incidents.c.closed_at.is_(None), incidents.c.drill.is_(False))
    return tuple(
        OpenIncident(
            id=row.id, title_vi=row.title_vi, opened_at=row.opened_at,
            said_by=row.acknowledged_by or "",
        )
        for row in connection.execute(query.order_by(incidents.c.opened_at))
    )  # fmt: skip


def _faults(connection: Connection, config: HubConfig, now: datetime) -> tuple[Fault, ...]:
    """Devices that said they are gone, and those that say nothing any more."""
    silent_since = now - timedelta(seconds=config.rules.offline_after_s)
    rows = connection.execute(select(devices).order_by(devices.c.device))
    return tuple(
        Fault(
            device=row.device, title=row.title or row.device, since=row.last_seen_at,
            reason_vi=away(row.reason) or "mất liên lạc" if row.state == "offline" else "im lặng",
        )
        for row in rows
        if row.state == "offline" or row.last_seen_at < silent_since
    )  # fmt: skip


def _silent(
    connection: Connection, config: HubConfig, clock: WorkingTime, now: datetime
) -> tuple[Silent, ...]:
    silent_after = timedelta(hours=config.rules.silent_feed_h)
    return tuple(
        Silent(feed=feed.name, last_item_at=feed.last_item_at)
        for feed in feeds.known(connection)
        if feed.last_item_at is not None
        and feed.entrance not in (Entrance.PERSON, Entrance.HUB, Entrance.MQTT)
        and clock.between(feed.last_item_at, now) > silent_after
    )


def _levels(connection: Connection, now: datetime) -> tuple[int | None, int | None]:
    today = containing(Span.DAY, now).start
    query = select(figures.c.indicator, figures.c.value).where(
        figures.c.unit == DISTRICT, figures.c.period_start == today,
        figures.c.indicator.in_(LEVELS), figures.c.value.is_not(None),
    )  # fmt: skip
    known = {row.indicator: round(row.value) for row in connection.execute(query)}
    return known.get(LEVELS[0]), known.get(LEVELS[1])


def _by(who: str, at: datetime) -> Provenance:
    return Provenance(source="console", actor=who, entrance=Entrance.PERSON, recorded_at=at)
