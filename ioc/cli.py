"""The `ioc` command.  A room is imported only when its sub-command runs."""

import importlib
import logging
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

from ioc import care_cli, enrolment_cli, update_cli
from ioc.exits import Exit, complain
from ioc.leave import leave
from ioc.parsing import Commands, Parser
from ioc.parsing import command as _command
from ioc.parsing import group as _group

PACKAGE = "dong-giang-ioc"
OURS = ("contracts", "edge_agent", "hub", "ioc", "models", "provisioning")
LEVELS = ("debug", "info", "warning", "error")

EXITS = """
exit codes:
  0    done; a service that was asked to end (Ctrl-C, SIGTERM) ended in order
  1    failed; the reason is the last line on stderr
  2    the command line is wrong
  69   a server that the command needs (InfluxDB, Grafana) does not answer
  76   such a server is not what it must be: TLS, another product, too old
  77   such a server refuses the credential, or the credential may not do this
  78   a configuration file is wrong, each wrong key is named; or the built-in detector is broken
  130  interrupted by Ctrl-C before it was done
"""

MAIN = f"""
examples:
  ioc demo                                a fire from camera to phone, on this machine
  ioc check-config hub.toml agent.toml    what is wrong with these files, if anything
  ioc hub run --config hub.toml           the centre
  ioc agent run --config agent.toml       a box at its cameras
  ioc model evaluate --data pictures/     how good the detector is on your own recordings
{EXITS}"""

DEMO = f"""
examples:
  ioc demo                                two towers and a street camera on a rendered scene
  ioc demo --video smoke.mp4              your clip, as a street camera
  ioc demo --video pictures/ --pace 0.2   a folder as time-lapse, five pictures a second
  IOC_VIDEO_PASSWORD=… ioc demo --video 'rtsp://user:{{password}}@10.0.0.7/main' --scene tower
  ioc demo --headless --seconds 90 --until-incident --json
                                          for scripts: 0 = a picture of a fire reached the phone

It needs no root and no internet, listens on loopback only, and ends with Ctrl-C.
{EXITS}"""

CHECK = f"""
examples:
  ioc check-config hub.toml
  ioc check-config --as agent box-7.toml

Hub and agent files are told apart by their keys.  Nothing is started and no secret is shown.
{EXITS}"""

HUB_RUN = f"""
examples:
  ioc hub run --config hub.toml
  ioc --log-level debug hub run --config hub.toml

Runs in the foreground until Ctrl-C or SIGTERM; logs go to stderr.
{EXITS}"""

AGENT_RUN = f"""
examples:
  ioc agent run --config agent.toml

Runs in the foreground until Ctrl-C or SIGTERM; logs go to stderr.
{EXITS}  70   a thread that sees is dead or stuck; the service manager should start it anew
"""

MODEL_KEYGEN = """
example:
  ioc model keygen --out release.pem      writes release.pem (private, mode 0600) and release.pub

Nothing is overwritten.  Give the .pub to the boxes: detector.trusted_keys = ["release.pub"].
"""

MODEL_SIGN = """
examples:
  ioc model sign weights/ --key release.pem
  IOC_PASSPHRASE=… ioc model sign weights/ --key release.pem --passphrase-env IOC_PASSPHRASE

Writes manifest.json and manifest.json.sig over every .onnx of the folder.
"""

MODEL_VERIFY = """
examples:
  ioc model verify                                    the detector that is built in
  ioc model verify weights/ --trust rangers.pub
  ioc model verify /etc/ioc/detector.onnx

Ends with 0 if the signature is of a trusted key and every byte is as signed, else with 1 and why.
"""

QUARANTINE_LIST = """
example:
  ioc hub quarantine list --config hub.toml --limit 20

Messages that could not be read or used are kept raw, with the reason.
"""

QUARANTINE_REPLAY = """
examples:
  ioc hub quarantine replay --config hub.toml 17 18
  ioc hub quarantine replay --config hub.toml --all

After what was wrong is mended (a release, a clock, a rule).  What still cannot be used stays.
"""

