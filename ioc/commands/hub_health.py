"""`ioc hub health`."""

import ssl
from argparse import Namespace
from pathlib import Path

import httpx

from contracts.configuration import ConfigError
from hub.config import Console, load
from ioc.exits import Exit, complain

PATIENCE_S = 10.0


def run(options: Namespace) -> int:
    try:
        console = load(Path(options.config)).console
    except ConfigError as wrong:
        complain(wrong)
        return Exit.CONFIGURATION
    try:
        answer = _ask(console)
        said = answer.json()
    except (OSError, ValueError, httpx.HTTPError) as trouble:
        complain(f"the hub does not answer: {trouble}")
        return Exit.FAILED
    for each in said["troubles"]:
        complain(each)
    print(", ".join(f"{key}: {value}" for key, value in said.items() if key != "troubles"))
    return Exit.OK if answer.status_code == httpx.codes.OK else Exit.FAILED


def _ask(console: Console) -> httpx.Response:
    scheme = "https" if console.tls_cert_file else "http"
    place = httpx.URL(
        scheme=scheme, host=console.reached_at, port=console.port, path="/healthz"
    )  # fmt: skip
    return httpx.get(place, verify=_trust(console.tls_cert_file), timeout=PATIENCE_S,
                     trust_env=False)  # fmt: skip


def _trust(certificate: Path | None) -> ssl.SSLContext | bool:
    """Whoever shows the console's own certificate is the console, whatever address we call."""
    if certificate is None:
        return True
    context = ssl.create_default_context(cafile=str(certificate))
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.check_hostname = False
    return context
