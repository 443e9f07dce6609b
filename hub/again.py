"""A sighting that outlives the closing of its incident: whoever closed it may have been wrong.

A camera that still sees what was called a false alarm, or put out, opens a new incident; the
history of the closed one names it, so that one closing is followed by one incident at most.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from contracts.sighting import Label, Sighting, State
from hub.config import Rules
from hub.incident import Action, Alarm, Severity, Verdict
from hub.records import incident_history, incidents
from hub.wording import VERDICTS, clock


def newest(connection: Connection, incident: str) -> Row[Any]:
    """The row of `incident`, or of the last of those that followed it."""
    while True:
        follower = connection.scalar(
            select(incident_history.c.detail).where(
                incident_history.c.incident == incident,
                incident_history.c.action == Action.CONTINUED.value,
            )
        )
        if follower is None:
            return connection.execute(select(incidents).where(incidents.c.id == incident)).one()
        incident = follower


def is_due(
    closed: Row[Any], known: Row[Any], seen: Sighting, captured_at: datetime, rules: Rules
) -> bool:
    """Whether `seen`, more of the sighting `known` of an incident `closed`, is an alarm anew."""
    if State.CLOSED.value in (known.state, seen.state) or captured_at < known.captured_at:
        return False
    if seen.label is Label.FIRE and known.label == Label.SMOKE.value:
        return True
    burns = closed.verdict == Verdict.CONTROLLED_BURN.value
    patience_s = rules.burn_again_after_s if burns else rules.again_after_s
    return bool(captured_at - closed.closed_at > timedelta(seconds=patience_s))


def worst(seen: Sighting, known: Row[Any]) -> Sighting:
    """`seen`, as fire if that was ever seen in it."""
    return seen.model_copy(update={"label": Label.FIRE}) if known.label == "fire" else seen


def anew(alarm: Alarm, closed: Row[Any]) -> Alarm:
    """`alarm` as that of a new incident, which says how the closed one ended."""
    severity = max(alarm.severity, Severity(closed.severity), key=lambda each: each.rank)
    return replace(alarm, severity=severity, text_vi=f"{_ending(closed)} {alarm.text_vi}")


def _ending(closed: Row[Any]) -> str:
    verdict = f" là “{VERDICTS[closed.verdict]}”" if closed.verdict in VERDICTS else ""
    by = f" bởi {closed.acknowledged_by}" if closed.acknowledged_by else ""
    return f"Sự việc trước đã đóng{verdict}{by} lúc {clock(closed.closed_at)}, camera vẫn còn thấy."
