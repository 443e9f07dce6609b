"""The published contract: JSON Schema for each kind and one AsyncAPI 3.0 document.

`python -m contracts.export FOLDER` writes them; the copies in contracts/schema are tested to match.
"""

import json
import sys
from pathlib import Path
from typing import Any

from contracts.codec import MODELS
from contracts.message import Numbered
from contracts.topics import DOWN, LANES, RETAINED, ROOT, TRUST_TOPIC, UP, Kind

BINARY = {Kind.EVIDENCE}
PARAMETERS = {"device": {"description": "name of the device"}}


def json_schema(kind: Kind) -> dict[str, Any]:
    """Draft 2020-12; for evidence, of the line before the JPEG.  `v` is always said."""
    schema = MODELS[kind].model_json_schema()
    schema["required"] = ["v", *schema.get("required", [])]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def addresses(kind: Kind) -> list[str]:
    """The topics of `kind`, with `{device}` for the device's name."""
    if kind is Kind.TRUST:
        return [TRUST_TOPIC]
    if kind in DOWN:
        return [f"{ROOT}/down/{{device}}/{kind}"]
    if kind in UP:
        return [f"{ROOT}/up/{{device}}/{kind}"]
    return [f"{ROOT}/up/{{device}}/{lane}/{kind}" for lane in LANES[kind]]


def asyncapi() -> dict[str, Any]:
    """What the hub receives and sends over MQTT 3.1.1 or 5, QoS 1 (asyncapi.com, 3.0.0)."""
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for kind in Kind:
        for address in addresses(kind):
            name = address.replace(f"{ROOT}/", "").replace("{device}/", "").replace("/", "-")
            channels[name] = {
                "address": address,
                "parameters": PARAMETERS if "{device}" in address else {},
                "messages": {kind.value: {"$ref": f"#/components/messages/{kind}"}},
            }
            operations[name] = {
                "action": "send" if kind in DOWN else "receive",
                "channel": {"$ref": f"#/channels/{name}"},
                "bindings": {"mqtt": {"qos": 1, "retain": kind in RETAINED}},
            }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Đông Giang IOC, device link",
            "version": "1.0.0",
            "description": "Seen from the hub. A device frees a message on its receipt.",
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": {kind.value: _message(kind) for kind in Kind}},
    }


def _message(kind: Kind) -> dict[str, Any]:
    model = MODELS[kind]
    return {
        "name": kind.value,
        "title": model.__name__,
        "summary": (model.__doc__ or "").strip().splitlines()[0],
        "contentType": "application/octet-stream" if kind in BINARY else "application/json",
        "payload": {"$ref": f"./{kind}.schema.json"},
        "x-max-bytes": model.max_bytes,
        "x-numbered": issubclass(model, Numbered),
    }


def documents() -> dict[str, str]:
    """File name to text, of everything that is published."""
    files = {f"{kind}.schema.json": json_schema(kind) for kind in Kind}
    files["asyncapi.json"] = asyncapi()
    return {
        name: json.dumps(body, ensure_ascii=False, indent=2) + "\n" for name, body in files.items()
    }


def write(folder: Path) -> list[Path]:
    """Writes every document into `folder`; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in documents().items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "schema"))
