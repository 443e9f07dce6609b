"""The commands of who keeps the hub alive: backup, restore, health."""

from pathlib import Path

from ioc.parsing import Commands, Parser, command

KEEP = 14

HUB_BACKUP = """
example:
  ioc hub backup --config /etc/ioc/hub.toml --out /var/lib/ioc-backup/hub --keep 14

Records (SQLite online backup, or pg_dump), the embedded series and the settings with the secrets
that they name: keep the folder as you keep those.  The hub may run meanwhile and loses nothing.
Series in an InfluxDB: `influx backup` of InfluxDB itself.  Ends with 1 if anything is missing.
"""
HUB_RESTORE = """
example:
  ioc hub restore /var/lib/ioc-backup/hub/2026-11-28T02-30-00Z --config /etc/ioc/hub.toml --replace

The hub must be stopped.  Every file is checked first; what was there is set aside, not deleted.
The settings are not touched: they lie in settings/ of the backup.
"""
HUB_HEALTH = """
example:
  ioc hub health --config /etc/ioc/hub.toml       0: well; 1: not, and each reason on a line

Asks the hub that runs on this machine.
"""
CA_BACKUP = """
example:
  ioc ca backup --out /var/lib/ioc-backup/ca --keep 30

Keys are in it as they lie in the folder: encrypted, if they have a passphrase.
"""
CA_RESTORE = """
example:
  ioc ca restore /var/lib/ioc-backup/ca/2026-11-28T02-15-00Z

Into a folder that is empty.  Boxes that were enrolled since the backup are enrolled anew.
"""


def add_to_hub(hub: "Commands[Parser]") -> None:
    backup = command(hub, "backup", "hub_backup", "hub", about="makes a backup", epilog=HUB_BACKUP)
    _out(backup)
    restore = command(
        hub, "restore", "hub_restore", "hub", about="puts a backup back", epilog=HUB_RESTORE
    )
    restore.add_argument("backup", type=Path, metavar="FOLDER", help="one backup")
    restore.add_argument("--replace", action="store_true", help="set aside what is there")
    health = command(hub, "health", "hub_health", "hub", about="how it is", epilog=HUB_HEALTH)
    for each in (backup, restore, health):
        each.add_argument("--config", required=True, metavar="FILE", help="TOML file")


def add_to_ca(ca: "Commands[Parser]") -> None:
    extra = "provisioning"
    backup = command(ca, "backup", "ca_backup", extra, about="makes a backup", epilog=CA_BACKUP)
    _out(backup)
    restore = command(
        ca, "restore", "ca_restore", extra, about="puts a backup back", epilog=CA_RESTORE
    )
    restore.add_argument("backup", type=Path, metavar="FOLDER", help="one backup")
    for each in (backup, restore):
        each.add_argument(
            "--authority", type=Path, metavar="DIR", help="default: $IOC_AUTHORITY, /var/lib/ioc-ca"
        )


def _out(parser: Parser) -> None:
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="backups go there")
    parser.add_argument(
        "--keep", type=int, default=KEEP, metavar="N", help=f"the newest N stay; default: {KEEP}"
    )
