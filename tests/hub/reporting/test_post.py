"""Letters reach a real mail server over TLS, are tried again while it is away, and believed no."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from sqlalchemy import Row, select

from hub.config import HubConfig
from hub.database import Database
from hub.records import letters
from hub.reporting.archive import Archive
from hub.reporting.post import Mailer, Post, judge, wait
from hub.reporting.schedule import Slot
from hub.reporting.settings import Smtp, Subscriber
from hub.webhook import State
from tests.hub.conftest import knowledge
from tests.hub.daemons import free_port
from tests.hub.engines.test_probes import certificate
from tests.hub.reporting.day import SEVEN, YESTERDAY, write
from tests.hub.reporting.test_formats import words_of
from tests.waiting import until

MINUTE = timedelta(minutes=1)


class Box:
    """What the server took; `answer` is what it says to a letter."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"
        self.users: list[tuple[bytes, bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            read = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(read, EmailMessage)
            self.mails.append(read)
        return self.answer

    def authenticate(self, server: Any, session: Any, envelope: Any, how: str, who: Any) -> Any:
        self.users.append((who.login, who.password))
        return AuthResult(success=who.password == b"right", handled=False)


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def serve(box: Box, tmp_path: Path) -> Iterator[Callable[..., Smtp]]:
    """Starts a server with STARTTLS and login; gives the section that reaches it."""
    running: list[Controller] = []
    pem = certificate(tmp_path, days=2, name="127.0.0.1")

    def start(port: int = 0, password: str = "right", **changes: Any) -> Smtp:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(pem)
        port = port or free_port()
        controller = Controller(
            box, hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True,
            authenticator=box.authenticate, auth_required=True,
        )  # fmt: skip
        controller.start()
        running.append(controller)
        (tmp_path / "password").write_text(f"{password}\n")
        return Smtp(
            host="127.0.0.1", port=port, sender="Trung tâm <ioc@donggiang.vn>", username="ioc",
            password_file=tmp_path / "password", ca_file=pem, **changes,
        )  # fmt: skip

    yield start
    for controller in running:
        controller.stop()


def made(database: Database, smtp: Smtp) -> Post:
    """A post with one letter to bring."""
    write(database)
    whom = Subscriber(name="chu-tich", email="ct@donggiang.vn", attach=("pdf", "xlsx"))
    config = HubConfig(smtp=smtp, subscriber=(whom,))
    Archive(config, database, knowledge()).make_slot(Slot(period=YESTERDAY, newest=True), SEVEN)
    return Post(config, database)


def row(database: Database) -> Row[Any]:
    with database.read() as connection:
        return connection.execute(select(letters)).one()


def test_a_letter_arrives_with_its_words_and_files(
    database: Database, serve: Callable[..., Smtp], box: Box
) -> None:
    post = made(database, serve())
    assert post.deliver_due(SEVEN) == 1
    [mail] = box.mails
    assert mail["Subject"] == "Báo cáo ngày – Địa bàn Đông Giang – ngày 31/03/2026"
    assert mail["Message-ID"] == "<report-1.chu-tich@donggiang.vn>"
    text = mail.get_body()
    assert text is not None
    assert "Tỷ lệ chuyên cần" in text.get_content()
    paper, workbook = mail.iter_attachments()
    assert paper.get_filename() == "bao-cao-ngay-2026-03-31.pdf"
    assert "Đông Giang" in words_of(paper.get_content())
    assert workbook.get_content().startswith(b"PK")
    assert box.users == [(b"ioc", b"right")]
    assert (row(database).state, row(database).attempts) == (State.ACCEPTED, 1)
    assert post.deliver_due(SEVEN + MINUTE) == 0


def test_a_server_that_is_away_gets_it_when_it_is_back(
    database: Database, serve: Callable[..., Smtp], box: Box
) -> None:
    smtp = serve(port=(port := free_port()))
    away = smtp.model_copy(update={"port": free_port()})
    made(database, away).deliver_due(SEVEN)
    assert (row(database).state, row(database).next_try_at) == (State.PENDING, SEVEN + MINUTE)
    assert "ConnectionRefusedError" in row(database).answer
    back = HubConfig(smtp=smtp, subscriber=(Subscriber(name="chu-tich", email="ct@donggiang.vn"),))
    post = Post(back, database)
    assert post.deliver_due(SEVEN) == 0
    assert post.deliver_due(SEVEN + MINUTE) == 1
    assert (len(box.mails), row(database).state, row(database).attempts) == (1, "accepted", 2)
    assert smtp.port == port


@pytest.mark.parametrize(
    ("answer", "state"),
    [("451 later", State.PENDING), ("554 we do not want this", State.REFUSED)],
)
def test_a_servers_no_is_believed_only_when_it_is_for_good(
    database: Database, serve: Callable[..., Smtp], box: Box, answer: str, state: State
) -> None:
    box.answer = answer
    made(database, serve()).deliver_due(SEVEN)
    assert row(database).state == state


def test_a_wrong_password_is_tried_again_for_it_can_be_mended(
    database: Database, serve: Callable[..., Smtp], box: Box
) -> None:
    made(database, serve(password="wrong")).deliver_due(SEVEN)
    assert (row(database).state, box.mails) == (State.PENDING, [])
    assert "535" in row(database).answer


def test_a_server_whose_certificate_nobody_signed_gets_no_word(
    database: Database, serve: Callable[..., Smtp], box: Box
) -> None:
    smtp = serve().model_copy(update={"ca_file": None})
    made(database, smtp).deliver_due(SEVEN)
    assert (box.mails, box.users) == ([], [])
    assert "CERTIFICATE_VERIFY_FAILED" in row(database).answer


def test_what_nobody_took_for_days_is_given_up_and_said_so(
    database: Database, serve: Callable[..., Smtp], box: Box
) -> None:
    post = made(database, serve(expire_after_s=3_600))
    post.deliver_due(SEVEN + timedelta(hours=2))
    assert (row(database).state, box.mails) == (State.EXPIRED, [])


def test_somebody_who_is_no_longer_subscribed_gets_nothing(
    database: Database, serve: Callable[..., Smtp], box: Box
) -> None:
    smtp = serve()
    made(database, smtp)
    Post(HubConfig(smtp=smtp), database).deliver_due(SEVEN)
    assert (row(database).state, box.mails) == (State.REFUSED, [])


def test_dying_before_the_note_sends_the_same_message_again(
    database: Database, serve: Callable[..., Smtp], box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        pass

    def die(*_: object) -> None:
        raise Died

    post = made(database, serve())
    with monkeypatch.context() as patch:
        patch.setattr(Post, "_settle", die)
        with pytest.raises(Died):
            post.deliver_due(SEVEN)
    post.deliver_due(SEVEN)
    first, second = (mail["Message-ID"] for mail in box.mails)
    assert first == second


def test_the_thread_brings_what_waits(
    database: Database, serve: Callable[..., Smtp], box: Box
) -> None:
    post = made(database, serve(expire_after_s=1e9))
    post.start()
    until(lambda: row(database).state == State.ACCEPTED)
    post.stop()
    assert len(box.mails) == 1


def test_one_refused_address_of_several_is_no_refusal_of_the_letter() -> None:
    mixed = smtplib.SMTPRecipientsRefused({"a@b": (550, b"no"), "c@d": (450, b"later")})
    assert judge(mixed).state is State.PENDING
    assert judge(smtplib.SMTPRecipientsRefused({"a@b": (550, b"no")})).state is State.REFUSED


def test_waits_grow_to_an_hour() -> None:
    assert [wait(n).total_seconds() for n in (0, 1, 10)] == [60, 120, 3600]


def test_nothing_is_sent_in_the_clear_where_tls_was_asked(box: Box) -> None:
    plain = Controller(box, hostname="127.0.0.1", port=free_port())
    plain.start()
    try:
        smtp = Smtp(host="127.0.0.1", port=plain.port, sender="a@b.vn")
        mail = EmailMessage()
        mail["From"], mail["To"] = "a@b.vn", "c@d.vn"
        assert Mailer(smtp).send(mail).state is State.PENDING
    finally:
        plain.stop()
    assert box.mails == []