USER_ADD = """
examples:
  ioc hub user add --config hub.toml lan              asks for the password twice
  pass show ioc/lan | ioc hub user add --config hub.toml lan

A password is never an argument: arguments are visible to everybody on the machine.
"""

EXPORT = """
example:
  ioc contracts export schema/            JSON Schema of each message, and asyncapi.json
"""

CATALOGUE_LIST = """
examples:
  ioc catalogue list
  ioc catalogue list --subsystem education --folder /etc/ioc/catalogue

The indicators in force today.
"""

CATALOGUE_SHOW = """
example:
  ioc catalogue show public-services.on-time

Formula, target, bands, grounds, advice and the measures of an indicator, each of its versions.
"""

CATALOGUE_CHECK = """
examples:
  ioc catalogue check                     the catalogue that is shipped
  ioc catalogue check /etc/ioc/catalogue  with the files of a folder of your own

Ends with 78 if a file is wrong; file, key, value and remedy are named, one fault a line.
"""

SIMULATE = f"""
examples:
  ioc simulate --units /etc/ioc/catalogue
                                          writes the invented units; then restart the hub
  ioc simulate --days 60 --hub http://127.0.0.1:8080 --token-file simulate.token
  ioc simulate --days 60 --config hub.toml
                                          into the records of this machine, figures computed
  ioc simulate --days 30 --hub http://127.0.0.1:8080 --config hub.toml --live
                                          makes a token of its own and goes on in real time
  ioc simulate --days 7 --out drop/       CSV files as a district would drop them

Schools, dossiers, diseases, cameras, online texts, fire danger, documents, citizens' reports and
the plan of an invented district, from a seed: the same seed tells the same, and what is sent
again is recognised.  Everything is marked as demo, in the records and by its name.
{EXITS}"""

RIGHTS_ADD = """
examples:
  ioc token add one-stop --config hub.toml --may case --subsystem public-services
  ioc token add school-7 --config hub.toml --may observation --unit truong-7 --out school.token
  ioc token add simulate --config hub.toml --may observation,case,mention --demo --out sim.token

The token is shown this once, or written to a new file that its owner alone can read; the hub
keeps a digest.  Give the least: the kinds, subsystems and units that its user has.
"""

RIGHTS_LIST = """
example:
  ioc token list --config hub.toml

What each may, until when, and when it was last used.  No token is shown.
"""

RIGHTS_REVOKE = """
example:
  ioc token revoke school-7 --config hub.toml

At once, also for a hub that runs.
"""

MODEL_EXITS = """
exit codes:
  0    done
  1    operating-point: no scene's recordings are long enough to show the rate that was asked for
  2    the command line, the data or a model is wrong; the file and the remedy are named
  130  interrupted by Ctrl-C; nothing was written
"""

EVALUATE = f"""
examples:
  ioc model evaluate --data pictures/ --split test --page test.html --json test.json
  ioc model evaluate --data ours/ --peer yolo11n.onnx

A folder holds manifest.csv with the columns path and labelled (which classes were looked for:
smoke+fire, fire, smoke; or unverified), and beside each picture in which something burns a
name.txt with a line `class cx cy w h` a box, fractions of the picture, class 0 smoke, 1 fire.
More columns: split, group (one camera or video), source, scene.  What else it may hold:

  tower_series.csv   series,minute,path,boxes: frames of one camera in their order, and how many
                     boxes are in each; also camera, split, pre_ignition
  videos/            clips; nofire*: nothing burns in it; *tower*: confirmed as a tower's

What the folder does not hold is said, and no figure is made of it.
{MODEL_EXITS}"""

OPERATING_POINT = f"""
examples:
  ioc model operating-point --data ours/ --split val --false-alarms-per-day 1
  ioc model operating-point --data ours/ --split val --false-alarms-per-day 2 --interval 1

Plays recordings without fire (series before the onset, stills known to be empty, nofire clips)
through the confirmation and looks for each scene's lowest opening thresholds that keep the false
alarms of a camera within the rate; says what they cost in fires raised and in delay, at half, at
once and at twice the rate, and what rate so few hours can show at all.  Prints lines for the
[[camera]] sections of agent.toml.  Choose on recordings of your own, never on those that you will
judge by.
{MODEL_EXITS}"""

