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
ROLL_OUT = """
examples:
  ioc update roll-out dg-detector-int8.onnx.update.json --config hub.toml
  ioc update roll-out nguong.toml.update.json --config hub.toml \\
      --ring canary=thap-prao --ring first=25% --ring all

Begins with the first ring; the running hub offers it, waits until its boxes ran it in health for
updates.soak_s, and goes on by itself.  If a box fails its self-test, or false alarms rise, it is
undone and an incident is opened.  Without --ring: canary=5%, first=25%, all.
"""
STATUS = """
example:
  ioc update status --config hub.toml

Roll-outs, newest first, and what each of their boxes says.
"""
HALT = """
example:
  ioc update halt 3 --config hub.toml --why 'báo nhầm nhiều ở Prao'

It goes no further; boxes keep what they run.  To go on, roll out the same file again.
"""
ROLL_BACK = """
example:
  ioc update roll-back 3 --config hub.toml --why 'báo nhầm nhiều ở Prao'

Every box of the roll-out is to run what it ran before, unless the floor of the update forbids it.
"""
AGENT_UPDATE = """
example:
  ioc agent update dg-detector-int8.onnx.update.json --config /etc/ioc/agent.toml

From a USB stick, on the box: checks signature, expiry, floor and file, tests it, adopts it.  A
running agent starts with it by itself and goes back by itself if it fails.
"""


def add(commands: "Commands[Parser]", agent: "Commands[Parser]") -> None:
    update = group(commands, "update", "signed updates of detectors and settings")
    _sign(update)
    _roll_out(update)
    by_hand = command(
        agent, "update", "agent_update", "edge",
        about="takes a signed update from a file", epilog=AGENT_UPDATE,
    )  # fmt: skip
    by_hand.add_argument("offer", metavar="OFFER", help="the .update.json")
    by_hand.add_argument("--file", metavar="FILE", help="default: OFFER without .update.json")
    by_hand.add_argument("--config", required=True, metavar="FILE", help="TOML file")


def _roll_out(update: "Commands[Parser]") -> None:
    begin = _at_the_hub(update, "roll-out", "update_roll_out", "begins with the canary", ROLL_OUT)
    begin.add_argument("offer", type=Path, metavar="OFFER", help="the .update.json")
    begin.add_argument(
        "--file", type=Path, metavar="FILE", help="default: OFFER without .update.json"
    )
    begin.add_argument(
        "--ring", action="append", default=[], metavar="RING[=WHO]",
        help="canary, first, all; WHO: names by commas, or N%%; may be repeated",
    )  # fmt: skip
    status = _at_the_hub(update, "status", "update_status", "shows how far it is", STATUS)
    status.add_argument("--limit", type=int, default=5, metavar="N", help="default: 5")
    for name, about, epilog in (
        ("halt", "goes no further", HALT), ("roll-back", "undoes it", ROLL_BACK),
    ):  # fmt: skip
        end = _at_the_hub(update, name, "update_end", about, epilog)
        end.add_argument("number", type=int, metavar="NUMBER", help="as status shows it")
        end.add_argument("--why", default="", metavar="TEXT", help="for the incident and the log")
        end.set_defaults(deed=name)


def _at_the_hub(
    update: "Commands[Parser]", name: str, module: str, about: str, epilog: str
) -> Parser:
    made = command(update, name, module, "hub", about=about, epilog=epilog)
    made.add_argument("--config", required=True, metavar="FILE", help="TOML file of the hub")
    return made


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
