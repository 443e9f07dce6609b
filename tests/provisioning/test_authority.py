"""Keys, certificates, lists, registry and audit, without a server."""

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from sqlalchemy import delete, text, update
from sqlalchemy.exc import IntegrityError

from provisioning import audit, brokers, certificates, enrolment, keys, label, registry, revocation
from provisioning.authority import ISSUING_KEY, ROOT_KEY, Authority, create, open_authority
from provisioning.certificates import CRL_LIFE, DEVICE_LIFE, Leaf
from provisioning.errors import NameTaken, NoAuthority, Refused, UnknownDevice
from provisioning.keys import BadKeyFile
from provisioning.mosquitto import Broker
from provisioning.records import Occasion, Store
from provisioning.records import audit as audit_table
from tests.provisioning.conftest import NOON

THEN = Occasion(at=NOON, actor="test")


def enrolled(store: Store, authority: Authority, name: str) -> x509.Certificate:
    key = keys.new_key().public_key()
    with store.work() as connection:
        registry.add(connection, THEN, registry.Card(name=name))
        return enrolment.sign(connection, authority, THEN, name, key, "test")


def test_private_keys_are_the_owner_s_alone(authority: Authority, tmp_path: Path) -> None:
    for name in (ROOT_KEY, ISSUING_KEY, "registry.db"):
        file = tmp_path / "authority" / name
        if name == "registry.db":
            Store(tmp_path / "authority").close()
        assert file.stat().st_mode & 0o777 == 0o600
    (tmp_path / "authority" / ISSUING_KEY).chmod(0o640)
    with pytest.raises(BadKeyFile, match=r"others may read it.*chmod 600"):
        open_authority(tmp_path / "authority")


def test_a_passphrase_is_needed_again(tmp_path: Path) -> None:
    create(tmp_path / "a", "x", NOON, passphrase="mật khẩu dài", root_passphrase="khác")
    assert open_authority(tmp_path / "a", "mật khẩu dài").key
    for wrong in (None, "sai"):
        with pytest.raises(BadKeyFile, match="passphrase"):
            open_authority(tmp_path / "a", wrong)
    assert b"ENCRYPTED" in (tmp_path / "a" / ROOT_KEY).read_bytes()


def test_nothing_is_made_over_an_authority(authority: Authority, tmp_path: Path) -> None:
    with pytest.raises(NoAuthority, match="there is one already"):
        create(tmp_path / "authority", "x", NOON)
    assert open_authority(tmp_path / "authority").root == authority.root


def test_a_device_s_certificate_is_what_openssl_calls_good_for_a_client_only(
    authority: Authority, store: Store, tmp_path: Path
) -> None:
    leaf = enrolled(store, authority, "thap-a")
    assert leaf.not_valid_after_utc - NOON == DEVICE_LIFE
    use = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(use) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    (tmp_path / "leaf.crt").write_text(certificates.to_pem(leaf))
    (tmp_path / "ca.crt").write_text(authority.ca_pem)
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    when = str(int((NOON + timedelta(days=1)).timestamp()))
    for purpose, good in (("sslclient", True), ("sslserver", False)):
        done = subprocess.run(
            [openssl, "verify", "-attime", when, "-purpose", purpose, "-x509_strict",
             "-CAfile", "ca.crt", "leaf.crt"],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode == 0) is good, done.stderr


def test_a_leaf_never_outlives_its_issuer(authority: Authority) -> None:
    late = authority.issuing.not_valid_after_utc - timedelta(days=3)
    leaf = Leaf(name="a", public_key=keys.new_key().public_key(), life=DEVICE_LIFE)
    made = certificates.leaf(leaf, authority.issuing, authority.key, late)
    assert made.not_valid_after_utc == authority.issuing.not_valid_after_utc


def test_lists_are_numbered_and_each_is_newer_by_a_second(
    authority: Authority, store: Store
) -> None:
    made = enrolled(store, authority, "thap-a")
    with store.work() as connection:
        first = x509.load_pem_x509_crl(authority.list_revoked(connection, THEN).encode())
        revocation.revoke(connection, THEN, "thap-a", "lost")
        second = x509.load_pem_x509_crl(authority.list_revoked(connection, THEN).encode())
    numbers = [each.extensions.get_extension_for_class(x509.CRLNumber) for each in (first, second)]
    assert [each.value.crl_number for each in numbers] == [1, 2]
    assert second.last_update_utc > first.last_update_utc
    assert second.next_update_utc is not None
    assert second.next_update_utc - second.last_update_utc == CRL_LIFE > DEVICE_LIFE
    assert second.is_signature_valid(authority.key.public_key())
    assert first.get_revoked_certificate_by_serial_number(made.serial_number) is None
    line = second.get_revoked_certificate_by_serial_number(made.serial_number)
    assert line is not None
    reason = line.extensions.get_extension_for_class(x509.CRLReason).value.reason
    assert reason is x509.ReasonFlags.key_compromise


