"""The one way in for figures, cases and texts, whatever door they came through.

All or nothing: every item is judged first, and if one is wrong nothing is kept and each wrong
one is named.  What is kept is kept with its history and its provenance in one transaction.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contracts.indicator import AnyBody, CaseBody, MentionBody, ObservationBody
from hub import feeds, observations, secrecy
from hub.cases.store import CaseBook
from hub.catalogue.periods import containing
from hub.database import Work
from hub.knowledge import Knowledge
from hub.mentions.store import MentionBook
from hub.provenance import CLASSIFIED_VI, Admitted, NotAdmitted, Provenance, Refusal
from hub.wording import LOCAL

AHEAD = timedelta(minutes=5)
"""How far a clock elsewhere may be ahead."""
PLANNED_AHEAD = timedelta(days=6 * 366)
"""A plan of five years, told in the year before; further off it is a slip of the year."""
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing here is older: an earlier date is a mistake of a file or a clock."""
SHOWN = 80
"""Characters of a wrong value that are said back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an item is about: for rights.  `field` and `value` name it in a refusal."""

    subsystem: str
    unit: str | None
    field: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fault:
    field: str
    value: object
    why_vi: str


class Admission:
    """Stateless but for the wiring; safe in any thread, each call inside the caller's `Work`."""

    def __init__(self, knowledge: Knowledge, mentions: MentionBook) -> None:
        self._catalogue = knowledge.catalogue
        self._lifecycles = knowledge.lifecycles
        self._cases = CaseBook(knowledge.lifecycles, knowledge.clock)
        self._mentions = mentions

    def about(self, body: AnyBody) -> About:
        match body:
            case ObservationBody(measure=measure, unit=unit):
                subsystem = self._catalogue.subsystem_of(measure)
                return About(subsystem=subsystem, unit=unit, field="measure", value=measure)
            case CaseBody(type=kind, unit=unit):
                cycle = self._lifecycles.get(kind)
                subsystem = cycle.subsystem if cycle else ""
                return About(subsystem=subsystem, unit=unit, field="type", value=kind)
            case MentionBody(source=source):
                return About(
                    subsystem="online-information", unit=None, field="source", value=source
                )

    def admit(self, work: Work, bodies: Sequence[AnyBody], provenance: Provenance) -> Admitted:
        """Files all of `bodies`.  Raises NotAdmitted, and then has written nothing."""
        refusals = tuple(
            Refusal(index=index, field=fault.field, value=_shown(fault), why_vi=fault.why_vi)
            for index, body in enumerate(bodies)
            for fault in self._faults(body, provenance.recorded_at)
        )
        if refusals:
            raise NotAdmitted(refusals)
        figures = [body for body in bodies if isinstance(body, ObservationBody)]
        states = [body for body in bodies if isinstance(body, CaseBody)]
        texts = [body for body in bodies if isinstance(body, MentionBody)]
        admitted = Admitted()
        if figures:
            admitted += observations.store(work, figures, provenance)
        if states:
            admitted += self._cases.store(work, states, provenance)
        if texts:
            admitted += self._mentions.store(work, texts, provenance)
        if bodies:
            about = self.about(bodies[0])
            feeds.spoke(work, provenance, about.subsystem, admitted.stored + admitted.corrected)
        return admitted

    def _faults(self, body: AnyBody, now: datetime) -> Iterator[_Fault]:
        """Of a date that is far off the rest is not looked at: no calendar reaches there."""
        name, at = _date(body)
        if at < OLDEST:
            return iter((_Fault(field=name, value=at, why_vi="trước năm 2000; xem lại ngày"),))
        match body:
            case ObservationBody():
                return self._figure_faults(body, now)
            case CaseBody():
                return self._case_faults(body, now)
            case MentionBody():
                return _mention_faults(body, now)

    def _figure_faults(self, body: ObservationBody, now: datetime) -> Iterator[_Fault]:
        measure = self._catalogue.measures.get(body.measure)
        if measure is None:
            why = "không có trong danh mục; xem `ioc catalogue list`"
            yield _Fault(field="measure", value=body.measure, why_vi=why)
            return
        whole = containing(measure.period, body.period_start)
        if (whole.start, whole.end) != (body.period_start, body.period_end):
            why = f"kỳ của chỉ số này là {measure.period.value}, từ {whole.start:%Y-%m-%dT%H:%MZ}"
            yield _Fault(field="period_start", value=body.period_start, why_vi=why)
        if body.period_start > now + (PLANNED_AHEAD if measure.planned else AHEAD):
            why = "kỳ ở tương lai; chỉ kế hoạch mới được báo trước, tối đa 6 năm"
            yield _Fault(field="period_start", value=body.period_start, why_vi=why)
        yield from self._unit_faults(body.unit, body.period_start, measure.level)

    def _case_faults(self, body: CaseBody, now: datetime) -> Iterator[_Fault]:
        cycle = self._lifecycles.get(body.type)
        if cycle is None:
            known = ", ".join(sorted(self._lifecycles))
            yield _Fault(field="type", value=body.type, why_vi=f"loại chưa có; có {known}")
            return
        try:
            secrecy.check(body.attributes)
        except secrecy.Secret as secret:
            yield _Fault(field=secret.field, value="", why_vi=CLASSIFIED_VI)
            return
        if cycle.state(body.state) is None:
            known = ", ".join(state.code for state in cycle.states)
            yield _Fault(field="state", value=body.state, why_vi=f"trạng thái lạ; có {known}")
        if body.at > now + AHEAD:
            yield _Fault(field="at", value=body.at, why_vi="thời điểm ở tương lai")
        for name, value in body.attributes.items():
            attribute = cycle.by_attribute.get(name)
            why = attribute.wrong(value) if attribute else "không được lưu; bỏ cột này"
            if why:
                yield _Fault(field=f"attributes.{name}", value=value, why_vi=why)
        yield from self._unit_faults(body.unit, body.at, None)

    def _unit_faults(self, unit: str, at: datetime, kind: str | None) -> Iterator[_Fault]:
        known = self._catalogue.unit(unit, at.astimezone(LOCAL).date())
        if known is None:
            why = "đơn vị chưa có trong danh mục vào ngày này"
            yield _Fault(field="unit", value=unit, why_vi=why)
        elif kind is not None and known.kind != kind:
            wanted = self._catalogue.kinds[kind].name_vi
            yield _Fault(field="unit", value=unit, why_vi=f"chỉ số này là của từng {wanted}")


def _date(body: AnyBody) -> tuple[str, datetime]:
    match body:
        case ObservationBody(period_start=at):
            return "period_start", at
        case CaseBody(at=at):
            return "at", at
        case MentionBody(published_at=at):
            return "published_at", at


def _mention_faults(body: MentionBody, now: datetime) -> Iterator[_Fault]:
    if body.published_at > now + AHEAD:
        why = "thời điểm đăng ở tương lai"
        yield _Fault(field="published_at", value=body.published_at, why_vi=why)
    try:
        secrecy.check({}, body.title, body.text)
    except secrecy.Secret:
        yield _Fault(field="text", value="", why_vi=CLASSIFIED_VI)


def _shown(fault: _Fault) -> str:
    value = fault.value
    return value.isoformat() if isinstance(value, datetime) else str(value)[:SHOWN]
