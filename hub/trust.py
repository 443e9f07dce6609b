"""What the issuer reports of certificates becomes incidents, and is cleared when it is over."""

from sqlalchemy import func, select

from contracts.clock import utc_now
from contracts.trust import Concern, Finding, TrustReport
from hub.database import Work
from hub.incident import Alarm, IncidentType, Severity, Subsystem
from hub.incidents import Incidents, unclosed
from hub.records import devices
from hub.records import incidents as table
from hub.wording import clock, small

OVER = "không thấy lặp lại trong 24 giờ"
SEVERITY = {Concern.CLONE_SUSPECTED: Severity.MAJOR, Concern.REVOKED: Severity.INFO}
"""A copied key may lie to the hub; what was refused has done no harm yet."""
TITLE = {
    Concern.CLONE_SUSPECTED: "Nghi chứng thư bị sao chép – {name}",
    Concern.CERTIFICATE_REFUSED: "Máy chủ MQTT từ chối một chứng thư",
    Concern.ENROLMENT_REFUSED: "Từ chối ghi danh – {name}",
    Concern.RENEWAL_REFUSED: "Từ chối gia hạn chứng thư – {name}",
    Concern.REVOKED: "Chứng thư đã bị thu hồi – {name}",
}
ADVICE = {
    Concern.CLONE_SUSPECTED: "Hai hộp cùng dùng một chứng thư. Báo cán bộ CNTT: kiểm tra, rồi thu "
    "hồi và cấp lại cho hộp thật.",
    Concern.CERTIFICATE_REFUSED: "Có máy trình chứng thư bị thu hồi, quá hạn hoặc lạ. Xem trạm nào "
    "vừa mất liên lạc; nếu không có trạm nào, báo cán bộ CNTT.",
    Concern.ENROLMENT_REFUSED: "Mã ghi danh sai, cũ hoặc đã dùng. Hỏi kỹ sư đang lắp trạm; nếu "
    "không có ai lắp, báo cán bộ CNTT.",
    Concern.RENEWAL_REFUSED: "Yêu cầu gia hạn không hợp lệ. Báo cán bộ CNTT.",
    Concern.REVOKED: "Máy chủ MQTT không nhận tin của trạm này nữa.",
}
REASONS = {
    "lost": "mất hộp", "key-compromise": "lộ khóa", "replaced": "đã thay hộp khác",
    "retired": "ngừng dùng", "unspecified": "không nêu lý do",
}  # fmt: skip
"""Why somebody called a certificate back."""
_MARK = "trust "


class Trust:
    """`take` compares a report with what is open; inside of the caller's `Work`."""

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents

    def take(self, work: Work, report: TrustReport) -> None:
        now = utc_now()
        there = unclosed(work.connection, IncidentType.TRUST)
        for finding in report.findings:
            known = originator(finding.concern, finding.subject)
            if there.pop((known, IncidentType.TRUST.value), None) is None and _is_news(
                work, known, finding
            ):
                self._incidents.raise_(work, _alarm(work, finding, report))
        for gone in there.values():
            self._incidents.clear(work, gone, now, OVER)


def _is_news(work: Work, known: str, finding: Finding) -> bool:
    """What a person has closed stays closed until it happens again."""
    closed = work.connection.scalar(
        select(func.max(table.c.closed_at)).where(table.c.originator == known)
    )
    return closed is None or finding.last_at > closed


def originator(concern: Concern, subject: str) -> str:
    return f"{_MARK}{concern} {subject}"


def _alarm(work: Work, finding: Finding, report: TrustReport) -> Alarm:
    title = work.connection.scalar(
        select(devices.c.title).where(devices.c.device == finding.subject)
    )
    return Alarm(
        originator=originator(finding.concern, finding.subject),
        type=IncidentType.TRUST,
        subsystem=Subsystem.INFRASTRUCTURE,
        severity=SEVERITY.get(finding.concern, Severity.WARNING),
        title_vi=TITLE[finding.concern].format(name=small(title or finding.subject)),
        text_vi=_text(finding),
        captured_at=finding.first_at,
        received_at=report.at,
    )


def _text(finding: Finding) -> str:
    said = [ADVICE[finding.concern], f"Lần đầu {clock(finding.first_at)}."]
    if finding.addresses:
        said.append(f"Từ địa chỉ: {', '.join(finding.addresses)}.")
    if finding.detail:
        said.append(f"Chi tiết: {REASONS.get(finding.detail, finding.detail)}.")
    return " ".join(said)
