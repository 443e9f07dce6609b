"""A report as an e-mail: its text to read at once, its files attached."""

from email.message import EmailMessage
from email.utils import format_datetime

from hub.reporting.content import Report
from hub.reporting.formats import FORMATS
from hub.reporting.rows import lines
from hub.reporting.settings import Subscriber


def letter(
    report: Report, number: int, whom: Subscriber, *, sender: str, public_url: str
) -> EmailMessage:
    """The same Message-ID whenever it is sent anew, so that a mailbox knows a repetition."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = whom.email
    mail["Subject"] = f"[MÔ PHỎNG] {report.title_vi}" if report.demo else report.title_vi
    mail["Date"] = format_datetime(report.made_at)
    mail["Message-ID"] = f"<report-{number}.{whom.name}@{sender.rpartition('@')[2].rstrip('>')}>"
    mail["Auto-Submitted"] = "auto-generated"
    text = "\n".join(lines(report))
    if public_url:
        text += f"\n\n{public_url.rstrip('/')}/reports-archive/{number}"
    mail.set_content(text + "\n")
    for ending in whom.attach:
        kind = FORMATS[ending]
        main, _, sub = kind.media_type.partition("/")
        mail.add_attachment(
            kind.write(report), maintype=main, subtype=sub,
            filename=f"{report.file_name}.{ending}",
        )  # fmt: skip
    return mail