IMPORT_PREVIEW = """
examples:
  ioc import preview diem-danh-2026-04-01.csv --mapping attendance
  ioc import preview ho-so.xlsx --mapping dossiers --errors loi.xlsx
  ioc import preview bao-cao.xlsx --mapping ours/bao-cao.yaml --rows 50

Reads the whole file as the hub would and shows what would be stored; stores nothing and needs no
server.  --mapping is a YAML file or the name of a shipped one: attendance, documents, dossiers,
health-daily, mentions, socio-economic.  --errors writes every error with row, column, value and
remedy (.xlsx or .csv), to send back to whoever made the file.

exit codes:
  0    every row can be taken
  1    something is wrong: nothing of the file would be taken
  2    the command line is wrong, or the file cannot be read
  78   the mapping is wrong; its key and the remedy are named
"""

REPORT_MAKE = f"""
examples:
  ioc report make --period day --out hom-qua.pdf --config hub.toml
  ioc report make --period month --at 2026-03-15 --out thang-3.xlsx --config hub.toml

The report of the period that holds the day --at; without it, of the last one that has ended.  The
ending of --out says what is written: .pdf, .xlsx or .html.  A hub may run meanwhile; nothing is
kept in its archive and nothing is sent.
{EXITS}"""

PHONE = """
example:
  ioc phone run --secret-file secret --port 8090 --console http://127.0.0.1:8080

The page that plays the phone in the demo: verifies webhooks and shows them.  Loopback only.
"""


def _config(parser: Parser) -> None:
    parser.add_argument("--config", required=True, metavar="FILE", help="TOML file")


def parser() -> Parser:
    """The whole command line."""
    top = Parser(
        prog="ioc",
        description="Đông Giang IOC: from a camera that sees smoke to an officer's phone.",
        epilog=MAIN,
    )
    top.add_argument("--version", action="version", version=f"ioc {version(PACKAGE)}")
    top.add_argument("--log-level", choices=LEVELS, default="info", help="default: info")
    commands = top.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    _demo(commands)
    _hub(_group(commands, "hub", "the centre: run it, look into it"))
    agent = _group(commands, "agent", "the box at the cameras")
    _agent(agent)
    enrolment_cli.add(commands, agent)
    update_cli.add(commands, agent)
    check = _command(
        commands, "check-config", "check_config", "edge,hub",
        about="says what is wrong with configuration files", epilog=CHECK,
    )  # fmt: skip
    check.add_argument("file", nargs="+", metavar="FILE", help="hub or agent TOML files")
    check.add_argument("--as", dest="kind", choices=("hub", "agent"), help="do not guess")
    _model(_group(commands, "model", "the detector: judge it, set it, sign it, verify it"))
    contracts = _group(commands, "contracts", "the wire between boxes and hub")
    export = _command(
        contracts, "export", "contracts_export", "",
        about="writes JSON Schema and AsyncAPI of the device link", epilog=EXPORT,
    )  # fmt: skip
    export.add_argument("folder", metavar="FOLDER", help="is made if it does not exist")
    _import(_group(commands, "import", "tables of other systems and offices"))
    _catalogue(_group(commands, "catalogue", "indicators: what is measured and how it is judged"))
    _simulate(commands)
    _token(_group(commands, "token", "who may hand in what by the HTTP API"))
    _report(_group(commands, "report", "daily, weekly and monthly reports"))
    _phone(_group(commands, "phone", "a stand-in for the officer's phone"))
    return top


