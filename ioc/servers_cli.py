"""The commands that set up the servers beside the hub: `provision influx`, `provision grafana`."""

from pathlib import Path

from ioc.parsing import Commands, Parser, command

EXITS = """
exit codes:
  0    everything is as it should be, or was made so; with --dry-run: the plan was shown
  1    something was left because it loses what a person made; the option that allows it is named
  2    the command line is wrong
  69   the server does not answer
  76   it is no such server, too old, or its TLS cannot be trusted
  77   it refuses the credential (401), or the credential may not do this (403)
  78   the hub's configuration is wrong; key and remedy are named
"""

INFLUX = f"""
examples:
  ioc provision influx --config hub.toml --admin-token-file admin.token --dry-run
                                  what would change, and nothing else
  ioc provision influx --config hub.toml --admin-token-file admin.token
                                  2.x: organisation, buckets, DBRP mappings, tasks, two tokens
  ioc provision influx --config hub.toml --admin-user admin --admin-token-env INFLUX_PASSWORD
                                  1.x: database, retention policies, continuous queries, two users

Address, database, organisation and the hub's credential are those of [influx] in the hub's
configuration.  The hub may write and read the raw points, Grafana may read: two credentials in
two files of mode 0600, shown nowhere.  Raw points are what boards read; hourly and daily ones
(policies `hourly` and `daily`) are kept for the years beyond.  Safe to run again: what is as it
should be is left alone, and a run that changes nothing says so.
{EXITS}"""

GRAFANA = f"""
examples:
  ioc provision grafana --config hub.toml --files /etc/grafana
                                  a new Grafana: everything that it reads at its start
  ioc provision grafana --config hub.toml --url http://127.0.0.1:3000 \\
      --admin-token-file grafana.token --dry-run
                                  a running one: what would change, each board as a diff
  ioc provision grafana --config hub.toml --url https://grafana.donggiang.example \\
      --admin-user admin --admin-token-env GRAFANA_PASSWORD --ca-file ca.crt

Data source, folders, boards and the alert that the hub is silent.  Figures come from the InfluxDB
of [influx] in the hub's configuration, with the credential that `ioc provision influx` made for
Grafana.  A folder is seen by the team of its subsystem (`IOC …`) and by the team `IOC trực ban`;
the wall by everybody.  Put people into teams in Grafana; what you gave to single persons stays.

Only what differs is written.  A board that somebody edited in Grafana is named, and kept until
--overwrite; its version stays in Grafana's history.  Safe to run again.
{EXITS}"""


def add(provision: "Commands[Parser]") -> None:
    _influx(provision)
    _grafana(provision)


def _influx(provision: "Commands[Parser]") -> None:
    influx = command(
        provision, "influx", "provision_influx", "hub,provisioning",
        about="InfluxDB: where points are kept, how long, and who may", epilog=INFLUX,
    )  # fmt: skip
    _hub(influx)
    influx.add_argument("--admin-user", metavar="NAME", help="1.x, where a password is asked")
    _secret(influx, "--admin-token", "of an administrator: token, or password of --admin-user")
    influx.add_argument(
        "--hub-token-file", type=Path, metavar="FILE",
        help="where the hub's credential is or goes; default: influx.token_file",
    )  # fmt: skip
    influx.add_argument(
        "--grafana-token-file", type=Path, metavar="FILE",
        help="where Grafana's goes; default: grafana-influx.token beside the hub's",
    )  # fmt: skip
    for tier, kept in (("raw", "400"), ("hourly", "1830"), ("daily", "0")):
        influx.add_argument(
            f"--{tier}-days", type=int, default=int(kept), metavar="N",
            help=f"keep {tier} points; 0: for ever; default: {kept}",
        )  # fmt: skip
    influx.add_argument("--shorten", action="store_true", help="may delete points now too old")
    influx.add_argument(
        "--new-tokens", action="store_true", help="may overwrite a file with another good token"
    )
    _common(influx, "; default: influx.ca_file")


def _grafana(provision: "Commands[Parser]") -> None:
    grafana = command(
        provision, "grafana", "provision_grafana", "hub,provisioning",
        about="Grafana: data source, folders and who sees them, boards, watchdog", epilog=GRAFANA,
    )  # fmt: skip
    _hub(grafana)
    way = grafana.add_mutually_exclusive_group(required=True)
    way.add_argument("--files", type=Path, metavar="DIR", help="of a new one: its /etc/grafana")
    way.add_argument("--url", metavar="URL", help="of a running one")
    grafana.add_argument(
        "--home", type=Path, metavar="DIR", default=Path("/usr/share/grafana"),
        help="with --files: where its folder public is, for our maps; default: /usr/share/grafana",
    )  # fmt: skip
    grafana.add_argument("--admin-user", metavar="NAME", help="log in with a password")
    _secret(grafana, "--admin-token", "a service account's (role Admin), or the password")
    grafana.add_argument("--influx-url", metavar="URL", help="if Grafana sees it elsewhere")
    grafana.add_argument(
        "--influx-token-file", type=Path, metavar="FILE",
        help="default: grafana-influx.token beside influx.token_file",
    )  # fmt: skip
    grafana.add_argument("--influx-user", metavar="NAME", help="1.x; default: ioc-grafana")
    grafana.add_argument(
        "--open", action="store_true", help="everybody who may log in sees every folder"
    )
    grafana.add_argument(
        "--overwrite", action="store_true", help="may overwrite boards that were edited by hand"
    )
    _common(grafana)


def _hub(parser: Parser) -> None:
    parser.add_argument(
        "--config", required=True, type=Path, metavar="FILE", help="the hub's TOML file"
    )


def _common(parser: Parser, default: str = "") -> None:
    parser.add_argument(
        "--ca-file", type=Path, metavar="FILE", help=f"who signs its certificate, PEM{default}"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would change; write nothing"
    )


def _secret(parser: Parser, option: str, whose: str) -> None:
    parser.add_argument(f"{option}-file", type=Path, metavar="FILE", help=f"{whose}; first line")
    parser.add_argument(f"{option}-env", metavar="NAME", help="a variable that holds it")
