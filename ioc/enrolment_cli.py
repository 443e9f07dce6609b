"""The commands that enrol devices: `ca`, `device`, `enrol`, `provision broker`, and of `agent`."""

from pathlib import Path

from ioc import care_cli, servers_cli
from ioc.parsing import Commands, Parser, command, group

EXTRA = "provisioning"
REASONS = ("key-compromise", "lost", "replaced", "retired", "unspecified")

SECRETS = """
A passphrase or a token is never an argument: arguments are visible to everybody on the machine.
"""
CA_INIT = f"""
examples:
  ioc ca init --authority /var/lib/ioc-ca --root-passphrase-file usb/root.pass
  ioc ca init --authority a --passphrase-env IOC_CA_PASSPHRASE

Then take root.key to a medium that lies in a safe: day to day only the issuing key is needed.
{SECRETS}"""
CA_SHOW = """
example:
  ioc ca show                     the fingerprint that boxes are given, and when things run out
"""
CA_SERVICE = """
example:
  ioc ca service hub --out /etc/ioc/certs/hub.pem      key and certificate of the hub, one file
"""
CA_SERVER = """
example:
  ioc ca server ioc.donggiang.example --san 10.20.0.2 --out /etc/ioc/certs

Writes server.crt and server.key: for the console, and for `ioc enrol serve`.
"""
CA_CRL = """
example:
  ioc ca crl          a fresh revocation list to every broker; `ioc enrol serve` does it daily
"""
CA_AUDIT = """
example:
  ioc ca audit --subject thap-prao      who did what; ends with 1 if an entry was tampered with
"""
ADD = """
example:
  ioc device add thap-prao --title 'Tháp Prao' --lat 15.92726 --lon 107.63929 \\
      --commune 'xã Đông Giang' --camera bac:10:60 --photo anh/thap-prao.jpg > thap-prao.token

The token goes to stdout, once; everything else to stderr.  It is good for one box, for 72 hours.
"""
INVITE = """
example:
  ioc device invite thap-prao > thap-prao.token      a new token; the one before it is void
"""
LIST = """
example:
  ioc device list                 name, state, days that its certificate still has
"""
SHOW = """
example:
  ioc device show thap-prao       where it stands, its certificates, and what happened to it
"""
LABEL = """
example:
  ioc device label thap-prao --out thap-prao.svg      to print; .png for the code alone
"""
REVOKE = """
example:
  ioc device revoke thap-prao --reason lost

Calls every certificate of it back, writes the revocation list and the access list where each
broker reads them, and makes it read them (SIGHUP).  A revoked box that is connected falls silent
at once; restart the broker to end its connection, too.
"""
SIGN = """
example:
  ioc device sign thap-prao thap-prao.csr --out thap-prao.crt      for `ioc agent install`
"""
BUNDLE = f"""
example:
  ioc device bundle thap-prao --bundle-passphrase-file pass --out thap-prao.p12
{SECRETS}"""
SERVE = """
example:
  ioc enrol serve --cert server.crt --key server.key --listen 0.0.0.0 --port 8444 \\
      --broker mqtts://mqtt.donggiang.example:8883 --issuer issuer.pem

Enrols over HTTPS; with --broker it also renews certificates over MQTT, reports clones and
refreshes revocation lists.  --issuer: `ioc ca service issuer --out issuer.pem`.
"""
BROKER = """
example:
  ioc provision broker --out /etc/mosquitto/ioc --host mqtt.donggiang.example --host 10.20.0.2 \\
      --pid-file /run/mosquitto/mosquitto.pid

Safe to run again.  What root writes belongs to the owner of the folder: make it the broker's.
"""
AGENT_ENROL = """
example:
  ioc agent enrol --hub https://ioc.donggiang.example:8444 --device thap-prao \\
      --token-file thap-prao.token --ca-fingerprint sha256:… --out /etc/ioc/certs

The key is made here and stays here.  May be run again with the same token if the link broke.
"""
AGENT_CSR = """
example:
  ioc agent csr --device thap-prao --out /etc/ioc/certs --qr      shows the request as a QR, too
"""
AGENT_INSTALL = """
example:
  ioc agent install thap-prao.crt --ca ca.crt --device thap-prao --out /etc/ioc/certs
"""
AGENT_BUNDLE = """
example:
  ioc agent install-bundle thap-prao.p12 --passphrase-file pass --device thap-prao --out certs
"""
AGENT_RENEW = """
example:
  ioc agent renew --config /etc/ioc/agent.toml      now; the running agent does it by itself
"""


