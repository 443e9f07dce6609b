"""The API for other systems, through the console's application."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from starlette.testclient import TestClient

from contracts.clock import utc_now
from contracts.topics import Kind
from hub import tokens
from hub.catalogue.periods import Span, containing
from hub.provenance import Entrance, Provenance
from hub.records import answers, figures, observations
from hub.tokens import KINDS, Rights
from hub.web.api import MOST_BYTES, MOST_ITEMS
from hub.web.app import create_app
from tests.hub.web.conftest import Desk

TODAY = containing(Span.DAY, utc_now() - timedelta(days=1))


class Client:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._http = TestClient(create_app(desk.context), base_url="http://127.0.0.1")
        self.secret = self.token("csdl", Rights(kinds=frozenset(KINDS)))

    def token(self, name: str, rights: Rights) -> str:
        by = Provenance(source="t", actor="an", entrance=Entrance.PERSON, recorded_at=utc_now())
        with self.desk.context.database.work() as work:
            return tokens.create(work, name, rights, valid=timedelta(days=1), provenance=by)

    def post(self, path: str, body: Any = None, **rest: Any) -> Any:
        headers = {"Authorization": f"Bearer {rest.pop('secret', self.secret)}"}
        headers |= rest.pop("headers", {})
        given = {"json": body} if body is not None else rest
        return self._http.post(f"/api/v1/{path}", headers=headers, **given)

    def get(self, path: str) -> Any:
        return self._http.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {self.secret}"})

    def kept(self) -> list[float]:
        with self.desk.context.database.read() as connection:
            return list(connection.scalars(select(observations.c.value)))


@pytest.fixture
def client(desk: Desk) -> Client:
    return Client(desk)


def figure(value: float = 5108.7, **changes: Any) -> dict[str, Any]:
    return {
        "measure": "forest-fire.danger-index", "unit": "20467", "value": value,
        "period_start": TODAY.start.isoformat(), "period_end": TODAY.end.isoformat(),
    } | changes  # fmt: skip


def test_figures_are_durable_when_they_are_answered(client: Client) -> None:
    answer = client.post("observations", {"items": [figure()]})
    assert (answer.status_code, answer.json()) == (
        200, {"stored": 1, "corrected": 0, "repeated": 0},
    )  # fmt: skip
    assert client.kept() == [5108.7]


def test_cases_and_texts_come_in_alike(client: Client) -> None:
    at = (utc_now() - timedelta(hours=1)).isoformat()
    case = {"type": "dossier", "case": "h-1", "state": "2", "unit": "20467", "at": at}
    text = {"source": "bao", "title": "Khai giảng", "published_at": at}
    assert client.post("cases", {"items": [case]}).json()["stored"] == 1
    assert client.post("mentions", {"items": [text]}).json()["stored"] == 1


def test_one_wrong_item_refuses_all_and_is_named(client: Client) -> None:
    answer = client.post("observations", {"items": [figure(), figure(measure="a.b")]})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["refused"] == 1
    assert (problem["errors"][0]["index"], problem["errors"][0]["field"]) == (1, "measure")
    assert client.kept() == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": "x"}, "value"),
        ({"extra": 1}, "extra"),
        ({"period_start": "2026"}, "period_start"),
    ],
)
def test_what_is_no_figure_is_named_by_its_field(
    client: Client, change: dict[str, Any], field: str
) -> None:
    problem = client.post("observations", {"items": [figure(), figure() | change]}).json()
    assert (problem["status"], problem["errors"][0]["index"]) == (422, 1)
    assert problem["errors"][0]["field"] == field


@pytest.mark.parametrize("secret", ["", "ioc_wrong", "x" * 5000])
def test_without_a_valid_token_nothing_is_said(client: Client, secret: str) -> None:
    answer = client.post("observations", {"items": [figure()]}, secret=secret)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_a_token_hands_in_no_more_than_it_may(client: Client) -> None:
    rights = Rights(kinds=frozenset({Kind.OBSERVATION}), subsystems=frozenset({"education"}))
    secret = client.token("truong", rights)
    answer = client.post("observations", {"items": [figure()]}, secret=secret)
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["value"] == "forest-fire.danger-index"
    assert client.kept() == []


def test_the_same_key_gets_the_same_answer(client: Client) -> None:
    headers = {"Idempotency-Key": "ngay-2026-04-01"}
    first = client.post("observations", {"items": [figure()]}, headers=headers)
    again = client.post("observations", {"items": [figure()]}, headers=headers)
    assert first.json() == again.json() == {"stored": 1, "corrected": 0, "repeated": 0}
    other = client.post("observations", {"items": [figure(1)]}, headers=headers)
    assert other.status_code == 409
    with client.desk.context.database.read() as connection:
        assert len(connection.execute(select(answers)).all()) == 1


def test_a_refusal_uses_no_key_up(client: Client) -> None:
    headers = {"Idempotency-Key": "ngay-2026-04-01"}
    wrong = client.post("observations", {"items": [figure(measure="a.b")]}, headers=headers)
    right = client.post("observations", {"items": [figure()]}, headers=headers)
    assert (wrong.status_code, right.status_code) == (422, 200)


def test_too_many_items_and_too_many_bytes_are_refused(client: Client) -> None:
    many = client.post("observations", {"items": [figure()] * (MOST_ITEMS + 1)})
    assert many.status_code == 422
    large = client.post(
        "observations",
        content=b" " * (MOST_BYTES + 1),
        headers={"Content-Type": "application/json"},
    )
    assert (large.status_code, large.json()["status"]) == (413, 413)


def test_nothing_of_a_stranger_s_body_is_read(client: Client) -> None:
    """Else anybody could have megabytes of JSON understood before he is turned away."""
    for headers in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer ioc_x"}):
        answer = client._http.post(
            "/api/v1/observations",
            content=b"{",
            headers={"Content-Type": "application/json"} | headers,
        )
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"items": []}', b"null"])
def test_what_is_no_request_is_refused_in_words(client: Client, content: bytes) -> None:
    answer = client.post(
        "observations", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422)
    assert answer.json()["title"]


def test_figures_are_read_oldest_first(client: Client) -> None:
    with client.desk.context.database.work() as work:
        for days in (1, 0):
            start = TODAY.start - timedelta(days=days)
            work.connection.execute(
                insert(figures).values(
                    indicator="forest-fire.danger-level", unit="20467", period_start=start,
                    period_end=start + timedelta(days=1), value=4.0 - days, grade="red",
                    missing="", terms=[], computed_at=utc_now(),
                )
            )  # fmt: skip
    told = client.get("figures?indicator=forest-fire.danger-level&unit=20467").json()
    assert [each["value"] for each in told] == [3.0, 4.0]


def test_the_description_names_each_answer(client: Client) -> None:
    described = client.get("openapi.json").json()
    post = described["paths"]["/observations"]["post"]
    assert {"200", "401", "403", "409", "413", "422", "503"} <= set(post["responses"])
    assert "Problem" in described["components"]["schemas"]


def test_an_unknown_path_is_a_problem_too(client: Client) -> None:
    answer = client.get("nowhere")
    assert (answer.status_code, answer.json()["status"]) == (404, 404)


def test_the_console_keeps_working_beside_it(make_desk: Callable[..., Desk]) -> None:
    http = TestClient(create_app(make_desk().context), base_url="http://127.0.0.1")
    assert http.get("/healthz").status_code == 200
