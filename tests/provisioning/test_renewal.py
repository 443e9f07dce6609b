"""Renewal over a real broker: the box's side against the issuer's."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from contracts import codec
from contracts.clock import utc_now
from edge_agent import renewal as box
from edge_agent.credentials import BadCredentials, Wallet, signing_request
from provisioning import registry, renewal, revocation
from provisioning.certificates import DEVICE_LIFE
from provisioning.issuer import Issuer
from tests.provisioning.district import District, now
from tests.waiting import until

NAME = "thap-a"


@pytest.fixture
def wallet(district: District) -> Wallet:
    return Wallet(path=district.pem(NAME, at=utc_now() - DEVICE_LIFE * 0.7))


@pytest.fixture
def issuer(district: District) -> Iterator[Issuer]:
    made = Issuer(district.store, district.authority, district.link("issuer"))
    made.start()
    until(lambda: " as issuer-" in district.broker.said())
    yield made
    made.stop()


@pytest.mark.usefixtures("issuer")
async def test_a_certificate_past_two_thirds_is_replaced_by_one_that_was_proven(
    district: District, wallet: Wallet
) -> None:
    old = wallet.read()
    assert await box.renew_if_due(NAME, district.link(NAME), wallet, utc_now())
    fresh = wallet.read()
    assert fresh.leaf.not_valid_after_utc > old.leaf.not_valid_after_utc
    assert fresh.key.public_key() != old.key.public_key()
    assert wallet.previous.read_bytes() == old.pem()
    assert not wallet.pending.exists()
    assert wallet.path.stat().st_mode & 0o777 == 0o600
    assert not await box.renew_if_due(NAME, district.link(NAME), wallet, utc_now())


async def test_before_two_thirds_nothing_is_asked(district: District) -> None:
    wallet = Wallet(path=district.pem(NAME))
    assert not await box.renew_if_due(NAME, district.link(NAME), wallet, utc_now())
    assert not wallet.pending.exists()


async def test_without_an_issuer_the_old_one_stays_and_the_key_waits(
    district: District, wallet: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(box, "ANSWER_S", 0.2)
    before = wallet.path.read_bytes()
    with pytest.raises(box.NotRenewed, match="does the issuer run"):
        await box.renew_if_due(NAME, district.link(NAME), wallet, utc_now())
    assert wallet.path.read_bytes() == before
    waiting = wallet.pending.read_bytes()
    assert box.request(NAME, wallet, utc_now())
    assert wallet.pending.read_bytes() == waiting


@pytest.mark.usefixtures("issuer")
async def test_one_that_the_broker_does_not_take_is_not_adopted(
    district: District, wallet: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(_device: str, _broker: object) -> None:
        raise box.NotRenewed("refused")

    monkeypatch.setattr(box, "_prove", refused)
    before = wallet.path.read_bytes()
    with pytest.raises(box.NotRenewed):
        await box.renew_if_due(NAME, district.link(NAME), wallet, utc_now())
    assert wallet.path.read_bytes() == before
    assert wallet.next.exists()


def ask(district: District, wallet: Wallet, **changes: object) -> str:
    """What the issuer says to a request, spoiled by `changes`; empty if it grants it."""
    asked = box.request(NAME, wallet, utc_now()).model_copy(update=changes)
    said = renewal.answer(
        district.store, district.authority, f"v1/up/{NAME}/certificate-request", codec.encode(asked)
    )
    assert said is not None
    return said.refused


def test_the_same_key_gets_the_same_certificate(district: District, wallet: Wallet) -> None:
    assert ask(district, wallet) == ask(district, wallet) == ""
    with district.store.read() as connection:
        assert len(registry.find(connection, NAME).certificates) == 2


def test_a_request_that_the_key_in_use_did_not_sign_is_refused(
    district: District, wallet: Wallet
) -> None:
    other = Wallet(path=district.pem("thap-b"))
    stolen = box.request(NAME, other, utc_now()).signature
    assert ask(district, wallet, signature=stolen).startswith("signature")


def test_another_s_certificate_vouches_for_nothing(district: District, wallet: Wallet) -> None:
    other = Wallet(path=district.pem("thap-b"))
    said = ask(district, other)
    assert said.startswith("unknown-certificate")
    assert wallet.path.exists()


def test_a_request_for_another_name_is_refused(district: District, wallet: Wallet) -> None:
    csr = signing_request(wallet.pending_key(), "hub")
    signature = wallet.read().vouch(NAME, csr)
    assert ask(district, wallet, csr=csr, signature=signature).startswith("wrong-name")


def test_a_revoked_and_an_expired_certificate_do_not_renew(
    district: District, wallet: Wallet
) -> None:
    late = Wallet(path=district.pem("thap-c", at=utc_now() - DEVICE_LIFE - timedelta(days=1)))
    asked = box.request("thap-c", late, utc_now())
    said = renewal.answer(district.store, district.authority, str(asked.topic), codec.encode(asked))
    assert said is not None
    assert said.refused.startswith("expired")
    with district.store.work() as connection:
        revocation.revoke(connection, now(), NAME, "lost")
    assert ask(district, wallet).startswith("revoked")


def test_a_box_that_asks_without_end_gets_no_more(district: District, wallet: Wallet) -> None:
    for _ in range(renewal.MOST):
        assert ask(district, wallet) == ""
        wallet.pending.unlink()
    assert ask(district, wallet).startswith("too-many")


def test_an_answer_for_another_key_changes_nothing(district: District, wallet: Wallet) -> None:
    asked = box.request(NAME, wallet, utc_now())
    said = renewal.answer(district.store, district.authority, str(asked.topic), codec.encode(asked))
    assert said is not None
    wallet.pending.unlink()
    with pytest.raises(BadCredentials, match="not of the key that was made here"):
        box.accept(said, district.link(NAME), wallet, utc_now())


def test_two_files_are_somebody_else_s_to_renew(tmp_path: Path, district: District) -> None:
    link = district.link(NAME)
    assert box.managed(link) == Wallet(path=district.pem(NAME))
    assert box.managed(link.model_copy(update={"key_file": tmp_path / "key"})) is None
