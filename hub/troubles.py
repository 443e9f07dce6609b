"""What the subsystems raise and clear, all through `hub.incidents`: one engine for trouble.

Identity is (originator, type): `indicator education.attendance 20467` is one incident however
often the figure is computed anew.
"""

from datetime import timedelta

from sqlalchemy import select

from contracts.indicator import MentionBody
from hub.catalogue.grade import Grade
from hub.catalogue.records import Catalogue
from hub.database import Work
from hub.figures.engine import Figure, is_current
from hub.incident import Alarm, IncidentType, Place, Severity
from hub.incidents import Incidents
from hub.mentions.events import EventKind
from hub.mentions.read import Candidate
from hub.provenance import Provenance
from hub.records import cases, observations
from hub.wording import number

NEWS = timedelta(days=1)
"""How old a text may be that opens an incident: history that is handed in is history, and what
still burns is written of again."""


class Troubles:
    """Stateless but for the wiring; each call inside of the caller's `Work`."""

    def __init__(self, incidents: Incidents, catalogue: Catalogue) -> None:
        self._incidents = incidents
        self._catalogue = catalogue

    def judge(self, work: Work, figure: Figure) -> None:
        """A red figure of the running period opens or refreshes; one that is no longer red
        clears.  What is missing changes nothing: silence is told of by the feed that is silent."""
        if not figure.indicator.alarm or not is_current(figure):
            return
        if figure.grade is Grade.RED:
            self._incidents.raise_(work, self._alarm(figure, simulated=_simulated(work, figure)))
        elif figure.grade is not Grade.UNKNOWN:
            self._incidents.clear_of(
                work, _originator(figure), IncidentType.INDICATOR, figure.computed_at,
                "chỉ số đã trở lại",
            )  # fmt: skip

    def candidate(
        self, work: Work, body: MentionBody, found: Candidate, provenance: Provenance
    ) -> None:
        """An online text of a fire or a landslide here: somebody has to look, nobody is paged as
        for a fire that a camera sees.  What was published long ago is no news."""
        if provenance.recorded_at - body.published_at > NEWS:
            return
        fire = found.kind is EventKind.FIRE
        commune = self._catalogue.unit(found.commune, body.published_at.date()) if (
            found.commune
        ) else None  # fmt: skip
        what = "cháy" if fire else "sạt lở"
        self._incidents.raise_(
            work,
            Alarm(
                originator=f"mention {found.kind.value} {found.commune or 'district'}",
                type=IncidentType.REPORTED_FIRE if fire else IncidentType.REPORTED_LANDSLIDE,
                subsystem="forest-fire" if fire else "environment",
                severity=Severity.WARNING,
                title_vi=f"Tin trên mạng nói có {what} – {found.place}",
                text_vi=f"“{found.sentence}” ({body.source}). Cần người xác minh.",
                captured_at=body.published_at,
                received_at=provenance.recorded_at,
                place=Place(
                    lat=commune.lat if commune else None,
                    lon=commune.lon if commune else None,
                    commune_code=found.commune,
                    commune=commune.name_vi if commune else None,
                ),
                drill=provenance.demo,
            ),
        )

    def _alarm(self, figure: Figure, *, simulated: bool) -> Alarm:
        indicator = figure.indicator
        unit = self._catalogue.unit(figure.unit, figure.period.day)
        name = unit.name_vi if unit else figure.unit
        value = number(figure.outcome.value or 0.0, indicator.decimals)
        target = (
            "" if indicator.target is None
            else f", chỉ tiêu {number(indicator.target, indicator.decimals)}"
        )  # fmt: skip
        return Alarm(
            originator=_originator(figure),
            type=IncidentType.INDICATOR,
            subsystem=indicator.id.partition(".")[0],
            severity=Severity.WARNING,
            title_vi=f"{indicator.name_vi} không đạt – {name}",
            text_vi=f"{value} {indicator.unit_vi}{target}. {indicator.advice.red}".strip(),
            captured_at=figure.computed_at,
            received_at=figure.computed_at,
            drill=simulated,
            place=Place(
                commune_code=figure.unit if unit and unit.kind == "commune" else None,
                commune=name if unit and unit.kind == "commune" else None,
            ),
        )


def _simulated(work: Work, figure: Figure) -> bool:
    """Whether a simulated figure or case lies behind it: then nobody is called out of bed."""
    asked = figure.indicator.parsed
    told = select(observations.c.id).where(
        observations.c.demo,
        observations.c.measure.in_(asked.measures),
        observations.c.period_start < figure.period.end,
        observations.c.period_end > figure.period.start,
    )
    handled = select(cases.c.case).where(cases.c.demo, cases.c.type.in_(asked.case_types))
    return any(
        work.connection.execute(query.limit(1)).first() is not None for query in (told, handled)
    )


def _originator(figure: Figure) -> str:
    return f"indicator {figure.indicator.id} {figure.unit}"
