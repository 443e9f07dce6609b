"""Trust fails closed, sight does not."""

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from contracts.sighting import Label
from edge_agent import weights as chooser
from edge_agent.config import DetectorSection
from edge_agent.detector import ModelError
from edge_agent.manifest import MANIFEST
from edge_agent.trust import SIGNATURE
from edge_agent.weights import FALLEN_BACK, UNVERIFIED, choose, examine
from models import default_weights
from tests.edge_agent.signed import STRANGER, signed, write_public, write_weights


@pytest.fixture
def section(tmp_path: Path) -> DetectorSection:
    """A signed detector whose key is trusted."""
    return DetectorSection(
        weights=signed(tmp_path / "own"), trusted_keys=(write_public(tmp_path / "rangers.pub"),)
    )


def path_of(section: DetectorSection) -> Path:
    assert section.weights is not None
    return section.weights


def spoil(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def test_the_built_in_detector_is_verified_and_runs() -> None:
    chosen = choose(DetectorSection())
    assert chosen.trouble == ""
    assert chosen.model == chosen.detector.facts.version
    assert Label.SMOKE in chosen.detector.facts.labels


def test_a_detector_signed_by_a_trusted_key_runs(section: DetectorSection) -> None:
    chosen = choose(section)
    assert (chosen.model, chosen.trouble) == ("test-1", "")


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        ("tiny.onnx", "its sha256 is"),
        (MANIFEST, "does not fit"),
        (SIGNATURE, "not `ed25519"),
    ],
)
def test_what_was_changed_is_refused_and_the_built_in_one_looks(
    section: DetectorSection, spoilt: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    spoil(path_of(section).with_name(spoilt))
    chosen = choose(section)
    assert chosen.model == choose(DetectorSection()).model
    assert chosen.trouble.startswith(FALLEN_BACK)
    assert why in chosen.trouble
    assert spoilt in caplog.text
    assert "anew" in caplog.text


def test_a_strangers_detector_is_refused(tmp_path: Path) -> None:
    chosen = choose(DetectorSection(weights=signed(tmp_path, STRANGER)))
    assert "not trusted here" in chosen.trouble


def test_a_trusted_key_that_cannot_be_read_trusts_nobody(section: DetectorSection) -> None:
    section.trusted_keys[0].unlink()
    assert "no such file" in choose(section).trouble


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"classes": (Label.FIRE,)}, "finds smoke, fire, its manifest says fire"),
        ({"minimum_agent": "99.0.0"}, "made for agents from 99.0.0 on"),
    ],
)
def test_a_signed_detector_that_does_not_fit_is_refused(
    tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    weights = signed(tmp_path / "own", **changes)
    key = write_public(tmp_path / "rangers.pub")
    chosen = choose(DetectorSection(weights=weights, trusted_keys=(key,)))
    assert why in chosen.trouble


@pytest.mark.parametrize("unsigned", [False, True])
def test_a_missing_file_does_not_blind_the_tower(tmp_path: Path, unsigned: bool) -> None:
    chosen = choose(DetectorSection(weights=tmp_path / "none.onnx", unsigned=unsigned))
    assert chosen.trouble.startswith(FALLEN_BACK)


def test_unsigned_weights_run_only_where_they_are_called_so(tmp_path: Path) -> None:
    weights = write_weights(tmp_path)
    assert "nobody stands for" in choose(DetectorSection(weights=weights)).trouble
    chosen = choose(DetectorSection(weights=weights, unsigned=True))
    assert (chosen.model, chosen.trouble) == ("test-1 unsigned", "")


def test_unsigned_excuses_no_bad_signature(section: DetectorSection) -> None:
    spoil(path_of(section).with_name(SIGNATURE))
    chosen = choose(section.model_copy(update={"unsigned": True}))
    assert chosen.trouble.startswith(FALLEN_BACK)


def test_examining_says_what_choosing_would_get_over(section: DetectorSection) -> None:
    assert examine(section).model == "test-1"
    spoil(path_of(section))
    with pytest.raises(ModelError, match="its sha256 is"):
        examine(section)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the built-in weights in their place."""
    folder = tmp_path / "installed"
    shutil.copytree(default_weights().parent, folder)
    weights = folder / default_weights().name
    monkeypatch.setattr(chooser, "default_weights", lambda: weights)
    return weights


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("broken", ["weights", MANIFEST, SIGNATURE])
def test_a_broken_built_in_detector_is_the_end(
    installed: Path, tmp_path: Path, own: bool, broken: str
) -> None:
    spoil(installed if broken == "weights" else installed.with_name(broken))
    with pytest.raises(ModelError) as caught:
        choose(DetectorSection(weights=tmp_path / "none.onnx" if own else None))
    assert caught.value.path.parent == installed.parent


def test_a_missing_verifier_suppresses_no_alarm(
    section: DetectorSection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    assert choose(DetectorSection()).trouble.startswith(UNVERIFIED)
    chosen = choose(section)
    assert chosen.trouble.startswith(FALLEN_BACK)
    assert chosen.model == choose(DetectorSection()).model


def test_without_a_verifier_changed_bytes_are_refused_all_the_same(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    spoil(installed)
    with pytest.raises(ModelError, match="its sha256 is"):
        choose(DetectorSection())
