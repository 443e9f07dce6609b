"""`python -m models.release`: from a checkpoint to the two files that an agent may load.

1. Export in float.  2. Quantise, calibrated on training pictures.  3. Choose each file's
single-frame thresholds on the validation split: the best F1 of each class.  4. Label both.
5. With `--key`, write and sign the manifest that a box verifies.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import cv2
import onnx
import torch

from contracts.clock import utc_now
from contracts.configuration import secret
from models.contestant import Ours
from models.dataset import CLASS_NAMES, Picture, read_manifest
from models.export import DEFAULT_SIZE, LICENCE, Facts, averaged, export, label
from models.keys import read_private
from models.metrics import best_threshold, judge
from models.quantise import METHODS, choose, quantise
from models.sign import sign

NAME = "dg-detector"
UNCHOSEN = 0.5


def choose_thresholds(weights: Path, pictures: list[Picture]) -> dict[str, float]:
    """Of each class, over all pictures where it is known."""
    detector = Ours(weights)
    found = [detector.find(picture.read()) for picture in pictures]
    chosen: dict[str, float] = {}
    for class_, name in enumerate(CLASS_NAMES):
        verdicts = [
            judge(picture.truth, answer, class_)
            for picture, answer in zip(pictures, found, strict=True)
        ]
        known = [verdict for verdict in verdicts if verdict is not None]
        chosen[name] = round(best_threshold(known), 3)
    return chosen


def release(checkpoint: Path, data: Path, out: Path, version: str, method: str) -> list[Path]:
    """Writes both files into `out`; the order is float, bytes."""
    state = torch.load(checkpoint, weights_only=True)
    facts = Facts(
        version=version,
        default_size=str(DEFAULT_SIZE),
        thresholds=json.dumps(dict.fromkeys(CLASS_NAMES, UNCHOSEN)),
        training_data_sha256=state["facts"]["training_data_sha256"],
        licence=LICENCE,
    )
    whole, small = out / f"{NAME}.onnx", out / f"{NAME}-int8.onnx"
    export(averaged(state), whole, facts)
    quantise(whole, small, choose(read_manifest(data, "train")), method)
    in_bytes = replace(facts, version=f"{version}-int8")
    judges = read_manifest(data, "val")
    for path, its_facts in ((whole, facts), (small, in_bytes)):
        _write_facts(path, its_facts)
        thresholds = choose_thresholds(path, judges)
        print(f"{path.name}: thresholds {thresholds}", flush=True)
        _write_facts(path, replace(its_facts, thresholds=json.dumps(thresholds)))
    return [whole, small]


def _write_facts(path: Path, facts: Facts) -> None:
    model = onnx.load(str(path))
    label(model, facts)
    onnx.save(model, str(path))


def main() -> None:
    parser = argparse.ArgumentParser(prog="models.release", description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--method", choices=METHODS, default="minmax", help="of calibration")
    parser.add_argument("--key", type=Path, help="private key that signs it, PEM, mode 0600")
    parser.add_argument("--passphrase-file", type=Path, help="of the key, if it has one")
    parser.add_argument("--passphrase-env", help="or a variable that holds it")
    told = parser.parse_args()
    cv2.setNumThreads(1)
    # before an hour's work: a folder that cannot be made, a key that cannot be read
    told.out.mkdir(parents=True, exist_ok=True)
    passphrase = secret(told.passphrase_file, told.passphrase_env)
    key = read_private(told.key, passphrase) if told.key else None
    release(told.checkpoint, told.data, told.out, told.version, told.method)
    if key is None:
        print(f"not signed, boxes refuse it: ioc model sign {told.out} --key FILE")
    else:
        print(f"signed by {sign(told.out, key, told.key.stem, utc_now().date()).signer}")


if __name__ == "__main__":
    main()
