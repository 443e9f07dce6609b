"""What phones are told: rows of the outbox, written in the transaction of what they tell."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert

from contracts.clock import utc_now
from contracts.identity import new_ulid
from hub.config import Webhook
from hub.database import Work
from hub.feed import Topic
from hub.incident import Event
from hub.points import incident_line
from hub.records import notifications, spool


class Announcer:
    """Called by Incidents for each event; one row for each endpoint that wants it."""

    def __init__(self, endpoints: Sequence[Webhook], public_url: str) -> None:
        self._endpoints = tuple(endpoints)
        self._public_url = public_url.rstrip("/")

    def __call__(self, work: Work, incident: Row[Any], event: Event) -> None:
        now = utc_now()
        self._plot(work, incident, event)
        wanted = [endpoint for endpoint in self._endpoints if event in endpoint.events]
        if not wanted:
            return
        body = json.dumps(self._body(incident, event, now), ensure_ascii=False)
        occurrence = new_ulid()
        work.connection.execute(
            insert(notifications),
            [_row(endpoint, incident, event, body, occurrence, now) for endpoint in wanted],
        )
        for endpoint in wanted:
            work.changed(Topic.NOTIFICATION, endpoint.name)

    def _body(self, incident: Row[Any], event: Event, now: datetime) -> dict[str, object]:
        page = f"{self._public_url}/incidents/{incident.id}"
        return {
            "v": 1,
            "event": event.value,
            "incident": incident.id,
            "type": incident.type,
            "severity": incident.severity,
            "title_vi": incident.title_vi,
            "text_vi": incident.text_vi,
            "place": {
                "lat": incident.lat,
                "lon": incident.lon,
                "fixed": incident.fixed,
                "commune": incident.commune,
                "bearing_deg": incident.bearing_deg,
                "camera": incident.camera,
                "camera_title": incident.camera_title,
            },
            "verdict": incident.verdict,
            "drill": incident.drill,
            "late": incident.late,
            "captured_at": _text(incident.captured_at),
            "sent_at": _text(incident.sent_at),
            "received_at": _text(incident.received_at),
            "created_at": _text(now),
            "picture": f"{page}/picture",
            "url": page,
        }

    @staticmethod
    def _plot(work: Work, incident: Row[Any], event: Event) -> None:
        if event is Event.UPDATED:
            return
        at = incident.captured_at if event is Event.OPENED else incident.closed_at
        line = incident_line(incident, at=at, opened=event is Event.OPENED)
        work.connection.execute(insert(spool).values(line=line))


def _row(
    endpoint: Webhook, incident: Row[Any], event: Event, body: str, occurrence: str, now: datetime
) -> dict[str, object]:
    return {
        "key": f"{endpoint.name}-{occurrence}",
        "endpoint": endpoint.name,
        "incident": incident.id,
        "event": event.value,
        "body": body,
        "urgent": not (incident.late or incident.drill),
        "state": "pending",
        "attempts": 0,
        "created_at": now,
        "next_try_at": now,
        "expires_at": now + timedelta(seconds=endpoint.expire_after_s),
        "answer": "",
    }


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
