"""A real broker over TLS: who may say and hear what, and who is not let in."""

import re
import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from contracts import codec
from contracts.clock import utc_now
from contracts.topics import DOWN, LANES, TRUST_TOPIC, UP, Kind, Topic
from contracts.trust import Finding as TrustFinding
from contracts.trust import TrustReport
from edge_agent.link import in_words
from provisioning import audit, authority, brokers, certificates, keys, registry, revocation
from provisioning.certificates import DEVICE_LIFE, Leaf
from provisioning.issuer import Issuer
from tests.provisioning.district import Client, District, now
from tests.waiting import until

DEVICES = ("thap-a", "thap-b", "tram-c", "duong-d")


def uplink_topics(device: str) -> set[str]:
    numbered = [Topic(device=device, kind=k, lane=lane) for k in LANES for lane in LANES[k]]
    return {str(each) for each in [*numbered, *(Topic(device=device, kind=k) for k in UP)]}


def downlink_topics(device: str) -> set[str]:
    return {str(Topic(device=device, kind=kind)) for kind in DOWN}


@pytest.fixture
def fleet(district: District) -> Iterator[dict[str, Client]]:
    """The hub and four devices, connected."""
    clients = {
        name: district.client(district.pem(name), f"{name}-alarm-1").connect()
        for name in ("hub", *DEVICES)
    }
    yield clients
    for each in clients.values():
        each.stop()


def test_from_nothing_to_a_tower_that_is_heard(district: District) -> None:
    hub = district.client(district.pem("hub"), "hub").connect()
    hub.subscribe("v1/up/#")
    tower = district.client(district.pem("thap-prao"), "thap-prao-alarm-1").connect()
    tower.publish("v1/up/thap-prao/alarm/sighting", b"smoke")
    until(lambda: ("v1/up/thap-prao/alarm/sighting", b"smoke") in hub.heard)
    tower.stop()
    hub.stop()


def test_each_device_writes_under_its_own_name_only(fleet: dict[str, Client]) -> None:
    hub = fleet["hub"]
    hub.subscribe("v1/#")
    everything = {
        topic for name in DEVICES for topic in uplink_topics(name) | downlink_topics(name)
    }
    for name in DEVICES:
        for topic in sorted(everything):
            fleet[name].publish(topic, name.encode())
        fleet[name].publish(f"v1/up/{name}/status", b"the last")
        hub.waits_for(f"v1/up/{name}/status", b"the last")
    heard = {each for each in hub.heard if each[1] != b"the last"}
    assert heard == {(topic, name.encode()) for name in DEVICES for topic in uplink_topics(name)}


def test_each_device_hears_what_is_for_it_only(fleet: dict[str, Client]) -> None:
    for name in DEVICES:
        wide = [f"v1/{way}/{other}/#" for way in ("up", "down") for other in DEVICES]
        fleet[name].subscribe("#", "v1/#", "v1/+/+/+", "$SYS/#", *wide)
    for name in DEVICES:
        for topic in sorted(downlink_topics(name)):
            fleet["hub"].publish(topic, name.encode())
        for topic in sorted(uplink_topics(name)):
            fleet[name].publish(topic, name.encode())
    for name in DEVICES:
        fleet["hub"].publish(f"v1/down/{name}/receipt", b"the last")
    for name in DEVICES:
        fleet[name].waits_for(f"v1/down/{name}/receipt", b"the last")
        own = {(topic, name.encode()) for topic in downlink_topics(name)}
        assert fleet[name].heard - {(f"v1/down/{name}/receipt", b"the last")} == own


def refusal(district: District, pem: Path) -> str:
    """Why a connection with `pem` fails, in the words of a box's log."""
    context = ssl.create_default_context(cafile=str(district.ca))
    context.load_cert_chain(pem)
    raw = socket.create_connection(("127.0.0.1", district.settings.port), 30)
    with raw, context.wrap_socket(raw, server_hostname="localhost") as tls:
        tls.settimeout(2)
        try:
            tls.recv(1)  # TLS 1.3 tells a client's refusal after the handshake
        except TimeoutError:
            return "nobody refused it"
        except OSError as refused:
            return in_words(refused)
    return "nobody refused it"


def test_a_revoked_certificate_is_refused_and_named(district: District) -> None:
    pem = district.pem("thap-a")
    with district.store.work() as connection:
        revocation.revoke(connection, now(), "thap-a", "lost")
        [told] = brokers.publish(connection, district.authority, now())
    assert told.trouble == ""
    until(lambda: "is revoked: ask for a new token" in refusal(district, pem))
    until(lambda: "certificate verify failed" in district.broker.said())
    with district.store.read() as connection:
        [entry] = [e for e in audit.entries(connection, "thap-a") if e.action == "revoked"]
    assert entry.detail["reason"] == "lost"


def test_a_revoked_device_that_is_connected_falls_silent(
    district: District, fleet: dict[str, Client]
) -> None:
    hub, thief, other = fleet["hub"], fleet["thap-a"], fleet["thap-b"]
    hub.subscribe("v1/up/#")
    with district.store.work() as connection:
        revocation.revoke(connection, now(), "thap-a", "lost")
        brokers.publish(connection, district.authority, now())
    until(lambda: "Reloading config" in district.broker.said())
    thief.publish("v1/up/thap-a/status", b"still here")
    other.publish("v1/up/thap-b/status", b"after it")
    until(lambda: ("v1/up/thap-b/status", b"after it") in hub.heard)
    assert not [topic for topic, _ in hub.heard if topic.startswith("v1/up/thap-a/")]