def _demo(commands: "Commands[Parser]") -> None:
    demo = _command(
        commands, "demo", "demo", "demo",
        about="a forest fire from camera to phone, on this machine", epilog=DEMO,
    )  # fmt: skip
    demo.add_argument("--video", metavar="WHAT", help="file, URL or folder instead of the scene")
    demo.add_argument("--scene", choices=("tower", "street"), help="what the video's camera is")
    demo.add_argument(
        "--pace", type=float, metavar="S", help="seconds for each picture of a folder: 0.5"
    )
    demo.add_argument("--state", metavar="DIR", help="keep everything in DIR and go on from it")
    demo.add_argument("--keep", action="store_true", help="do not delete the temporary folder")
    demo.add_argument("--port", type=int, default=8080, help="of the console; default: 8080")
    demo.add_argument("--open", action="store_true", help="open the pages in a browser")
    demo.add_argument(
        "--without-district", action="store_true",
        help="cameras only: no simulated data of the other subsystems (headless never has any)",
    )  # fmt: skip
    demo.add_argument("--headless", action="store_true", help="for scripts; end after --seconds")
    demo.add_argument("--seconds", type=float, default=90, metavar="N", help="headless: default 90")
    demo.add_argument(
        "--until-incident", action="store_true", help="headless: end at the first proven alarm"
    )
    demo.add_argument("--json", action="store_true", help="headless: figures as JSON on stdout")


def _hub(commands: "Commands[Parser]") -> None:
    _config(_command(commands, "run", "hub_run", "hub", about="runs the hub", epilog=HUB_RUN))
    care_cli.add_to_hub(commands)
    held = _group(commands, "quarantine", "messages that could not be used")
    listed = _command(
        held, "list", "quarantine_list", "hub", about="shows them", epilog=QUARANTINE_LIST
    )
    _config(listed)
    listed.add_argument("--limit", type=int, default=100, metavar="N", help="default: 100")
    replay = _command(
        held, "replay", "quarantine_replay", "hub", about="tries again", epilog=QUARANTINE_REPLAY
    )
    _config(replay)
    replay.add_argument("number", nargs="*", type=int, metavar="NUMBER", help="as list shows it")
    replay.add_argument("--all", action="store_true", help="everything that is held")
    users = _group(commands, "user", "operators of the console")
    add = _command(
        users, "add", "user_add", "hub", about="adds an operator, or changes a password",
        epilog=USER_ADD,
    )  # fmt: skip
    _config(add)
    add.add_argument("name", metavar="NAME", help="the operator's name at the console")


def _agent(commands: "Commands[Parser]") -> None:
    _config(_command(commands, "run", "agent_run", "edge", about="runs the box", epilog=AGENT_RUN))


def _model(commands: "Commands[Parser]") -> None:
    _judging(commands)
    keygen = _command(
        commands, "keygen", "model_keygen", "edge",
        about="makes a key pair for signing detectors", epilog=MODEL_KEYGEN,
    )  # fmt: skip
    keygen.add_argument("--out", required=True, metavar="FILE", help="the private key, PEM")
    sign = _command(
        commands, "sign", "model_sign", "edge,model",
        about="writes and signs the manifest of a folder of weights", epilog=MODEL_SIGN,
    )  # fmt: skip
    sign.add_argument("folder", metavar="FOLDER", help="with the .onnx files")
    sign.add_argument("--key", required=True, metavar="FILE", help="private key, PEM, mode 0600")
    sign.add_argument("--released", metavar="DATE", help="YYYY-MM-DD; default: today (UTC)")
    for each in (keygen, sign):
        each.add_argument("--passphrase-file", type=Path, metavar="FILE", help="its first line")
        each.add_argument("--passphrase-env", metavar="NAME", help="a variable that holds it")
    verify = _command(
        commands, "verify", "model_verify", "edge",
        about="says what weights are and who signed them", epilog=MODEL_VERIFY,
    )  # fmt: skip
    verify.add_argument(
        "weights", nargs="?", metavar="WEIGHTS", help="file or folder; default: the built-in one"
    )
    verify.add_argument(
        "--trust", action="append", default=[], metavar="PUB", help="a public key; may be repeated"
    )


