"""Key pairs: private to their owner, never overwritten, refused when others can read them."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from edge_agent.trust import read_public
from models.keys import BadKeyFile, make_pair, public_half, read_private


@pytest.fixture
def private(tmp_path: Path) -> Path:
    return tmp_path / "release.pem"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_pair_is_two_files_and_only_one_is_secret(private: Path) -> None:
    public = make_pair(private)
    assert mode(private) == 0o600
    assert mode(private.with_suffix(".pub")) == 0o644
    assert read_public(private.with_suffix(".pub")) == public
    assert public_half(read_private(private), "release") == public
    assert b"PRIVATE" not in private.with_suffix(".pub").read_bytes()


@pytest.mark.parametrize("there", ["release.pem", "release.pub"])
def test_nothing_is_overwritten(private: Path, there: str) -> None:
    private.with_name(there).write_text("precious")
    with pytest.raises(BadKeyFile, match="is there already") as caught:
        make_pair(private)
    assert caught.value.path.name == there
    assert private.with_name(there).read_text() == "precious"
    assert len(list(private.parent.iterdir())) == 1


def test_a_private_key_is_not_called_pub(tmp_path: Path) -> None:
    with pytest.raises(BadKeyFile, match=r"release\.pem"):
        make_pair(tmp_path / "release.pub")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadKeyFile, match="No such file"):
        make_pair(tmp_path / "nowhere" / "release.pem")


@pytest.mark.parametrize("open_to", [0o640, 0o604, 0o660])
def test_a_key_that_others_may_read_is_refused(private: Path, open_to: int) -> None:
    make_pair(private)
    private.chmod(open_to)
    with pytest.raises(BadKeyFile, match=f"others may read it .mode {open_to:04o}") as caught:
        read_private(private)
    assert caught.value.remedy == f"chmod 600 {private}"


def test_an_encrypted_key_needs_its_passphrase(private: Path) -> None:
    public = make_pair(private, "rừng")
    assert public_half(read_private(private, "rừng"), "release") == public
    with pytest.raises(BadKeyFile, match="needs a passphrase"):
        read_private(private)
    with pytest.raises(BadKeyFile, match="another passphrase") as caught:
        read_private(private, "hunter2")
    assert "hunter2" not in str(caught.value)


def test_a_passphrase_for_an_open_key_is_a_mistake_and_said(private: Path) -> None:
    make_pair(private)
    with pytest.raises(BadKeyFile, match="is not encrypted"):
        read_private(private, "rừng")


def test_what_is_no_key_is_refused(private: Path) -> None:
    with pytest.raises(BadKeyFile, match="no such file"):
        read_private(private)
    private.write_text("hello")
    private.chmod(0o600)
    with pytest.raises(BadKeyFile, match="not a private key"):
        read_private(private)
    other = X25519PrivateKey.generate()
    private.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(BadKeyFile, match="not an Ed25519 one"):
        read_private(private)
