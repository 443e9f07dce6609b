"""`ioc provision influx`."""

from argparse import Namespace
from pathlib import Path

from contracts.configuration import ConfigError, secret
from hub import config as hub_config
from hub.config import Influx
from ioc.exits import complain
from ioc.servers import BadOptions, guarded, settle
from provisioning import influx
from provisioning.influx import NEW_TOKENS, SHORTEN, Holder, Server
from provisioning.tiers import Tiers

HUB, GRAFANA = "ioc-hub", "ioc-grafana"
"""Names of the two; the hub's on 1.x is `influx.username`."""
GRAFANA_FILE = "grafana-influx.token"


@guarded
def run(options: Namespace) -> int:
    settings = hub_config.load(options.config).influx
    tiers = Tiers.of(
        raw=options.raw_days, hourly=options.hourly_days, daily=options.daily_days
    )  # fmt: skip
    server = _server(options, settings)
    holders = _holders(options, settings)
    changes = influx.plan(server, tiers, holders)
    for note in influx.notes(server, holders):
        complain(note)
    given = [
        name for name, on in ((SHORTEN, options.shorten), (NEW_TOKENS, options.new_tokens)) if on
    ]
    return settle(server.url, changes, given=given, dry_run=options.dry_run)


def _server(options: Namespace, settings: Influx) -> Server:
    if settings.api not in ("v1", "v2"):
        raise ConfigError(
            file=options.config, key="influx.api", value=settings.api,
            remedy="only v1 and v2 are provisioned: the embedded store needs nothing, and of "
            "InfluxDB 3 its own command makes the database and the token",
        )  # fmt: skip
    admin = secret(options.admin_token_file, options.admin_token_env)
    if settings.api == "v2" and admin is None:
        raise BadOptions("InfluxDB 2 needs --admin-token-file or --admin-token-env")
    if options.admin_user and admin is None:
        raise BadOptions("--admin-user needs --admin-token-file or --admin-token-env")
    return Server(
        api=settings.api, url=settings.url.rstrip("/"), database=settings.database, secret=admin,
        org=settings.org, admin=options.admin_user,
        ca_file=options.ca_file or settings.ca_file,
    )  # fmt: skip


def _holders(options: Namespace, settings: Influx) -> list[Holder]:
    if settings.api == "v1" and not settings.username:
        complain("influx.username is not set: no users are made, hub and Grafana come unnamed")
        return []
    hub_file: Path | None = options.hub_token_file or settings.token_file
    if hub_file is None:
        raise ConfigError(
            file=options.config, key="influx.token_file", value=None,
            remedy="name the file that the hub's credential goes to, or give --hub-token-file",
        )  # fmt: skip
    grafana_file: Path = options.grafana_token_file or hub_file.with_name(GRAFANA_FILE)
    return [
        Holder(user=settings.username or HUB, file=hub_file, writes=True),
        Holder(user=GRAFANA, file=grafana_file, writes=False),
    ]
