"""A token is good once, for one device, one key and a while; asked over HTTP as a box does it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from contracts.clock import utc_now
from contracts.enrolment import CA_PATH, MOST_BYTES, PATH, EnrolmentAnswer
from edge_agent.credentials import fit, signing_request
from provisioning import audit, enrolment, keys, registry, service
from provisioning.authority import Authority
from provisioning.certificates import DEVICE_LIFE
from provisioning.records import Occasion, Store

NAME = "thap-prao"


def at(later: timedelta = timedelta(0)) -> Occasion:
    return Occasion(at=utc_now() + later, actor="test")


@pytest.fixture
def web(store: Store, authority: Authority) -> Iterator[TestClient]:
    with TestClient(service.enrolment_app(store, authority)) as client:
        yield client


@pytest.fixture
def token(store: Store) -> str:
    with store.work() as connection:
        registry.add(connection, at(), registry.Card(name=NAME))
        return enrolment.invite(connection, at(), NAME)


def ask(web: TestClient, token: str, key: Any, name: str = NAME, csr: str = "") -> Any:
    body = {"device": name, "token": token, "csr": csr or signing_request(key, name), "v": 1}
    return web.post(PATH, json=body)


def test_a_token_and_a_request_make_a_certificate(
    web: TestClient, token: str, authority: Authority, store: Store
) -> None:
    key = keys.new_key()
    answer = EnrolmentAnswer.model_validate(ask(web, token.lower().replace("-", " "), key).json())
    credentials = fit(key, answer.chain, NAME, answer.root.encode(), utc_now())
    left = credentials.leaf.not_valid_after_utc - utc_now()
    assert timedelta(0) < DEVICE_LIFE - left < timedelta(minutes=5)
    assert answer.root == authority.root_pem == web.get(CA_PATH).text
    with store.read() as connection:
        assert registry.find(connection, NAME).state is registry.State.ENROLLED


def test_an_answer_that_was_lost_is_given_again_to_the_same_key_only(
    web: TestClient, token: str
) -> None:
    key = keys.new_key()
    assert ask(web, token, key).json() == ask(web, token, key).json()
    other = ask(web, token, keys.new_key())
    assert (other.status_code, other.json()["reason"]) == (403, "token-used")


def test_a_wrong_token_and_an_unknown_device_are_refused_alike(web: TestClient, token: str) -> None:
    key = keys.new_key()
    wrong = ask(web, "ABCDE-ABCDE-ABCDE-ABCDE", key)
    unknown = ask(web, token, key, name="thap-khac")
    assert wrong.status_code == unknown.status_code == 403
    assert wrong.json() == unknown.json()
    assert wrong.json()["reason"] == "token"


@pytest.mark.parametrize("nonsense", ["", "x", "U" * 20])
def test_what_can_be_no_token_opens_nothing_even_without_an_invitation(
    web: TestClient, store: Store, nonsense: str
) -> None:
    """The hash of nothing stands where no token is: it must not be a key."""
    with store.work() as connection:
        registry.add(connection, at(), registry.Card(name=NAME))
    assert ask(web, nonsense, keys.new_key()).status_code in (400, 403)


def test_an_old_token_is_refused_by_name(web: TestClient, store: Store, token: str) -> None:
    with store.work() as connection:
        old = enrolment.invite(connection, at(-timedelta(hours=80)), NAME)
    assert ask(web, old, keys.new_key()).json()["reason"] == "token-expired"
    assert ask(web, token, keys.new_key()).json()["reason"] == "token"


@pytest.mark.parametrize(
    ("csr", "reason"),
    [("-----BEGIN nonsense", "malformed"), ("", "wrong-name")],
)
def test_a_request_that_is_not_of_the_device_is_refused_and_the_token_stays_good(
    web: TestClient, token: str, csr: str, reason: str
) -> None:
    key = keys.new_key()
    refused = ask(web, token, key, csr=csr or signing_request(key, "hub"))
    assert (refused.status_code, refused.json()["reason"]) == (400, reason)
    assert ask(web, token, key).status_code == 200


def test_more_bytes_than_a_request_has_are_not_read(web: TestClient, token: str) -> None:
    assert web.post(PATH, content=b"x" * (MOST_BYTES + 1)).status_code == 413


def test_a_body_that_is_none_names_its_fields_and_not_its_values(web: TestClient) -> None:
    refused = web.post(PATH, json={"device": NAME, "token": "s3cret-s3cret", "v": 1})
    assert refused.status_code == 400
    assert "csr" in refused.json()["detail"]
    assert "s3cret" not in refused.text


def test_who_tries_too_often_waits(store: Store, authority: Authority, token: str) -> None:
    clock = [0.0]
    limit = service.Limit(lambda: clock[0])
    with TestClient(service.enrolment_app(store, authority, limit)) as web:
        codes = [web.post(PATH, content=b"{}").status_code for _ in range(service.TRIES + 1)]
        assert codes == [400] * service.TRIES + [429]
        clock[0] += service.WITHIN_S / service.TRIES
        assert ask(web, token, keys.new_key()).status_code == 200


def test_who_has_many_addresses_is_one_sender_and_all_together_have_a_limit() -> None:
    limit = service.Limit(lambda: 0.0)
    one_house = [limit.allows(f"2001:db8:1:2::{number:x}") for number in range(service.TRIES + 1)]
    assert one_house == [True] * service.TRIES + [False]
    many = [limit.allows(f"10.0.{number}.1") for number in range(service.TRIES_OF_ALL)]
    assert many.count(True) == service.TRIES_OF_ALL - service.TRIES


def test_the_token_is_neither_in_the_registry_nor_in_the_audit_nor_in_the_log(
    web: TestClient, token: str, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    ask(web, token, keys.new_key())
    ask(web, token, keys.new_key())
    with store.read() as connection:
        said = "".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
        assert [e.action for e in audit.entries(connection, NAME)][-2:] == [
            "certificate-enrolled", "enrolment-refused",
        ]  # fmt: skip
    for form in (token, token.replace("-", "")):
        assert form not in said + caplog.text
    assert "PRIVATE KEY" not in said + caplog.text
