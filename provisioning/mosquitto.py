"""Mosquitto's settings and access list, written from the registry; the one truth about them.

Who holds a certificate of ours is whom its common name says (`use_identity_as_username`).  An
access list beats a revocation list in one thing: it is asked for each message, so a revoked
device that is still connected falls silent at the broker's next SIGHUP.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from contracts import topics
from contracts.evidence import Evidence

MESSAGES_IN_FLIGHT = 1000
"""Unacknowledged messages to one subscriber; the usual 20 ties group commit to the disk."""
MESSAGES_QUEUED = 1_000_000
"""Never 0: unlimited is broken in 2.0.16 to 2.0.21."""
PACKET_BYTES = 524_288
"""The largest evidence picture of the contract, with its header."""
assert Evidence.max_bytes < PACKET_BYTES
PORT = 8883
CONF, ACL, CRL = "ioc.conf", "ioc.acl", "revoked.crl"
CA, CERT, KEY = "ca.crt", "broker.crt", "broker.key"

SETTINGS = """\
# Mosquitto 2.0 for the device link, written by `ioc provision broker`: change it there.
# `mosquitto -c` this file: not by include_dir, for Debian's own file sets some of it, too, and
# Mosquitto refuses that.  A device is its certificate's name.

listener {port}
cafile {there}/ca.crt
certfile {there}/broker.crt
keyfile {there}/broker.key
crlfile {there}/revoked.crl
tls_version tlsv1.2
require_certificate true
use_identity_as_username true
allow_anonymous false
acl_file {there}/ioc.acl

# The default of 20 would tie the hub's group commit to the latency of the disk.
max_inflight_messages {in_flight}
# A large number, never 0: unlimited is broken in 2.0.16 to 2.0.21.
max_queued_messages {queued}
# The largest evidence picture of the contract, with its header.
max_packet_size {packet}
set_tcp_nodelay true

# Kept, but trusted with nothing: an outbox forgets on the hub's receipt alone.
persistence true
persistence_location {data}/
autosave_interval 60

# The issuer reads what the broker says of its clients, to see one certificate in two hands.
log_type error
log_type warning
log_type notice
log_type information
log_dest topic
log_dest {log}
"""

ACCESS = f"""\
# Written by `ioc provision broker` and `ioc device revoke`: change it there.
# The hub reads what devices send and answers them.
user hub
topic read {topics.ROOT}/up/#
topic write {topics.ROOT}/down/#

# The issuer renews certificates, hears who connects, and tells the hub of it.
user {topics.ISSUER}
topic read {topics.CERTIFICATE_REQUEST_FILTER}
topic write {topics.ROOT}/down/+/{topics.Kind.CERTIFICATE}
topic write {topics.TRUST_TOPIC}
topic read $SYS/broker/log/#
{{revoked}}
# A device writes under its own name and reads what is for it.
pattern write {topics.ROOT}/up/%u/#
pattern read {topics.ROOT}/down/%u/#
"""

DENIED = """
# Revoked.
user {name}
topic deny #
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """A folder that a broker reads; `hosts` are the names and addresses of its certificate."""

    folder: Path
    hosts: tuple[str, ...]
    port: int = PORT
    pid_file: Path | None = None


def settings(broker: Broker, *, data: str = "/var/lib/mosquitto", log: str = "stderr") -> str:
    """`ioc.conf`; `data` is where the broker keeps its sessions, `log` where it writes."""
    return SETTINGS.format(
        port=broker.port, there=broker.folder, data=data, log=log,
        in_flight=MESSAGES_IN_FLIGHT, queued=MESSAGES_QUEUED, packet=PACKET_BYTES,
    )  # fmt: skip


def access_list(revoked: Iterable[str] = ()) -> str:
    """`ioc.acl`: one rule for all devices, and none for the `revoked`."""
    return ACCESS.format(revoked="".join(DENIED.format(name=name) for name in revoked))
