"""Delivery to an endpoint that answers everything an endpoint can answer."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Row, select, update

from contracts.clock import utc_now
from hub import webhook
from hub.config import Webhook
from hub.database import Database
from hub.incident import Event, Verdict
from hub.incidents import Incidents
from hub.notifications import Announcer
from hub.records import notifications
from hub.signature import verify
from hub.webhook import LONGEST_WAIT_S, Endpoint, Webhooks, pending, wait_s
from tests.hub.conftest import alarm
from tests.waiting import until

SECRET = "a secret that no log may show"


class Phone:
    """A real HTTP server that notes what came and answers as told."""

    def __init__(self) -> None:
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.headers: dict[str, str] = {}
        self.cuts = 0
        self.answering = threading.Event()
        self.answering.set()
        phone = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                phone.calls.append((dict(self.headers), body))
                phone.answering.wait()
                if phone.cuts:
                    phone.cuts -= 1
                    self.close_connection = True
                    return
                self.send_response(phone.answers.pop(0) if phone.answers else 204)
                for name, value in phone.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/hook"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def phone() -> Iterator[Phone]:
    made = Phone()
    yield made
    made.close()


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text(SECRET + "\n")
    return tmp_path / "secret"


def hook(phone: Phone, secret_file: Path, **changes: Any) -> Webhook:
    fields = {"name": "may", "url": phone.url, "secret_file": secret_file}
    return Webhook.model_validate(fields | changes)


def tell(database: Database, *endpoints: Webhook, **changes: Any) -> str:
    with database.work() as work:
        engine = Incidents(Announcer(endpoints, "https://ioc.vn"))
        return engine.raise_(work, alarm(**changes)).incident


def rows(database: Database) -> list[Row[Any]]:
    with database.read() as connection:
        return list(connection.execute(select(notifications).order_by(notifications.c.id)))


def due_now(database: Database) -> None:
    with database.work() as work:
        work.connection.execute(update(notifications).values(next_try_at=utc_now()))


@pytest.fixture
def endpoint(phone: Phone, secret_file: Path, database: Database) -> Iterator[Endpoint]:
    made = Endpoint(hook(phone, secret_file), database)
    yield made
    made._client.close()


def test_a_call_is_signed_keyed_and_says_what_the_contract_says(
    phone: Phone, database: Database, endpoint: Endpoint
) -> None:
    incident = tell(database, endpoint.settings)
    endpoint.deliver_due()
    [(headers, body)] = phone.calls
    assert verify(SECRET, body, headers["IOC-Signature"], int(utc_now().timestamp()))
    assert headers["Idempotency-Key"] == rows(database)[0].key
    assert headers["Content-Type"] == "application/json"
    said = json.loads(body)
    assert said["v"] == 1
    assert (said["event"], said["incident"], said["type"]) == (
        "incident.opened", incident, "forest-fire",
    )  # fmt: skip
    assert said["captured_at"] == "2026-04-01T05:00:00Z"
    assert said["url"] == f"https://ioc.vn/incidents/{incident}"
    assert set(said["place"]) == {"lat", "lon", "fixed", "commune", "bearing_deg", "camera",
                                  "camera_title"}  # fmt: skip
    [row] = rows(database)
    assert (row.state, row.attempts, row.answer) == ("accepted", 1, "HTTP 204")


@pytest.mark.parametrize("status", [400, 401, 404, 410, 301, 307])
def test_a_refusal_or_a_redirect_is_final(
    phone: Phone, database: Database, endpoint: Endpoint, status: int
) -> None:
    phone.answers = [status]
    phone.headers = {"Location": phone.url}
    tell(database, endpoint.settings)
    endpoint.deliver_due()
    due_now(database)
    endpoint.deliver_due()
    assert len(phone.calls) == 1
    assert [(row.state, row.answer) for row in rows(database)] == [("refused", f"HTTP {status}")]


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_what_may_pass_is_tried_again_with_the_same_key(
    phone: Phone, database: Database, endpoint: Endpoint, status: int
) -> None:
    phone.answers = [status]
    tell(database, endpoint.settings)
    assert 0 < endpoint.deliver_due() <= 2
    assert rows(database)[0].state == "pending"
    due_now(database)
    endpoint.deliver_due()
    assert keys(phone) == [rows(database)[0].key] * 2
    assert [(row.state, row.attempts) for row in rows(database)] == [("accepted", 2)]


def keys(phone: Phone) -> list[str]:
    return [headers["Idempotency-Key"] for headers, _ in phone.calls]


def test_an_endpoint_that_takes_the_call_and_hangs_gets_it_again_with_the_same_key(
    phone: Phone, secret_file: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", httpx.Timeout(0.5))
    impatient = Endpoint(hook(phone, secret_file), database)
    phone.answering.clear()
    tell(database, impatient.settings)
    impatient.deliver_due()
    [waiting] = rows(database)
    assert (waiting.state, waiting.attempts) == ("pending", 1)
    assert "ReadTimeout" in waiting.answer
    phone.answering.set()
    due_now(database)
    impatient.deliver_due()
    impatient._client.close()
    assert keys(phone) == [waiting.key] * 2
    assert [row.state for row in rows(database)] == ["accepted"]


def test_an_endpoint_that_dies_before_it_answers_gets_the_call_again_with_the_same_key(
    phone: Phone, database: Database, endpoint: Endpoint
) -> None:
    phone.cuts = 1
    tell(database, endpoint.settings)
    endpoint.deliver_due()
    assert rows(database)[0].state == "pending"
    assert "RemoteProtocolError" in rows(database)[0].answer
    due_now(database)
    endpoint.deliver_due()
    assert keys(phone) == [rows(database)[0].key] * 2
    assert [row.state for row in rows(database)] == ["accepted"]


def test_the_server_s_wish_to_wait_is_respected(
    phone: Phone, database: Database, endpoint: Endpoint
) -> None:
    phone.answers = [429]
    phone.headers = {"Retry-After": "17"}
    tell(database, endpoint.settings)
    assert 15 < endpoint.deliver_due() <= 17


def test_what_expired_is_given_up_and_says_so(
    phone: Phone, database: Database, endpoint: Endpoint
) -> None:
    phone.answers = [500]
    tell(database, endpoint.settings)
    endpoint.deliver_due()
    with database.work() as work:
        now = utc_now()
        work.connection.execute(
            update(notifications).values(next_try_at=now, expires_at=now - timedelta(seconds=1))
        )
    endpoint.deliver_due()
    assert [(row.state, row.answer, row.attempts) for row in rows(database)] == [
        ("expired", "HTTP 500", 1)
    ]
    assert len(phone.calls) == 1


def test_urgent_goes_before_late_and_old_before_new(
    phone: Phone, database: Database, endpoint: Endpoint
) -> None:
    order = [
        tell(database, endpoint.settings, originator=str(n), late=late)
        for n, late in enumerate((True, False, False))
    ]
    endpoint.deliver_due()
    told = [json.loads(body)["incident"] for _, body in phone.calls]
    assert told == [order[1], order[2], order[0]]


def test_an_endpoint_that_is_gone_is_tried_once_for_all_that_is_due(
    phone: Phone, database: Database, endpoint: Endpoint
) -> None:
    phone.close()
    for number in range(3):
        tell(database, endpoint.settings, originator=str(number))
    endpoint.deliver_due()
    assert [row.attempts for row in rows(database)] == [1, 0, 0]
    assert {row.state for row in rows(database)} == {"pending"}
    assert "ConnectError" in rows(database)[0].answer


def test_waits_grow_to_a_minute_and_are_spread() -> None:
    assert 0.75 <= wait_s(1) <= 1.25
    assert 6 <= wait_s(4) <= 10
    assert wait_s(40) <= LONGEST_WAIT_S * 1.25
    assert len({wait_s(5) for _ in range(9)}) > 1


def test_only_wanted_events_are_told(phone: Phone, secret_file: Path, database: Database) -> None:
    closing = hook(phone, secret_file, events=[Event.CLOSED])
    incident = tell(database, closing)
    assert rows(database) == []
    with database.work() as work:
        Incidents(Announcer((closing,), "")).acknowledge(
            work, incident, Verdict.CONTROLLED_BURN, who="lan", at=utc_now()
        )
    [row] = rows(database)
    assert json.loads(row.body)["verdict"] == "controlled-burn"


def test_a_commit_sends_at_once_and_a_dead_endpoint_holds_up_nobody(
    phone: Phone, secret_file: Path, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    dead = hook(phone, secret_file, name="chet", url="http://127.0.0.1:9/")
    alive = hook(phone, secret_file)
    sender = Webhooks((dead, alive), database)
    sender.start()
    tell(database, dead, alive)
    until(lambda: phone.calls)
    until(lambda: pending(database) == 1)
    sender.stop()
    assert {row.endpoint: row.state for row in rows(database)} == {
        "chet": "pending", "may": "accepted",
    }  # fmt: skip
    assert SECRET not in caplog.text


def test_what_is_pending_at_the_end_is_sent_after_the_next_start(
    phone: Phone, secret_file: Path, database: Database
) -> None:
    alive = hook(phone, secret_file)
    tell(database, alive)
    sender = Webhooks((alive,), database)
    sender.start()
    until(lambda: pending(database) == 0)
    sender.stop()
    assert len(phone.calls) == 1
