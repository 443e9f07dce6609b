"""The one way in to incidents: raise, clear, acknowledge.  Whatever goes wrong comes through here.

An incident is open until its cause is cleared and a person has judged it; then it is closed.
Machine troubles need no judgement: clearing closes them.  At most one unclosed incident exists
for each (originator, type).  Every change is written with its history, its notifications and
its point of the time series in the caller's transaction.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from contracts.identity import new_ulid
from hub.database import Database, Work
from hub.feed import Topic
from hub.incident import Action, Alarm, Event, IncidentType, Place, Raised, Severity, Verdict
from hub.records import incident_history, incidents

Announce = Callable[[Work, Row[Any], Event], None]
"""Told of what a phone should know, inside the transaction."""

CLOSES_BY_ITSELF = frozenset(
    {
        IncidentType.DEVICE_TROUBLE.value,
        IncidentType.HUB_TROUBLE.value,
        IncidentType.SERVICE_TROUBLE.value,
        IncidentType.TRUST.value,
        IncidentType.INDICATOR.value,
        IncidentType.OVERDUE_CASE.value,
        IncidentType.SILENT_FEED.value,
        IncidentType.MENTION_SPIKE.value,
        IncidentType.UPDATE_HALTED.value,
    }
)
"""Types that no person has to judge once their cause is gone."""

REASON_LIMIT = 500


def unclosed(connection: Connection, *kinds: IncidentType) -> dict[tuple[str, str], str]:
    """Of these types: (originator, type) to the incident's name."""
    query = select(incidents.c.originator, incidents.c.type, incidents.c.id).where(
        incidents.c.closed_at.is_(None), incidents.c.type.in_([each.value for each in kinds])
    )
    return {(row.originator, row.type): row.id for row in connection.execute(query)}


class NoSuchIncident(LookupError):
    def __init__(self, incident: str) -> None:
        self.incident = incident
        super().__init__(f"incident {incident!r} is not in the records")


class AlreadyClosed(ValueError):
    """A verdict on what is closed; says who closed it, so that two operators see each other."""

    def __init__(self, *, incident: str, verdict: str | None, by: str | None) -> None:
        self.incident = incident
        self.verdict = verdict
        self.by = by
        super().__init__(f"incident {incident} was closed already as {verdict!r} by {by!r}")


class ReasonMissing(ValueError):
    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        super().__init__(
            f"a verdict of {verdict.value!r} needs a reason of 1 to {REASON_LIMIT} "
            "characters: it is what later teaches the detector"
        )


