"""What the prober saw, filed in spans, and the trouble that it means: one incident a cause.

A service that is away, a certificate that ends soon and a look that this machine cannot do are
different causes.  What a single look missed is no trouble yet (`away_after_s`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update

from hub.catalogue.periods import Span, containing
from hub.database import Database, Work
from hub.engines.probe_settings import Probe
from hub.engines.probes import Result
from hub.incident import Alarm, IncidentType, Severity, Subsystem
from hub.incidents import Incidents, unclosed
from hub.records import probe_spans
from hub.wording import clock

DAY = timedelta(days=1)
BACK_VI = "đã trở lại bình thường"
GONE_VI = "không còn được theo dõi"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cause:
    """`words` is empty when there is none."""

    originator: str
    title_vi: str
    words: str
    since: datetime


class Services:
    """`seen` is what the prober tells; each look and what it means in one transaction."""

    def __init__(
        self, *, database: Database, incidents: Incidents, probes: Iterable[Probe]
    ) -> None:
        self._database = database
        self._incidents = incidents
        self._probes = tuple(probes)

    def forget_others(self, now: datetime) -> None:
        """Clears what is said of probes that are configured no more."""
        known = {one for probe in self._probes for one in _originators(probe)}
        with self._database.work() as work:
            for originator, name in _open(work).items():
                if originator not in known:
                    self._incidents.clear(work, name, now, GONE_VI)

    def seen(self, result: Result) -> None:
        with self._database.work() as work:
            since = _file(work, result)
            self._judge(work, result, since)

    def _judge(self, work: Work, result: Result, since: datetime) -> None:
        """A look that could not be done says nothing of what it should have looked at."""
        there = _open(work)
        for cause in _causes(result, since):
            known = there.get(cause.originator)
            if cause.words and known is None:
                self._incidents.raise_(work, _alarm(cause, result.at))
            elif not cause.words and known is not None:
                self._incidents.clear(work, known, result.at, BACK_VI)


def _file(work: Work, result: Result) -> datetime:
    """Lengthens the probe's newest span, or begins another; since when it has been so.  A look
    that a clock set back puts before the newest one is passed over."""
    at = result.at
    newest = _newest(work, result.probe.name)
    if newest is not None and at <= newest.began_at:
        return _since(newest)
    joined = newest is not None and newest.until >= at
    if newest is not None and joined:
        _end(work, newest, at)
    if result.up is None:
        return at
    if newest is not None and joined and newest.up == result.up:
        if containing(Span.HOUR, newest.began_at).end > at:
            _lengthen(work, newest, result)
        else:
            _begin(work, result, newest.since)
        return _since(newest)
    _begin(work, result, at)
    return at


def _newest(work: Work, probe: str) -> Row[Any] | None:
    query = select(probe_spans).where(probe_spans.c.probe == probe)
    return work.connection.execute(
        query.order_by(probe_spans.c.began_at.desc()).limit(1)
    ).one_or_none()


def _since(row: Row[Any]) -> datetime:
    since: datetime = row.since
    return since


def _end(work: Work, row: Row[Any], at: datetime) -> None:
    _set(work, row, until=at)


def _lengthen(work: Work, row: Row[Any], result: Result) -> None:
    _set(
        work, row, until=_until(result), looks=row.looks + 1, reason_vi=result.reason_vi,
        latency_ms=row.latency_ms + (result.latency_ms or 0.0),
        certificate_days=_certificate_days(result),
    )  # fmt: skip


def _set(work: Work, row: Row[Any], **values: Any) -> None:
    work.connection.execute(
        update(probe_spans)
        .where(probe_spans.c.probe == row.probe, probe_spans.c.began_at == row.began_at)
        .values(values)
    )


def _begin(work: Work, result: Result, since: datetime) -> None:
    work.connection.execute(
        insert(probe_spans).values(
            probe=result.probe.name, began_at=result.at, until=_until(result),
            unit=result.probe.unit, up=bool(result.up), since=since, reason_vi=result.reason_vi,
            looks=1, latency_ms=result.latency_ms or 0.0,
            certificate_days=_certificate_days(result),
        )
    )  # fmt: skip


def _until(result: Result) -> datetime:
    return result.at + timedelta(seconds=result.probe.holds_s)


def _certificate_days(result: Result) -> float | None:
    return None if result.expires_at is None else (result.expires_at - result.at) / DAY


def _originators(probe: Probe) -> tuple[str, str, str]:
    """Of being away, of its certificate, of not being able to look."""
    return f"probe {probe.name}", f"probe {probe.name} certificate", f"probe {probe.name} blind"


def _causes(result: Result, since: datetime) -> tuple[_Cause, ...]:
    """Each that this look can tell of."""
    away, certificate, blind = _originators(result.probe)
    title = result.probe.title_vi
    cannot = _Cause(
        originator=blind, title_vi=f"Không dò được – {title}", since=since,
        words=result.reason_vi if result.up is None else "",
    )  # fmt: skip
    if result.up is None:
        return (cannot,)
    patience = timedelta(seconds=result.probe.away_after_s)
    long_away = not result.up and result.at - since >= patience
    if not result.up and not long_away:
        return (cannot,)
    gone = _Cause(
        originator=away, title_vi=f"Mất dịch vụ – {title}", since=since,
        words=f"{result.reason_vi}, từ {clock(since)}." if long_away else "",
    )  # fmt: skip
    if not result.up:
        return (cannot, gone)
    ends = _Cause(
        originator=certificate, title_vi=f"Chứng thư sắp hết hạn – {title}", since=result.at,
        words=result.reason_vi,
    )  # fmt: skip
    return (cannot, gone, ends)


def _open(work: Work) -> dict[str, str]:
    """Originator to the incident's name."""
    there = unclosed(work.connection, IncidentType.SERVICE_TROUBLE)
    return {originator: name for (originator, _), name in there.items()}


def _alarm(cause: _Cause, now: datetime) -> Alarm:
    return Alarm(
        originator=cause.originator, type=IncidentType.SERVICE_TROUBLE.value,
        subsystem=Subsystem.INFRASTRUCTURE, severity=Severity.WARNING,
        title_vi=cause.title_vi, text_vi=cause.words, captured_at=cause.since, received_at=now,
    )  # fmt: skip
