"""What an incident is about where no camera saw it: the page that shows its figures."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import Row

from hub.incident import IncidentType

SEEN = frozenset({IncidentType.FOREST_FIRE.value, IncidentType.STREET_FIRE.value})
"""What a camera sees; of anything else no picture is on its way."""
OF_MACHINES = frozenset({IncidentType.DEVICE_TROUBLE.value, IncidentType.HUB_TROUBLE.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Where to look, and what the link says."""

    address: str
    words_vi: str


def subject(incident: Row[Any]) -> Subject | None:
    """By the incident's type and originator (`hub.troubles`, `hub.deadlines`); None for what
    cameras, machines and people tell of, whose facts stand on the incident itself."""
    what, *names = incident.originator.split(" ", 2)
    match incident.type, what, names:
        case IncidentType.INDICATOR, "indicator", [indicator, unit]:
            return Subject(address=f"/figures/{quote(indicator)}?unit={quote(unit, safe='')}",
                           words_vi="Xem chỉ số này")  # fmt: skip
        case IncidentType.OVERDUE_CASE, "cases", [_, unit]:
            return Subject(
                address=f"/s/{quote(incident.subsystem)}/cases?unit={quote(unit, safe='')}",
                words_vi="Xem các hồ sơ quá hạn",
            )
        case IncidentType.OVERDUE_CASE, "case", [case_type, case]:
            return Subject(address=f"/cases/{quote(case_type)}/{quote(case)}",
                           words_vi="Xem hồ sơ này")  # fmt: skip
        case ((IncidentType.MENTION_SPIKE | IncidentType.SILENT_FEED), _, _):
            return Subject(address=f"/s/{quote(incident.subsystem)}", words_vi="Xem phân hệ")
        case _:
            return None