def add(commands: "Commands[Parser]", agent: "Commands[Parser]") -> None:
    _ca(group(commands, "ca", "our certificate authority"))
    _device(group(commands, "device", "the boxes: add, label, revoke"))
    _enrol(group(commands, "enrol", "enrolment and renewal, at the centre"))
    provision = group(commands, "provision", "settings of the servers beside the hub")
    _broker(provision)
    servers_cli.add(provision)
    _agent(agent)


def _ca(ca: "Commands[Parser]") -> None:
    init = _at_the_centre(ca, "init", "ca_init", "makes root and issuing authority", CA_INIT)
    init.add_argument("--name", default="Dong Giang IOC", help="stands in the certificates")
    _passphrase(init, "--root-passphrase", "of root.key")
    _at_the_centre(ca, "show", "ca_show", "says what it is and when it runs out", CA_SHOW)
    service = _at_the_centre(ca, "service", "ca_service", "a service's certificate", CA_SERVICE)
    service.add_argument("name", choices=("hub", "issuer"), help="its identity at the broker")
    service.add_argument("--out", required=True, type=Path, metavar="FILE", help="key and chain")
    server = _at_the_centre(ca, "server", "ca_server", "a server's certificate", CA_SERVER)
    server.add_argument("host", metavar="HOST", help="DNS name or address")
    server.add_argument("--san", action="append", default=[], metavar="HOST", help="one more")
    server.add_argument("--out", required=True, type=Path, metavar="DIR", help="is made")
    _at_the_centre(ca, "crl", "ca_crl", "a fresh revocation list to every broker", CA_CRL)
    care_cli.add_to_ca(ca)
    audit = _at_the_centre(ca, "audit", "ca_audit", "who did what", CA_AUDIT)
    audit.add_argument("--subject", metavar="NAME", help="of one device only")


def _device(device: "Commands[Parser]") -> None:
    add_ = _named(device, "add", "device_add", "adds a box and makes its token", ADD)
    add_.add_argument("--title", default="", help="what people call it")
    add_.add_argument("--lat", type=float, help="WGS 84, degrees")
    add_.add_argument("--lon", type=float, help="WGS 84, degrees")
    add_.add_argument("--commune", default="", help="xã")
    add_.add_argument(
        "--camera", action="append", default=[], metavar="NAME[:AZIMUTH:FOV]",
        help="degrees, true north; may be repeated",
    )  # fmt: skip
    add_.add_argument("--photo", default="", metavar="FILE", help="where a picture of it is")
    invite = _named(device, "invite", "device_invite", "makes a new token", INVITE)
    for each in (add_, invite):
        each.add_argument("--hours", type=float, metavar="N", help="the token's life; default: 72")
    _at_the_centre(device, "list", "device_list", "shows all boxes", LIST)
    _named(device, "show", "device_show", "shows one", SHOW)
    label = _named(device, "label", "device_label", "a label with a QR to print", LABEL)
    label.add_argument("--out", required=True, type=Path, metavar="FILE", help=".svg or .png")
    revoke = _named(device, "revoke", "device_revoke", "calls its certificates back", REVOKE)
    revoke.add_argument("--reason", required=True, choices=REASONS)
    revoke.add_argument("--pid-file", type=Path, metavar="FILE", help="of one more broker")
    sign = _named(device, "sign", "device_sign", "signs a request made on the box", SIGN)
    sign.add_argument("csr", type=Path, metavar="CSR", help="PEM file")
    sign.add_argument("--out", required=True, type=Path, metavar="FILE", help="the chain")
    bundle = _named(device, "bundle", "device_bundle", "key and certificate in a file", BUNDLE)
    bundle.add_argument("--out", required=True, type=Path, metavar="FILE", help="PKCS #12")
    _passphrase(bundle, "--bundle-passphrase", "of the bundle")