def test_what_ran_out_is_not_listed_any_more(authority: Authority, store: Store) -> None:
    enrolled(store, authority, "thap-a")
    with store.work() as connection:
        revocation.revoke(connection, THEN, "thap-a", "lost")
        later = Occasion(at=NOON + DEVICE_LIFE + timedelta(days=1), actor="test")
        listed = x509.load_pem_x509_crl(authority.list_revoked(connection, later).encode())
    assert len(listed) == 0


@pytest.mark.parametrize("name", registry.SERVICES)
def test_no_device_is_called_like_a_service(store: Store, name: str) -> None:
    with store.work() as connection, pytest.raises(NameTaken, match="it is a service's"):
        registry.add(connection, THEN, registry.Card(name=name))


def test_a_name_is_given_once_and_an_unknown_one_is_said(store: Store) -> None:
    with store.work() as connection:
        registry.add(connection, THEN, registry.Card(name="thap-a"))
        with pytest.raises(NameTaken, match="a device has it"):
            registry.add(connection, THEN, registry.Card(name="thap-a"))
        with pytest.raises(UnknownDevice, match="ioc device list"):
            registry.find(connection, "thap-b")


def test_a_revoked_device_is_signed_nothing_until_it_is_invited_again(
    authority: Authority, store: Store
) -> None:
    enrolled(store, authority, "thap-a")
    key = keys.new_key().public_key()
    with store.work() as connection:
        revocation.revoke(connection, THEN, "thap-a", "replaced")
        with pytest.raises(Refused, match="revoked"):
            enrolment.sign(connection, authority, THEN, "thap-a", key, "test")
        enrolment.invite(connection, THEN, "thap-a")
        assert enrolment.sign(connection, authority, THEN, "thap-a", key, "test")


def test_a_camera_says_where_it_looks() -> None:
    assert registry.Mounted.parse("bac").pose is None
    pose = registry.Mounted.parse("bac:10:60").pose
    assert pose is not None
    assert (pose.azimuth_deg, pose.fov_deg) == (10, 60)
    with pytest.raises(ValueError, match="less than 360"):
        registry.Mounted.parse("bac:400:60")


def test_the_audit_refuses_changes(store: Store) -> None:
    with store.work() as connection:
        registry.add(connection, THEN, registry.Card(name="thap-a"))
    for statement in (update(audit_table).values(actor="nobody"), delete(audit_table)):
        with pytest.raises(IntegrityError, match="append-only"), store.work() as connection:
            connection.execute(statement)


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE audit SET actor = 'nobody' WHERE id = 2",
        "DELETE FROM audit WHERE id = 2",
        "UPDATE audit SET detail = '{}' WHERE id = 1",
    ],
)
def test_the_chain_shows_what_somebody_changed_all_the_same(store: Store, forgery: str) -> None:
    with store.work() as connection:
        for name in ("thap-a", "thap-b", "thap-c"):
            registry.add(connection, THEN, registry.Card(name=name))
        assert audit.first_broken(connection) is None
        for deed in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER audit_no_{deed}"))
        connection.execute(text(forgery))
        assert audit.first_broken(connection) in (1, 2, 3)


def test_a_broker_s_folder_is_safe_to_make_again(
    authority: Authority, store: Store, tmp_path: Path
) -> None:
    broker = Broker(folder=tmp_path / "b", hosts=("mqtt.example", "10.0.0.2"))

    def key_after(later: timedelta, hosts: tuple[str, ...] = broker.hosts) -> bytes:
        made = Broker(folder=broker.folder, hosts=hosts)
        with store.work() as connection:
            brokers.provision(
                connection, authority, Occasion(at=NOON + later, actor="test"), made,
                data="/d", log="stderr",
            )  # fmt: skip
        return (broker.folder / "broker.key").read_bytes()

    first = key_after(timedelta(0))
    assert key_after(timedelta(days=1)) == first
    renewed = key_after(timedelta(days=500))
    assert renewed != first
    assert key_after(timedelta(days=501), ("mqtt.example",)) != renewed


def test_a_label_has_what_is_public_and_can_be_printed() -> None:
    card = registry.Card(name="thap-a", title="Tháp <A>", lat=15.9, lon=107.6, commune="xã B")
    assert "geo:15.90000,107.60000" in label.content(card)
    drawn = label.svg(card)
    assert "Tháp &lt;A&gt;" in drawn
    assert "<path" in drawn
    assert label.png(card).startswith(b"\x89PNG")
