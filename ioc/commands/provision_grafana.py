"""`ioc provision grafana`."""

import base64
import json
from argparse import Namespace
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import yaml

from contracts.configuration import secret
from grafana import shipped
from hub import config as hub_config
from hub.config import Influx
from ioc.commands.provision_influx import GRAFANA, GRAFANA_FILE
from ioc.exits import Exit, complain
from ioc.servers import BadOptions, guarded, settle
from provisioning import grafana, grafana_files
from provisioning.grafana import Board, Content, Folder, Grafana, Server
from provisioning.grafana_boards import OVERWRITE
from provisioning.grafana_files import BOARDS, Place
from provisioning.grafana_source import silence

HEADER = "httpHeaderName1"
VALUE = "httpHeaderValue1"
TRUST, AUTHORITY = "tlsAuthWithCACert", "tlsCACert"
SOURCES = "provisioning/datasources/ioc.yaml"
PROVIDERS = "provisioning/dashboards/ioc.yaml"
RULES = "provisioning/alerting/ioc.yaml"


@guarded
def run(options: Namespace) -> int:
    settings = hub_config.load(options.config).influx
    if settings.api == "embedded":
        raise BadOptions(
            "influx.api is embedded: Grafana cannot read the hub's own store; set up InfluxDB "
            "first (ioc provision influx)"
        )
    url = (options.influx_url or settings.url).rstrip("/")
    authorization = _authorization(options, settings)
    if options.files is not None:
        return _by_files(options, settings, url, authorization)
    return _by_api(options, content(settings, url, authorization))


def _by_files(options: Namespace, settings: Influx, url: str, authorization: str) -> int:
    environment = {
        "IOC_INFLUX_URL": url,
        "IOC_INFLUX_DATABASE": settings.database,
        "IOC_INFLUX_AUTHORIZATION": authorization,
    }
    place = Place(settings=options.files, home=options.home)
    texts = {**shipped.files()}
    if pem := _authority(settings):
        texts[SOURCES] = _with_authority(texts[SOURCES], pem)
    changes = grafana_files.plan(place, texts, environment)
    return settle(str(options.files), changes, given=(), dry_run=options.dry_run)


def _authority(settings: Influx) -> str:
    """Who signs InfluxDB's certificate, PEM; nothing if the system knows."""
    return settings.ca_file.read_text(encoding="ascii") if settings.ca_file else ""


def _with_authority(text: str, pem: str) -> str:
    content = yaml.safe_load(text)
    for source in content["datasources"]:
        source["jsonData"][TRUST] = True
        source["secureJsonData"][AUTHORITY] = pem
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)


def _by_api(options: Namespace, wanted: Content) -> int:
    password = secret(options.admin_token_file, options.admin_token_env)
    if password is None:
        raise BadOptions("--url needs --admin-token-file or --admin-token-env")
    server = Server(
        url=options.url.rstrip("/"), secret=password, user=options.admin_user,
        ca_file=options.ca_file,
    )  # fmt: skip
    given = [OVERWRITE] if options.overwrite else []
    with closing(Grafana(server)) as running:
        plan = grafana.plan(running, wanted, open_to_all=options.open)
        for note in plan.notes:
            complain(note)
        code = settle(server.url, plan.changes, given=given, dry_run=options.dry_run)
        return code if options.dry_run else _heard(running, wanted, code)


def _heard(running: Grafana, wanted: Content, code: int) -> int:
    """Boards without figures are no success."""
    if not (why := silence(running, wanted.source["uid"])):
        return code
    complain(
        f"Grafana gets no answer of InfluxDB at {wanted.source['url']} ({why}): start it, or give "
        "the address as Grafana sees it with --influx-url, or the right --influx-token-file"
    )
    return Exit.FAILED


def content(settings: Influx, url: str, authorization: str) -> Content:
    """What is shipped, as the API takes it; a credential stands apart."""
    texts = shipped.files()
    folders = _folders(yaml.safe_load(texts[PROVIDERS])["providers"])
    [source] = yaml.safe_load(texts[SOURCES])["datasources"]
    secrets = {VALUE: authorization, AUTHORITY: _authority(settings)}
    secure = {name: value for name, value in secrets.items() if value}
    return Content(
        source=_source(source, url, settings.database, secure),
        secure=secure,
        folders=folders,
        boards=[
            Board(folder=Path(name).parent.name, model=json.loads(text))
            for name, text in texts.items()
            if name.startswith(BOARDS)
        ],
        rules=_rules(yaml.safe_load(texts[RULES])["groups"], folders),
    )


def _rules(groups: Iterable[dict[str, Any]], folders: Iterable[Folder]) -> list[dict[str, Any]]:
    """Of the form of files made that of the API: each rule names its group and folder."""
    by_title = {each.title: each.uid for each in folders}
    return [
        {
            **rule, "ruleGroup": group["name"], "folderUID": by_title[group["folder"]],
            "orgID": group["orgId"],
        }
        for group in groups
        for rule in group["rules"]
    ]  # fmt: skip


def _folders(providers: Iterable[dict[str, Any]]) -> list[Folder]:
    """The wall's comes first, and is for all."""
    return [
        Folder(uid=each["folderUid"], title=each["folder"], shared=number == 0)
        for number, each in enumerate(providers)
    ]


def _source(
    shown: dict[str, Any], url: str, database: str, secure: Mapping[str, str]
) -> dict[str, Any]:
    """What of a source may be seen; it tells Grafana which secrets there are."""
    source = {key: shown[key] for key in shown if key not in ("editable", "secureJsonData")}
    data = {**shown["jsonData"], "dbName": database}
    if VALUE not in secure:
        del data[HEADER]
    if AUTHORITY in secure:
        data[TRUST] = True
    return {**source, "url": url, "jsonData": data}


def _authorization(options: Namespace, settings: Influx) -> str:
    """The header's text; nothing where InfluxDB 1 asks nobody."""
    file = options.influx_token_file
    if file is None and settings.token_file is not None:
        file = settings.token_file.with_name(GRAFANA_FILE)
    if file is None:
        if settings.api != "v1":
            raise BadOptions(f"InfluxDB {settings.api[1:]} needs --influx-token-file")
        return ""
    if not file.exists():
        raise BadOptions(
            f"{file}: Grafana has no credential yet: run `ioc provision influx` first, or name "
            "one with --influx-token-file"
        )
    held = secret(file, None) or ""
    match settings.api:
        case "v1":
            user = options.influx_user or GRAFANA
            return "Basic " + base64.b64encode(f"{user}:{held}".encode()).decode()
        case "v2":
            return f"Token {held}"
        case _:
            return f"Bearer {held}"
