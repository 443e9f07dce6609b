"""A folder of ONNX files becomes a release that a box trusts."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from contracts.sighting import Label
from edge_agent.detector import ModelError
from edge_agent.manifest import MANIFEST, read_checked
from edge_agent.trust import SIGNATURE, vouch
from models.sign import manifest_of, sign
from tests.edge_agent.signed import KEY, STRANGER, public
from tests.edge_agent.tiny_onnx import METADATA, write_detector

DAY = date(2026, 4, 1)
FACTS = dict(METADATA) | {
    "ioc.version": "1.2.3",
    "ioc.input": "a picture",
    "ioc.output": "boxes",
    "ioc.training_data_sha256": "a" * 64,
    "ioc.licence": "none",
}


def write(folder: Path, name: str, **changes: str) -> Path:
    told = FACTS | {f"ioc.{key}": value for key, value in changes.items()}
    boxes, scores = np.array([[32, 16, 64, 48]], np.float32), np.array([[0.9, 0.1]], np.float32)
    return write_detector(folder / name, boxes, scores, told)


def test_the_manifest_says_what_the_files_say(tmp_path: Path) -> None:
    write(tmp_path, "whole.onnx")
    write(tmp_path, "bytes.onnx", version="1.2.3-int8", thresholds='{"smoke": 0.2, "fire": 0.1}')
    manifest = manifest_of(tmp_path, DAY)
    assert (manifest.name, manifest.version, manifest.released) == ("tiny", "1.2.3", DAY)
    assert manifest.classes == (Label.SMOKE, Label.FIRE)
    assert manifest.training_data_sha256 == "a" * 64
    assert [one.path for one in manifest.files] == ["bytes.onnx", "whole.onnx"]
    assert [one.opset for one in manifest.files] == [17, 17]
    assert manifest.files[0].thresholds == {Label.SMOKE: 0.2, Label.FIRE: 0.1}


def test_what_is_signed_is_trusted_by_who_trusts_the_key(tmp_path: Path) -> None:
    weights = write(tmp_path, "whole.onnx")
    sign(tmp_path, KEY, "release", DAY)
    vouched = vouch(tmp_path, [public()])
    assert read_checked(weights, vouched.manifest) == weights.read_bytes()
    with pytest.raises(ModelError, match="not trusted"):
        vouch(tmp_path, [public(STRANGER)])


def test_signing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path, "whole.onnx")
    sign(tmp_path, KEY, "release", DAY)
    first = [(tmp_path / name).read_bytes() for name in (MANIFEST, SIGNATURE)]
    sign(tmp_path, KEY, "release", DAY)
    assert [(tmp_path / name).read_bytes() for name in (MANIFEST, SIGNATURE)] == first


@pytest.mark.parametrize(
    ("key", "value"),
    [("version", "1.2.4"), ("training_data_sha256", "b" * 64), ("default_size", "640")],
)
def test_files_that_contradict_each_other_are_no_release(
    tmp_path: Path, key: str, value: str
) -> None:
    write(tmp_path, "a.onnx")
    write(tmp_path, "b.onnx", **{key: value})
    with pytest.raises(ModelError, match=f"its {key} is '{value}'") as caught:
        sign(tmp_path, KEY, "release", DAY)
    assert caught.value.path == tmp_path / "b.onnx"
    assert not (tmp_path / MANIFEST).exists()


def test_an_empty_folder_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no \.onnx file"):
        manifest_of(tmp_path, DAY)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"no network")
    with pytest.raises(ModelError, match=r"a\.onnx: not a detector of ours"):
        manifest_of(tmp_path, DAY)


def test_a_version_that_is_none_is_named(tmp_path: Path) -> None:
    write(tmp_path, "a.onnx", version="newest")
    with pytest.raises(ModelError, match="version: "):
        manifest_of(tmp_path, DAY)
