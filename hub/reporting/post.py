"""Brings the letters to the mail server: at least once, over TLS, tried again until they expire.

A server that says 4xx, is away, or refuses the password is tried again (a password can be mended);
one that refuses the address or the letter for good is believed.  Dying between the server's yes
and our own note sends the letter again with the same Message-ID.
"""

import logging
import smtplib
import ssl
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.exc import DBAPIError

from contracts.clock import utc_now
from contracts.configuration import secret
from hub.config import HubConfig
from hub.database import Database
from hub.records import letters
from hub.reporting.archive import kept
from hub.reporting.letter import letter
from hub.reporting.settings import Smtp
from hub.webhook import State

log = logging.getLogger(__name__)

TIMEOUT_S = 30.0
FIRST_WAIT_S, LONGEST_WAIT_S = 60.0, 3_600.0
LOOK_S = 60.0
GONE = "báo cáo hay người nhận không còn trong cấu hình"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    state: State
    answer: str


class Mailer:
    """One mail server; `send` opens a connection for each letter: there are few."""

    def __init__(self, settings: Smtp) -> None:
        self._settings = settings
        self._password = secret(settings.password_file, settings.password_env) or ""

    def send(self, mail: EmailMessage) -> Outcome:
        """Never raises for what a server does."""
        try:
            with self._connect() as server:
                if self._settings.username:
                    server.login(self._settings.username, self._password)
                server.send_message(mail)
        except (smtplib.SMTPException, OSError) as refused:
            return judge(refused)
        return Outcome(state=State.ACCEPTED, answer="250")

    def _connect(self) -> smtplib.SMTP:
        one = self._settings
        context = ssl.create_default_context(cafile=str(one.ca_file) if one.ca_file else None)
        if one.tls == "tls":
            return smtplib.SMTP_SSL(one.host, one.port, timeout=TIMEOUT_S, context=context)
        server = smtplib.SMTP(one.host, one.port, timeout=TIMEOUT_S)
        try:
            if one.tls == "starttls":
                server.starttls(context=context)
        except BaseException:
            server.close()
            raise
        return server


class Post:
    """One named thread that empties the letters."""

    def __init__(self, config: HubConfig, database: Database) -> None:
        self._config = config
        self._database = database
        self._subscribers = {one.name: one for one in config.subscriber if one.email}
        self._mailer = Mailer(config.smtp)
        self._awake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="post", daemon=True)

    @property
    def threads(self) -> tuple[threading.Thread, ...]:
        return (self._thread,)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._awake.set()
        self._thread.join()

    def wake(self) -> None:
        self._awake.set()

    def deliver_due(self, now: datetime) -> int:
        """Tries each letter that is due; returns how many."""
        query = (
            select(letters)
            .where(letters.c.state == State.PENDING.value, letters.c.next_try_at <= now)
            .order_by(letters.c.report, letters.c.subscriber)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        for tried, row in enumerate(rows):
            if self._stopping:
                return tried
            self._settle(row, self._try(row, now), now)
        return len(rows)

    def _try(self, row: Row[Any], now: datetime) -> Outcome:
        if row.expires_at <= now:
            return Outcome(state=State.EXPIRED, answer=row.answer or "never tried")
        with self._database.read() as connection:
            report = kept(connection, row.report)
        whom = self._subscribers.get(row.subscriber)
        if report is None or whom is None:
            return Outcome(state=State.REFUSED, answer=GONE)
        mail = letter(
            report, row.report, whom, sender=self._config.smtp.sender,
            public_url=self._config.console.public_url,
        )  # fmt: skip
        return self._mailer.send(mail)

    def _settle(self, row: Row[Any], outcome: Outcome, now: datetime) -> None:
        values: dict[str, Any] = {
            "state": outcome.state.value, "answer": outcome.answer, "attempts": row.attempts + 1,
        }  # fmt: skip
        if outcome.state is State.PENDING:
            values["next_try_at"] = min(now + wait(row.attempts), row.expires_at)
        else:
            values["settled_at"] = now
        with self._database.work() as work:
            work.connection.execute(
                update(letters)
                .where(letters.c.report == row.report, letters.c.subscriber == row.subscriber)
                .values(values)
            )
        level = logging.INFO if outcome.state is State.ACCEPTED else logging.WARNING
        log.log(
            level, "report %d to %s: %s (%s)", row.report, row.subscriber, outcome.state,
            outcome.answer,
        )  # fmt: skip

    def _run(self) -> None:
        while not self._stopping:
            self._awake.clear()
            try:
                self.deliver_due(utc_now())
            except DBAPIError as broken:
                log.error("post cannot use the database, tries again: %s", broken.orig)
            except Exception:
                log.exception("post failed; letters stay pending and are tried again")
            self._awake.wait(LOOK_S)


def judge(refused: smtplib.SMTPException | OSError) -> Outcome:
    """What a server's no means."""
    said = f"{type(refused).__name__}: {refused}"[:200]
    if isinstance(refused, smtplib.SMTPAuthenticationError):
        return Outcome(state=State.PENDING, answer=said)
    codes: list[int] = []
    if isinstance(refused, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in refused.recipients.values()]
    elif isinstance(refused, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        codes = [refused.smtp_code]
    for_good = bool(codes) and all(code >= 500 for code in codes)
    return Outcome(state=State.REFUSED if for_good else State.PENDING, answer=said)


def wait(attempts: int) -> timedelta:
    """A minute, two, four … at most an hour."""
    return timedelta(seconds=min(FIRST_WAIT_S * 2.0**attempts, LONGEST_WAIT_S))
