"""`ioc model evaluate`."""

import json
from argparse import Namespace
from importlib import import_module
from pathlib import Path

import cv2

from edge_agent.detector import ModelError
from ioc.exits import Exit, complain
from models import default_weights, material
from models.contestant import Contestant, Ours, Peer
from models.dataset import DatasetError
from models.evaluate import as_record, evaluate
from models.latency import with_float
from models.summary import summary


def run(options: Namespace) -> int:
    cv2.setNumThreads(1)
    for name in ("json", "page"):
        told = getattr(options, name)
        if (
            told and not Path(told).resolve().parent.is_dir()
        ):  # said before an hour's work, not after
            complain(f"--{name} {told}: there is no folder to write it into; make it first")
            return Exit.USAGE
    weights = [Path(one) for one in options.weights or [default_weights()]]
    peers = [Path(one) for one in options.peer]
    try:
        given = material.read(Path(options.data), options.split)
        contestants: list[Contestant] = [Ours(path, options.size) for path in weights]
        contestants += [Peer(path) for path in peers]
        timed = [*dict.fromkeys([*with_float(weights[0]), *weights, *peers])]
        evaluation = evaluate(given, contestants, timed)
    except (DatasetError, ModelError) as wrong:
        complain(wrong)
        return Exit.USAGE
    print(summary(evaluation))
    if options.json:
        record = json.dumps(as_record(evaluation), indent=1, ensure_ascii=False)
        Path(options.json).write_text(record + "\n", encoding="utf-8")
    if options.page:
        page = import_module("models.page").page(evaluation)
        Path(options.page).write_text(page, encoding="utf-8")
    return Exit.OK