class Incidents:
    """Stateless but for the wiring; safe in any thread, each call inside the caller's `Work`."""

    def __init__(self, announce: Announce) -> None:
        self._announce = announce

    def raise_(self, work: Work, alarm: Alarm, actor: str = "hub") -> Raised:
        """Opens the incident of `(alarm.originator, alarm.type)`, or refreshes the unclosed one."""
        known = work.connection.execute(
            select(incidents).where(
                incidents.c.originator == alarm.originator,
                incidents.c.type == alarm.type,
                incidents.c.closed_at.is_(None),
            )
        ).one_or_none()
        if known is None:
            return Raised(incident=self._open(work, alarm, actor), opened=True)
        self._refresh(work, known, alarm, actor)
        return Raised(incident=known.id, opened=False)

    def refresh(self, work: Work, incident: str, alarm: Alarm, joined: str = "") -> None:
        """More of the same cause: `joined` names a second camera that sees it too."""
        self._refresh(work, self._unclosed(work, incident), alarm, "hub", joined)

    def clear(self, work: Work, incident: str, at: datetime, why: str, actor: str = "hub") -> None:
        """The cause is gone; closes if a person judged it, or if the type needs no person."""
        row = self._unclosed(work, incident)
        if row.cleared_at is None:
            self._set(work, incident, cleared_at=at)
            self._note(work, incident, at, actor, Action.CLEARED, why)
        if row.acknowledged_at is not None or row.type in CLOSES_BY_ITSELF:
            self._close(work, row, at, actor, why)

    def clear_of(
        self, work: Work, originator: str, kind: IncidentType, at: datetime, why: str
    ) -> None:
        """What is unclosed of `originator`, if anything is."""
        query = select(incidents.c.id).where(
            incidents.c.originator == originator,
            incidents.c.type == kind.value,
            incidents.c.closed_at.is_(None),
        )
        for name in work.connection.scalars(query).all():
            self.clear(work, name, at, why)

    def match(
        self, database: Database, there: Mapping[tuple[str, str], str], alarms: Iterable[Alarm],
        at: datetime, why: str,
    ) -> None:  # fmt: skip
        """Raises those of `alarms` that are not `there` (`unclosed`, read before) and clears what
        is there and not among them; without any difference nothing is written."""
        gone = dict(there)
        fresh = [
            alarm for alarm in alarms if gone.pop((alarm.originator, alarm.type), None) is None
        ]
        if not fresh and not gone:
            return
        with database.work() as work:
            for alarm in fresh:
                self.raise_(work, alarm)
            for name in gone.values():
                with suppress(AlreadyClosed):  # by somebody, since it was read
                    self.clear(work, name, at, why)

    def acknowledge(
        self,
        work: Work,
        incident: str,
        verdict: Verdict,
        *,
        who: str,
        at: datetime,
        reason: str = "",
    ) -> None:
        """A person's verdict.  A false alarm (reason needed) or a controlled burn closes at once;
        a confirmed one stays open until it is cleared.

        Raises NoSuchIncident, AlreadyClosed, ReasonMissing.
        """
        reason = reason.strip()
        if len(reason) > REASON_LIMIT or (verdict is Verdict.FALSE_ALARM and not reason):
            raise ReasonMissing(verdict)
        row = self._unclosed(work, incident)
        self._set(
            work, incident, verdict=verdict.value, verdict_reason=reason,
            acknowledged_at=at, acknowledged_by=who,
        )  # fmt: skip
        detail = f"{verdict.value}: {reason}" if reason else verdict.value
        self._note(work, incident, at, who, Action.ACKNOWLEDGED, detail)
        if verdict is not Verdict.CONFIRMED or row.cleared_at is not None:
            self._close(work, row, at, who, detail)

    def close(self, work: Work, incident: str, *, who: str, at: datetime, why: str) -> None:
        """A person says that a confirmed incident is over (the fire is out)."""
        self._close(work, self._unclosed(work, incident), at, who, why)

    def continued(self, work: Work, incident: str, follower: str, at: datetime) -> None:
        """What the closed `incident` told of is still seen; `follower` tells of it now."""
        self._note(work, incident, at, "hub", Action.CONTINUED, follower)

    def _open(self, work: Work, alarm: Alarm, actor: str) -> str:
        incident = new_ulid()
        values = _columns(alarm) | _columns_of(alarm.place)
        work.connection.execute(
            insert(incidents).values(
                id=incident, opened_at=alarm.received_at, last_seen_at=alarm.captured_at,
                refreshes=0, **values,
            )
        )  # fmt: skip
        self._note(work, incident, alarm.received_at, actor, Action.OPENED, alarm.title_vi)
        self._tell(work, incident, Event.OPENED)
        return incident

    def _refresh(
        self, work: Work, row: Row[Any], alarm: Alarm, actor: str, joined: str = ""
    ) -> None:
        rises = alarm.severity.rank > Severity(row.severity).rank
        values: dict[str, Any] = {
            "last_seen_at": max(row.last_seen_at, alarm.captured_at),
            "score": max(row.score or 0.0, alarm.score or 0.0),
            "refreshes": row.refreshes + 1,
        }
        if rises or joined:
            severity = alarm.severity if rises else Severity(row.severity)
            values |= {"severity": severity.value, "title_vi": alarm.title_vi,
                       "text_vi": alarm.text_vi} | _columns_of(alarm.place)  # fmt: skip
        if row.cleared_at is not None and alarm.captured_at > row.cleared_at:
            values["cleared_at"] = None
            self._note(work, row.id, alarm.received_at, actor, Action.RETURNED, alarm.title_vi)
        self._set(work, row.id, **values)
        if rises:
            self._note(work, row.id, alarm.received_at, actor, Action.SEVERITY, alarm.severity)
        if joined:
            self._note(work, row.id, alarm.received_at, actor, Action.JOINED, joined)
        if rises or joined:
            self._tell(work, row.id, Event.UPDATED)

    def _close(self, work: Work, row: Row[Any], at: datetime, actor: str, why: str) -> None:
        self._set(work, row.id, closed_at=at, cleared_at=row.cleared_at or at)
        self._note(work, row.id, at, actor, Action.CLOSED, why)
        self._tell(work, row.id, Event.CLOSED)

    def _tell(self, work: Work, incident: str, event: Event) -> None:
        row = work.connection.execute(select(incidents).where(incidents.c.id == incident)).one()
        self._announce(work, row, event)

    @staticmethod
    def _set(work: Work, incident: str, **values: Any) -> None:
        work.connection.execute(update(incidents).where(incidents.c.id == incident).values(values))
        work.changed(Topic.INCIDENT, incident)

    @staticmethod
    def _note(
        work: Work, incident: str, at: datetime, actor: str, action: Action, detail: str
    ) -> None:
        work.connection.execute(
            insert(incident_history).values(
                incident=incident, at=at, actor=actor, action=action.value, detail=detail
            )
        )
        work.changed(Topic.INCIDENT, incident)

    @staticmethod
    def _unclosed(work: Work, incident: str) -> Row[Any]:
        row = work.connection.execute(
            select(incidents).where(incidents.c.id == incident)
        ).one_or_none()
        if row is None:
            raise NoSuchIncident(incident)
        if row.closed_at is not None:
            raise AlreadyClosed(incident=incident, verdict=row.verdict, by=row.acknowledged_by)
        return row


def _columns(alarm: Alarm) -> dict[str, Any]:
    return {
        "originator": alarm.originator, "type": alarm.type, "subsystem": str(alarm.subsystem),
        "severity": alarm.severity.value, "title_vi": alarm.title_vi, "text_vi": alarm.text_vi,
        "captured_at": alarm.captured_at, "sent_at": alarm.sent_at,
        "received_at": alarm.received_at, "score": alarm.score, "drill": alarm.drill,
        "late": alarm.late, "clock_suspect": alarm.clock_suspect,
    }  # fmt: skip


def _columns_of(place: Place) -> dict[str, Any]:
    return {
        "lat": place.lat, "lon": place.lon, "fixed": place.fixed,
        "bearing_deg": place.bearing_deg, "sigma_deg": place.sigma_deg,
        "camera": place.camera, "camera_title": place.camera_title,
        "commune_code": place.commune_code, "commune": place.commune,
    }  # fmt: skip
