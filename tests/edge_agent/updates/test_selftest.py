"""The self-test loads, looks and compares, in a process of its own."""

import signal
import subprocess
from pathlib import Path

import pytest

from contracts.sighting import Label
from edge_agent.updates import selftest
from edge_agent.updates.errors import NotNow, UpdateRefused
from models import default_weights
from tests.edge_agent.updates.making import manifest


def test_the_reference_picture_shows_smoke_and_fire_to_the_built_in_detector() -> None:
    scores = selftest.scores_of(default_weights())
    assert all(scores[label] > 0.4 for label in Label)


def test_what_does_not_load_fails_in_a_process_of_its_own(tmp_path: Path) -> None:
    bad = tmp_path / "bad.onnx"  # tests/ioc/test_update_commands.py has a good one
    bad.write_bytes(b"no network")
    with pytest.raises(UpdateRefused, match="self-test: ended with 1: onnxruntime cannot load"):
        selftest.apart(bad)


def test_a_network_that_never_answers_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selftest, "LIMIT_S", 0.01)
    with pytest.raises(UpdateRefused, match="no answer"):
        selftest.apart(tmp_path / "any.onnx")


def test_scores_within_the_tolerance_are_good_and_beyond_it_are_not() -> None:
    made = manifest(b"x", tolerance=0.1)
    selftest.judge(made, {Label.SMOKE: 0.85, Label.FIRE: 0.19})
    with pytest.raises(UpdateRefused, match=r"scores 0\.21 for fire"):
        selftest.judge(made, {Label.SMOKE: 0.85, Label.FIRE: 0.21})
    with pytest.raises(UpdateRefused, match="finds smoke, its manifest says fire, smoke"):
        selftest.judge(made, {Label.SMOKE: 0.9})


def test_a_test_that_was_interrupted_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = subprocess.CompletedProcess([], -signal.SIGTERM, "", "")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)
    with pytest.raises(NotNow, match="interrupted"):
        selftest.apart(tmp_path / "any.onnx")