def _judging(commands: "Commands[Parser]") -> None:
    evaluate = _command(
        commands, "evaluate", "model_evaluate", "demo",
        about="judges detectors on a folder of pictures, series and clips", epilog=EVALUATE,
    )  # fmt: skip
    _pictures(evaluate)
    evaluate.add_argument(
        "--weights", action="append", metavar="FILE",
        help="a detector of ours; may be repeated; the built-in one if absent",
    )  # fmt: skip
    evaluate.add_argument(
        "--peer", action="append", default=[], metavar="FILE",
        help="a YOLO export with the classes smoke and fire, judged beside ours",
    )  # fmt: skip
    evaluate.add_argument("--size", type=int, metavar="PX", help="long side; the file's own")
    evaluate.add_argument("--json", metavar="FILE", help="write the figures there too")
    evaluate.add_argument("--page", metavar="FILE", help="write a page with curves and mistakes")
    point = _command(
        commands, "operating-point", "model_operating_point", "edge",
        about="chooses opening thresholds for a rate of false alarms", epilog=OPERATING_POINT,
    )  # fmt: skip
    _pictures(point)
    point.add_argument("--weights", metavar="FILE", help="a detector; the built-in one if absent")
    point.add_argument(
        "--false-alarms-per-day", type=float, required=True, metavar="N", help="of one camera"
    )
    point.add_argument(
        "--interval", type=float, metavar="S",
        help="play series as if their frames were S seconds apart, as the camera will look",
    )  # fmt: skip


def _pictures(parser: Parser) -> None:
    parser.add_argument("--data", required=True, metavar="FOLDER", help="holds a manifest.csv")
    parser.add_argument(
        "--split",
        default="val",
        metavar="NAME",
        help="of the manifest, or several: train,val; default: val",
    )


def _import(commands: "Commands[Parser]") -> None:
    preview = _command(
        commands, "preview", "import_preview", "hub",
        about="shows what a CSV or XLSX file would bring, and what is wrong with it",
        epilog=IMPORT_PREVIEW,
    )  # fmt: skip
    preview.add_argument("file", metavar="FILE", help="CSV or XLSX")
    preview.add_argument("--mapping", required=True, metavar="M", help="YAML file, or a name")
    preview.add_argument("--mappings", metavar="DIR", help="where names are looked for first")
    preview.add_argument("--errors", metavar="FILE", help="write the errors there (.xlsx, .csv)")
    preview.add_argument(
        "--rows", type=int, default=10, metavar="N", help="records to show; default: 10"
    )


def _catalogue(commands: "Commands[Parser]") -> None:
    listed = _command(
        commands, "list", "catalogue_list", "hub", about="lists indicators", epilog=CATALOGUE_LIST
    )
    listed.add_argument("--subsystem", metavar="ID", help="only those of a subsystem")
    show = _command(
        commands, "show", "catalogue_show", "hub", about="all of one", epilog=CATALOGUE_SHOW
    )
    show.add_argument("id", metavar="ID", help="an indicator, as list shows it")
    for each in (listed, show):
        each.add_argument("--folder", metavar="FOLDER", help="catalogue files of your own")
    check = _command(
        commands, "check", "catalogue_check", "hub",
        about="says what is wrong with catalogue files", epilog=CATALOGUE_CHECK,
    )  # fmt: skip
    check.add_argument("folder", nargs="?", metavar="FOLDER", help="files of your own")


def _simulate(commands: "Commands[Parser]") -> None:
    made = _command(
        commands, "simulate", "simulate", "hub",
        about="a simulated district for every subsystem", epilog=SIMULATE,
    )  # fmt: skip
    made.add_argument("--days", type=int, default=60, metavar="N", help="back from now: 60")
    made.add_argument("--seed", type=int, default=7, metavar="N", help="default: 7")
    made.add_argument(
        "--scale", type=float, default=0.02, metavar="X",
        help="1: a full district, 50,000 cases and 100,000 texts in 60 days; default: 0.02",
    )  # fmt: skip
    made.add_argument("--until", metavar="DATE", help="last day, YYYY-MM-DD; default: until now")
    made.add_argument("--live", action="store_true", help="go on in real time")
    made.add_argument("--hub", metavar="URL", help="hand in by the HTTP API of this console")
    made.add_argument("--token-file", metavar="FILE", help="a token with the right to demo data")
    made.add_argument(
        "--config", metavar="FILE",
        help="hub.toml: into its records; with --hub only for a token",
    )  # fmt: skip
    made.add_argument("--out", metavar="FOLDER", help="write CSV files instead")
    made.add_argument("--units", metavar="FOLDER", help="write the catalogue of the units, no more")
    made.add_argument(
        "--without-computed", action="store_true",
        help="leave out what the hub reckons or watches itself",
    )  # fmt: skip


