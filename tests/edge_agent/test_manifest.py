"""A manifest is believed in one form only, and weights only if they are its very bytes."""

import json
from pathlib import Path

import pytest

from contracts.sighting import Label
from edge_agent.detector import ModelError
from edge_agent.manifest import MANIFEST, Manifest, canonical, parse, read_checked
from tests.edge_agent.signed import manifest_for, write_weights

PATH = Path("somewhere") / MANIFEST


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return write_weights(tmp_path)


@pytest.fixture
def manifest(weights: Path) -> Manifest:
    return manifest_for(weights)


def test_what_is_written_is_read_again(manifest: Manifest) -> None:
    assert parse(manifest.encode(), PATH) == manifest
    assert parse(manifest.encode(), PATH).encode() == manifest.encode()


def test_the_same_facts_are_the_same_bytes_in_whatever_order() -> None:
    assert canonical({"b": 1, "a": "ă"}) == canonical({"a": "ă", "b": 1})
    assert canonical({"a": "ă"}) == '{\n  "a": "ă"\n}\n'.encode()


@pytest.mark.parametrize(
    ("what", "content"),
    [
        ("nothing", b""),
        ("no JSON", b"hello"),
        ("another shape", b"[]\n"),
        ("half a character", b"\xff\xfe"),
        ("a lone surrogate", b'{\n  "a": "\\ud800"\n}\n'),
        ("no number", b'{\n  "a": NaN\n}\n'),
        ("beyond all numbers", b'{\n  "a": 1e999\n}\n'),
        ("deep", b"[" * 60_000),
        ("a number of many digits", b'{\n  "a": ' + b"9" * 10_000 + b"\n}\n"),
    ],
)
def test_hostile_json_is_refused_in_words(what: str, content: bytes) -> None:
    with pytest.raises(ModelError, match="not a manifest") as caught:
        parse(content, PATH)
    assert caught.value.path == PATH
    assert len(str(caught.value)) < 500


def test_a_key_that_stands_twice_is_refused(manifest: Manifest) -> None:
    twice = manifest.encode().replace(b'  "name": "tiny"', b'  "name": "tiny",\n  "name": "tiny"')
    assert json.loads(twice) == json.loads(manifest.encode())
    with pytest.raises(ModelError, match="a key stands in it twice"):
        parse(twice, PATH)


@pytest.mark.parametrize("ending", [b" ", b"\n", b"\r\n"])
def test_other_bytes_for_the_same_facts_are_refused(manifest: Manifest, ending: bytes) -> None:
    with pytest.raises(ModelError, match="canonical"):
        parse(manifest.encode() + ending, PATH)


@pytest.mark.parametrize(
    "name",
    ["../tiny.onnx", "/etc/tiny.onnx", "a/tiny.onnx", "..\\tiny.onnx", "tiny.onnx\n", ".onnx",
     "tiny.exe", "", "t\x00.onnx", "x" * 200 + ".onnx"],
)  # fmt: skip
def test_a_file_name_leads_nowhere_else(manifest: Manifest, name: str) -> None:
    raw = json.loads(manifest.encode())
    raw["files"][0]["path"] = name
    with pytest.raises(ModelError, match=r"files\.0\.path"):
        parse(canonical(raw), PATH)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", 2),
        ("version", "one"),
        ("released", "yesterday"),
        ("classes", []),
        ("classes", ["cat"]),
        ("training_data_sha256", "ABC"),
        ("files", []),
        ("colour", "red"),
    ],
)
def test_a_wrong_value_is_named_by_its_key(manifest: Manifest, key: str, value: object) -> None:
    raw = json.loads(manifest.encode()) | {key: value}
    with pytest.raises(ModelError, match=f"key '{key}"):
        parse(canonical(raw), PATH)


def test_the_bytes_that_were_signed_are_handed_out(weights: Path, manifest: Manifest) -> None:
    assert read_checked(weights, manifest) == weights.read_bytes()


def test_a_file_cut_short_is_refused_with_both_lengths(weights: Path, manifest: Manifest) -> None:
    whole = weights.stat().st_size
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(ModelError, match=f"it has {whole - 1} bytes, its manifest says {whole}"):
        read_checked(weights, manifest)


def test_a_swapped_file_of_the_same_length_is_refused(weights: Path, manifest: Manifest) -> None:
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ModelError, match="its sha256 is") as caught:
        read_checked(weights, manifest)
    assert caught.value.path == weights
    assert "anew" in caught.value.remedy


def test_a_manifest_of_other_weights_is_none(weights: Path, manifest: Manifest) -> None:
    other = weights.rename(weights.with_name("other.onnx"))
    with pytest.raises(ModelError, match="is of tiny and does not name this file") as caught:
        read_checked(other, manifest)
    assert "tiny.onnx" in caught.value.remedy


def test_weights_that_are_gone_are_named(weights: Path, manifest: Manifest) -> None:
    weights.unlink()
    with pytest.raises(ModelError, match="No such file"):
        read_checked(weights, manifest)


def test_thresholds_are_those_of_the_file(manifest: Manifest) -> None:
    line = parse(manifest.encode(), PATH).file("tiny.onnx")
    assert line is not None
    assert line.thresholds == {Label.SMOKE: 0.3, Label.FIRE: 0.4}
    assert manifest.file("other.onnx") is None
