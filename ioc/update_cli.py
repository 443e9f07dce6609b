"""The commands of updates: `update …`, and `agent update`."""

from pathlib import Path

from ioc.parsing import Commands, Parser, command, group

SIGN = """
examples:
  ioc update sign dg-detector-int8.onnx --what model --version 4 --key release.pem
  ioc update sign nguong.toml --what configuration --version 7 --floor 6 --days 30 \\
      --key release.pem

Writes FILE.update.json: the signed manifest.  A detector is run on the reference picture of the
self-test and its scores are signed.  --version counts up; boxes that have proven this update take
none below --floor any more.
"""
AGENT_UPDATE = """
example:
  ioc agent update dg-detector-int8.onnx.update.json --config /etc/ioc/agent.toml

From a USB stick, on the box: checks signature, expiry, floor and file, tests it, adopts it.  A
running agent starts with it by itself and goes back by itself if it fails.
"""


def add(commands: "Commands[Parser]", agent: "Commands[Parser]") -> None:
    _sign(group(commands, "update", "signed updates of detectors and settings"))
    by_hand = command(
        agent, "update", "agent_update", "edge",
        about="takes a signed update from a file", epilog=AGENT_UPDATE,
    )  # fmt: skip
    by_hand.add_argument("offer", metavar="OFFER", help="the .update.json")
    by_hand.add_argument("--file", metavar="FILE", help="default: OFFER without .update.json")
    by_hand.add_argument("--config", required=True, metavar="FILE", help="TOML file")


def _sign(update: "Commands[Parser]") -> None:
    sign = command(
        update, "sign", "update_sign", "edge", about="signs a file for boxes", epilog=SIGN
    )
    sign.add_argument("file", metavar="FILE", help="an .onnx, or a .toml of settings")
    sign.add_argument("--what", required=True, choices=("model", "configuration"))
    sign.add_argument("--version", required=True, type=int, metavar="N", help="counts up")
    sign.add_argument("--name", default="", help="default: the file's")
    sign.add_argument(
        "--floor", type=int, default=0, metavar="N", help="oldest version taken after it; default 0"
    )
    sign.add_argument("--days", type=float, default=90, metavar="N", help="may be taken for: 90")
    sign.add_argument(
        "--ring", choices=("canary", "first", "all"), default="all",
        help="the most boxes that may take it; default: all",
    )  # fmt: skip
    sign.add_argument(
        "--tolerance", type=float, default=0.1, metavar="X", help="of the scores; default: 0.1"
    )
    sign.add_argument("--key", required=True, metavar="FILE", help="private key, PEM, mode 0600")
    sign.add_argument("--out", metavar="FILE", help="default: FILE.update.json")
    sign.add_argument("--passphrase-file", type=Path, metavar="FILE", help="of the key; first line")
    sign.add_argument("--passphrase-env", metavar="NAME", help="a variable that holds it")