def _token(commands: "Commands[Parser]") -> None:
    add = _command(commands, "add", "token_add", "hub", about="makes a token", epilog=RIGHTS_ADD)
    add.add_argument("name", metavar="NAME", help="of the system that will use it")
    add.add_argument(
        "--may", required=True, metavar="KINDS", help="of observation,case,mention, by commas"
    )
    for what in ("subsystem", "unit"):
        add.add_argument(
            f"--{what}", action="append", default=[], metavar="ID",
            help="only of this one; may be repeated; default: all",
        )  # fmt: skip
    add.add_argument("--days", type=int, default=365, metavar="N", help="valid for: 365")
    add.add_argument("--demo", action="store_true", help="all that it hands in is marked as demo")
    add.add_argument("--out", metavar="FILE", help="write it there, mode 0600, a new file")
    _config(add)
    _config(_command(commands, "list", "token_list", "hub", about="lists them", epilog=RIGHTS_LIST))
    revoke = _command(
        commands, "revoke", "token_revoke", "hub", about="takes one back", epilog=RIGHTS_REVOKE
    )
    revoke.add_argument("name", metavar="NAME", help="as list shows it")
    _config(revoke)


def _report(commands: "Commands[Parser]") -> None:
    make = _command(
        commands, "make", "report_make", "hub", about="writes one to a file", epilog=REPORT_MAKE
    )
    _config(make)
    make.add_argument("--period", required=True, choices=("day", "week", "month"), help="how long")
    make.add_argument("--at", metavar="DATE", help="a local day of the period, YYYY-MM-DD")
    make.add_argument("--out", required=True, metavar="FILE", help=".pdf, .xlsx or .html")


def _phone(commands: "Commands[Parser]") -> None:
    run = _command(commands, "run", "phone_run", "hub", about="runs the page", epilog=PHONE)
    run.add_argument("--secret-file", required=True, metavar="FILE", help="key of the signature")
    run.add_argument("--port", type=int, required=True, help="on 127.0.0.1")
    run.add_argument("--console", required=True, metavar="URL", help="the hub's console")
    run.add_argument("--journal", metavar="FILE", help="remember calls there")


class OneLine(logging.Formatter):
    """Whatever a stranger named a file or a client: a message is one line and moves no cursor."""

    converter = staticmethod(time.gmtime)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (logging's name)
        said = super().formatMessage(record)
        return said if said.isprintable() else "".join(map(_visible, said))


def _visible(character: str) -> str:
    return character if character.isprintable() else ascii(character)[1:-1]


def _log_to_stderr(level: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(
        OneLine("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
    )
    logging.basicConfig(level=level.upper(), handlers=[handler])
    for chatty in ("httpx", "httpcore", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; the exit code."""
    options = parser().parse_args(arguments)
    _log_to_stderr(options.log_level)
    try:
        return int(importlib.import_module(f"ioc.commands.{options.module}").run(options))
    except ModuleNotFoundError as missing:
        if not options.extra or str(missing.name).partition(".")[0] in OURS:
            raise
        complain(
            f"this command needs the package {missing.name!r}: "
            f"run pip install '{PACKAGE}[{options.extra}]'"
        )
        return Exit.FAILED
    except KeyboardInterrupt:
        complain("interrupted")
        return Exit.INTERRUPTED


def command() -> NoReturn:
    """The installed command."""
    leave(main())


if __name__ == "__main__":
    command()