def test_an_expired_certificate_is_refused_and_named(district: District) -> None:
    pem = district.pem("thap-a", at=utc_now() - DEVICE_LIFE - timedelta(days=1))
    until(lambda: "is out of date" in refusal(district, pem))
    with district.store.read() as connection:
        newest = registry.find(connection, "thap-a").newest
    assert newest is not None
    assert not newest.valid_at(utc_now())


def test_a_certificate_of_another_authority_is_refused_and_named(
    district: District, tmp_path: Path
) -> None:
    pem = foreign(tmp_path)
    until(lambda: "is of another authority" in refusal(district, pem))


def test_a_client_without_a_certificate_is_not_heard(district: District) -> None:
    context = ssl.create_default_context(cafile=str(district.ca))
    raw = socket.create_connection(("127.0.0.1", district.settings.port), 30)
    with (
        raw,
        context.wrap_socket(raw, server_hostname="localhost") as tls,
        pytest.raises(ssl.SSLError, match=r"(?i)certificate.required"),
    ):
        tls.recv(1)


def found(district: District, subject: str, action: str) -> list[str]:
    with district.store.read() as connection:
        entries = audit.entries(connection, subject)
    return [entry.detail["detail"] for entry in entries if entry.action == action]


@pytest.fixture
def issuer(district: District) -> Iterator[Issuer]:
    made = Issuer(district.store, district.authority, district.link("issuer"))
    made.start()
    until(lambda: " as issuer-" in district.broker.said())
    yield made
    made.stop()


@pytest.mark.usefixtures("issuer")
def test_the_issuer_s_name_at_the_broker_cannot_be_guessed(district: District) -> None:
    """Whoever knows a client's name can throw it out, with any certificate of ours."""
    assert re.search(r" as issuer-[0-9a-f]{16} \(.* u'issuer'\)", district.broker.said())


@pytest.mark.usefixtures("issuer")
def test_a_cloned_certificate_is_reported_and_refused_once_revoked(district: District) -> None:
    pem = district.pem("thap-a")
    box = district.client(pem, "thap-a-alarm-aaaa").connect()
    own = district.client(pem, "thap-a-bulk-aaaa").connect()
    assert found(district, "thap-a", "clone-suspected") == []
    clone = district.client(pem, "thap-a-alarm-bbbb").connect()
    until(lambda: found(district, "thap-a", "clone-suspected"))
    [said] = found(district, "thap-a", "clone-suspected")
    assert "used by 2 boxes at once" in said
    assert "thap-a-alarm-bbbb from 127.0.0.1" in said
    for each in (box, own, clone):
        each.stop()
    with district.store.work() as connection:
        revocation.revoke(connection, now(), "thap-a", "key-compromise")
        brokers.publish(connection, district.authority, now())
    until(lambda: "is revoked" in refusal(district, pem))


@pytest.mark.usefixtures("issuer")
def test_a_clone_with_the_same_outbox_is_reported_by_the_fight(district: District) -> None:
    pem = district.pem("thap-a")
    pair = [district.client(pem, "thap-a-alarm-aaaa").connect() for _ in range(2)]
    until(lambda: found(district, "thap-a", "clone-suspected"))
    assert "thrown out 6 times" in found(district, "thap-a", "clone-suspected")[0]
    for each in pair:
        each.stop()


def foreign(folder: Path) -> Path:
    """Key and certificate of an authority that only calls itself as ours."""
    other = authority.create(folder / "foreign", "Dong Giang", utc_now())
    key = keys.new_key()
    leaf = certificates.leaf(
        Leaf(name="hub", public_key=key.public_key(), life=DEVICE_LIFE),
        other.issuing, other.key, utc_now(),
    )  # fmt: skip
    pem = folder / "foreign.pem"
    pem.write_bytes(keys.pem(key) + other.chain(leaf).encode())
    return pem


def reported(hub: Client) -> dict[tuple[str, str], TrustFinding]:
    """The findings of the newest report that the hub heard."""
    reports = [codec.decode(*each).message for each in hub.heard if each[0] == TRUST_TOPIC]
    newest = max(
        (each for each in reports if isinstance(each, TrustReport)), key=lambda each: each.at,
        default=None,
    )  # fmt: skip
    return {(each.concern.value, each.subject): each for each in newest.findings} if newest else {}


@pytest.mark.parametrize("whose", ["expired", "foreign", "revoked"])
def test_a_refused_certificate_is_reported_to_the_hub_with_who_it_may_be(
    district: District, issuer: Issuer, tmp_path: Path, whose: str
) -> None:
    long_ago = utc_now() - DEVICE_LIFE - timedelta(days=1)
    pem = {
        "expired": lambda: district.pem("thap-a", at=long_ago),
        "foreign": lambda: foreign(tmp_path),
        "revoked": lambda: district.pem("thap-a"),
    }[whose]()
    if whose == "revoked":
        with district.store.work() as connection:
            revocation.revoke(connection, now(), "thap-a", "lost")
            brokers.publish(connection, district.authority, now())
    until(lambda: "the broker refuses our certificate" in refusal(district, pem))
    hub = district.client(district.pem("hub"), "hub").connect()
    hub.subscribe(TRUST_TOPIC)
    until(lambda: ("certificate-refused", "broker") in reported(hub))
    told = reported(hub)["certificate-refused", "broker"]
    assert told.addresses == ("127.0.0.1",)
    named = "; revoked or out of date are: thap-a"
    assert told.detail == f"certificate verify failed{'' if whose == 'foreign' else named}"
    assert (("revoked", "thap-a") in reported(hub)) is (whose == "revoked")
    hub.stop()


def test_no_kind_of_topic_was_forgotten() -> None:
    assert set(Kind) == {*LANES, *UP, *DOWN}
