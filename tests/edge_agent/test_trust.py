"""A signature counts if a trusted key made it over these very bytes, and in no other case."""

import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edge_agent.detector import ModelError
from edge_agent.manifest import MANIFEST, MOST_BYTES
from edge_agent.trust import (
    SIGNATURE,
    CannotVerify,
    built_in_key,
    read_public,
    signature_line,
    vouch,
)
from tests.edge_agent.signed import KEY, STRANGER, public, signed, write_public, write_signature


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return signed(tmp_path).parent


def test_a_trusted_signature_tells_whose_it_is(folder: Path) -> None:
    vouched = vouch(folder, [public(STRANGER, "other"), public(KEY, "rangers")])
    assert vouched.manifest.name == "tiny"
    assert vouched.signer.name == "rangers"
    assert public(KEY).id in str(vouched.signer)


def test_any_flipped_bit_of_the_manifest_breaks_it(folder: Path) -> None:
    content = (folder / MANIFEST).read_bytes()
    for place in range(0, len(content), 11):
        spoilt = bytearray(content)
        spoilt[place] ^= 1 << place % 8
        (folder / MANIFEST).write_bytes(spoilt)
        with pytest.raises(ModelError, match="does not fit"):
            vouch(folder, [public()])


def test_any_changed_character_of_the_signature_breaks_it(folder: Path) -> None:
    line = (folder / SIGNATURE).read_bytes()
    for place in range(len(line)):
        spoilt = bytearray(line)
        spoilt[place] ^= 1
        (folder / SIGNATURE).write_bytes(spoilt)
        with pytest.raises(ModelError, match=r"does not fit|not trusted|not `ed25519"):
            vouch(folder, [public()])


def test_a_key_that_nobody_trusts_is_named(tmp_path: Path) -> None:
    folder = signed(tmp_path, STRANGER).parent
    with pytest.raises(ModelError, match=f"key {public(STRANGER).id}, which is not") as caught:
        vouch(folder, [public()])
    assert "detector.trusted_keys" in caught.value.remedy


def test_a_stranger_cannot_borrow_a_trusted_name(folder: Path) -> None:
    forged = STRANGER.sign((folder / MANIFEST).read_bytes())
    (folder / SIGNATURE).write_bytes(signature_line(public(KEY), forged))
    with pytest.raises(ModelError, match="does not fit"):
        vouch(folder, [public()])


def test_a_signature_made_for_another_purpose_does_not_count(folder: Path) -> None:
    content = (folder / MANIFEST).read_bytes()
    (folder / SIGNATURE).write_bytes(signature_line(public(), KEY.sign(content)))
    with pytest.raises(ModelError, match="does not fit"):
        vouch(folder, [public()])


def test_without_a_manifest_nobody_stands_for_the_weights(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    with pytest.raises(ModelError, match="nobody stands for") as caught:
        vouch(folder, [public()])
    assert "ioc model sign" in caught.value.remedy


def test_a_manifest_without_its_signature_is_refused(folder: Path) -> None:
    (folder / SIGNATURE).unlink()
    with pytest.raises(ModelError, match=r"manifest\.json\.sig: no such file"):
        vouch(folder, [public()])


def test_an_oversized_manifest_is_not_read_though_it_is_signed(folder: Path) -> None:
    write_signature(folder, b" " * (MOST_BYTES + 1))
    with pytest.raises(ModelError, match="more than 65,536 bytes"):
        vouch(folder, [public()])


def test_signed_nonsense_is_still_no_manifest(folder: Path) -> None:
    write_signature(folder, b"{}\n")
    with pytest.raises(ModelError, match="not a manifest"):
        vouch(folder, [public()])


def test_a_folder_in_a_files_place_is_not_read(folder: Path) -> None:
    (folder / SIGNATURE).unlink()
    (folder / SIGNATURE).mkdir()
    with pytest.raises(ModelError, match="no such file"):
        vouch(folder, [public()])


def test_a_public_key_is_read_from_pem(tmp_path: Path) -> None:
    assert read_public(write_public(tmp_path / "rangers.pub")) == public(KEY, "rangers")


def test_what_is_no_ed25519_key_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "key.pub"
    with pytest.raises(ModelError, match="no such file"):
        read_public(path)
    path.write_text("ssh-ed25519 AAAA")
    with pytest.raises(ModelError, match="not a public key in PEM"):
        read_public(path)
    other = X25519PrivateKey.generate().public_key()
    path.write_bytes(other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(ModelError, match="not an Ed25519 one"):
        read_public(path)


def test_the_projects_own_key_is_built_in() -> None:
    assert built_in_key().name == "release"


def test_a_missing_verifier_is_told_apart_from_a_bad_signature(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(CannotVerify, match="cannot be checked on this machine"):
        vouch(folder, [public()])