def _enrol(enrol: "Commands[Parser]") -> None:
    serve = _at_the_centre(enrol, "serve", "enrol_serve", "enrols over HTTPS, renews", SERVE)
    serve.add_argument("--cert", required=True, type=Path, metavar="FILE", help="server.crt")
    serve.add_argument("--key", required=True, type=Path, metavar="FILE", help="server.key")
    serve.add_argument("--listen", default="127.0.0.1", help="default: 127.0.0.1")
    serve.add_argument("--port", type=int, default=8444, help="default: 8444")
    serve.add_argument("--broker", metavar="URL", help="mqtts://host:port: renew there")
    serve.add_argument("--issuer", type=Path, metavar="FILE", help="issuer.pem")


def _broker(provision: "Commands[Parser]") -> None:
    broker = _at_the_centre(provision, "broker", "provision_broker", "Mosquitto's folder", BROKER)
    broker.add_argument("--out", required=True, type=Path, metavar="DIR", help="is made")
    broker.add_argument(
        "--host", action="append", required=True, metavar="HOST",
        help="name or address that boxes use; may be repeated",
    )  # fmt: skip
    broker.add_argument("--port", type=int, default=8883, help="default: 8883")
    broker.add_argument("--pid-file", type=Path, metavar="FILE", help="of the broker, for SIGHUP")
    broker.add_argument("--data", default="/var/lib/mosquitto", metavar="DIR", help="its sessions")
    broker.add_argument("--log", default="stderr", metavar="DEST", help="its log_dest")


def _agent(agent: "Commands[Parser]") -> None:
    enrol = _on_the_box(agent, "enrol", "agent_enrol", "a certificate for a token", AGENT_ENROL)
    enrol.add_argument("--hub", required=True, metavar="URL", help="https://host:port")
    enrol.add_argument("--token-file", required=True, type=Path, metavar="FILE", help="first line")
    enrol.add_argument(
        "--ca-fingerprint", required=True, metavar="sha256:…", help="`ioc ca show` prints it"
    )
    csr = _on_the_box(agent, "csr", "agent_csr", "a request to sign elsewhere", AGENT_CSR)
    csr.add_argument("--qr", action="store_true", help="show it as a QR on the terminal, too")
    install = _on_the_box(
        agent, "install", "agent_install", "what was signed elsewhere", AGENT_INSTALL
    )
    install.add_argument("chain", type=Path, metavar="FILE", help="from `ioc device sign`")
    install.add_argument("--ca", required=True, type=Path, metavar="FILE", help="ca.crt")
    bundle = _on_the_box(agent, "install-bundle", "agent_install_bundle", "a bundle", AGENT_BUNDLE)
    bundle.add_argument("bundle", type=Path, metavar="FILE", help="from `ioc device bundle`")
    _passphrase(bundle, "--passphrase", "of the bundle")
    renew = command(
        agent, "renew", "agent_renew", "edge",
        about="asks for the next certificate now", epilog=AGENT_RENEW,
    )  # fmt: skip
    renew.add_argument("--config", required=True, metavar="FILE", help="TOML file")


def _at_the_centre(
    commands: "Commands[Parser]", name: str, module: str, about: str, epilog: str
) -> Parser:
    made = command(commands, name, module, EXTRA, about=about, epilog=epilog)
    made.add_argument(
        "--authority", type=Path, metavar="DIR",
        help="default: $IOC_AUTHORITY, else /var/lib/ioc-ca",
    )  # fmt: skip
    _passphrase(made, "--passphrase", "of issuing.key")
    return made


def _named(commands: "Commands[Parser]", name: str, module: str, about: str, epilog: str) -> Parser:
    made = _at_the_centre(commands, name, module, about, epilog)
    made.add_argument("name", metavar="NAME", help="of the device")
    return made


def _on_the_box(
    commands: "Commands[Parser]", name: str, module: str, about: str, epilog: str
) -> Parser:
    made = command(commands, name, module, "edge", about=about, epilog=epilog)
    made.add_argument("--device", required=True, metavar="NAME", help="as the registry has it")
    made.add_argument("--out", required=True, type=Path, metavar="DIR", help="device.pem, ca.crt")
    return made


def _passphrase(parser: Parser, option: str, whose: str) -> None:
    parser.add_argument(f"{option}-file", type=Path, metavar="FILE", help=f"{whose}; first line")
    parser.add_argument(f"{option}-env", metavar="NAME", help="a variable that holds it")
