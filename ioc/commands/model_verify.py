"""`ioc model verify`: what weights are, whose signature is on them, and whether a box runs them."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from edge_agent.detector import Detector, ModelError
from edge_agent.manifest import Manifest, read_checked
from edge_agent.trust import Vouched, built_in_key, read_public, vouch
from ioc.exits import Exit, complain
from models import default_weights


def run(options: Namespace) -> int:
    named = Path(options.weights) if options.weights else default_weights().parent
    folder = named if named.is_dir() else named.parent
    try:
        keys = [built_in_key(), *(read_public(Path(path)) for path in options.trust)]
        vouched = vouch(folder, keys)
        names = [one.path for one in vouched.manifest.files] if named.is_dir() else [named.name]
        print("\n".join(_words(vouched)))
        for name in names:
            print(_checked(folder / name, vouched.manifest))
    except ModelError as refused:
        complain(refused)
        return Exit.FAILED
    print("good: a box that trusts this key runs it")
    return Exit.OK


def _words(vouched: Vouched) -> Iterator[str]:
    manifest = vouched.manifest
    yield f"{manifest.name} {manifest.version}, released {manifest.released}"
    yield f"  signed by      {vouched.signer}"
    yield f"  finds          {', '.join(manifest.classes)}"
    yield f"  input          {manifest.input}"
    yield f"  output         {manifest.output}"
    yield f"  trained on     sha256 {manifest.training_data_sha256}"
    yield f"  licence        {manifest.licence}"
    yield f"  needs agent    {manifest.minimum_agent} or newer"


def _checked(path: Path, manifest: Manifest) -> str:
    """Hashed and opened, as a box would."""
    detector = Detector(path, content=read_checked(path, manifest))
    for one in manifest.files:
        if one.path == path.name:
            scores = ", ".join(f"{label} {score}" for label, score in one.thresholds.items())
            return (
                f"  {path.name}: {one.precision}, opset {one.opset}, {one.bytes:,} bytes, "
                f"says {detector.facts.version}, thresholds {scores}\n    sha256 {one.sha256}"
            )
    raise AssertionError(path)
