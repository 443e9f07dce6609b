"""Enrolment, the box's side: its key is made here, a token and a signing request go to the hub.

The hub's own certificate is of the same authority, which the box does not know yet.  So it first
fetches the root without believing anything, compares it with the fingerprint that a person
brought along, and only then opens the connection that the token goes over.
"""

import hashlib
import hmac
import http.client
import json
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from pydantic import ValidationError

from contracts import enrolment, files
from contracts.clock import utc_now
from edge_agent.credentials import Credentials, Wallet, fit, signing_request

TIMEOUT_S = 60.0
MOST_BYTES = 65_536
PEM_FILE, CA_FILE = "device.pem", "ca.crt"


class NotEnrolled(Exception):
    """Why not, and what to do."""


def enrol(url: str, device: str, token: str, fingerprint: str, folder: Path) -> Credentials:
    """Asks the hub at `url`; writes `device.pem` and `ca.crt` into `folder`.

    May be tried again with the same token: the key is kept until a certificate is there.
    """
    root = _trusted_root(url, fingerprint)
    wallet = Wallet(path=folder / PEM_FILE)
    key = wallet.pending_key()
    request = enrolment.EnrolmentRequest(
        device=device, token=token, csr=signing_request(key, device)
    )
    context = ssl.create_default_context(cadata=root)
    body = _call(url, "POST", enrolment.PATH, context, request.model_dump_json().encode())
    try:
        answer = enrolment.EnrolmentAnswer.model_validate_json(body)
    except ValidationError:
        raise NotEnrolled("the hub's answer cannot be read: is it of another release?") from None
    return _keep(wallet, fit(key, answer.chain, device, root.encode(), utc_now()), root)


def install(chain: str, device: str, ca: str, folder: Path) -> Credentials:
    """A chain that was signed elsewhere for the key that waits in `folder`."""
    wallet = Wallet(path=folder / PEM_FILE)
    if not wallet.pending.exists():
        raise NotEnrolled(f"no key waits in {folder}: make the request there with `ioc agent csr`")
    credentials = fit(wallet.pending_key(), chain, device, ca.encode(), utc_now())
    return _keep(wallet, credentials, ca)


def install_bundle(bundle: bytes, passphrase: str, device: str, folder: Path) -> Credentials:
    """A PKCS #12 file with key, certificate and authority, made by `ioc device bundle`."""
    try:
        key, leaf, others = pkcs12.load_key_and_certificates(bundle, passphrase.encode())
    except ValueError:
        raise NotEnrolled("not a bundle, or another passphrase") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or leaf is None or not others:
        raise NotEnrolled("key, certificate or authority is missing in the bundle: make it anew")
    ca = "".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in others)
    above = [each for each in others if each.subject == leaf.issuer]
    chain = "".join(
        each.public_bytes(serialization.Encoding.PEM).decode() for each in (leaf, *above)
    )
    credentials = fit(key, chain, device, ca.encode(), utc_now())
    return _keep(Wallet(path=folder / PEM_FILE), credentials, ca)


def _keep(wallet: Wallet, credentials: Credentials, ca: str) -> Credentials:
    wallet.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    files.replace(wallet.path.with_name(CA_FILE), ca.encode())
    wallet.stage(credentials)
    wallet.adopt()
    return credentials


def _trusted_root(url: str, fingerprint: str) -> str:
    """The hub's root certificate, PEM, if it is the one that `fingerprint` names."""
    blind = ssl.create_default_context()
    blind.check_hostname = False
    blind.verify_mode = ssl.CERT_NONE  # what comes is believed for its fingerprint alone
    text = _call(url, "GET", enrolment.CA_PATH, blind)
    try:
        root = x509.load_pem_x509_certificate(text)
    except ValueError:
        raise NotEnrolled(f"{url} does not answer with a certificate: is it our hub?") from None
    der = root.public_bytes(serialization.Encoding.DER)
    found = f"sha256:{hashlib.sha256(der).hexdigest()}"
    if not hmac.compare_digest(found, fingerprint.strip().lower()):
        raise NotEnrolled(
            f"{url} shows the authority {found}, not {fingerprint}: "
            "the fingerprint is mistyped, or somebody stands between; the token was not sent"
        )
    return root.public_bytes(serialization.Encoding.PEM).decode()


def _call(
    url: str, method: str, path: str, context: ssl.SSLContext, body: bytes | None = None
) -> bytes:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise NotEnrolled(f"{url!r}: write https://host:port")
    connection = http.client.HTTPSConnection(
        parts.hostname, parts.port or 443, timeout=TIMEOUT_S, context=context
    )
    try:
        connection.request(
            method, parts.path.rstrip("/") + path, body, {"Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        content = answer.read(MOST_BYTES)
    except (OSError, http.client.HTTPException) as trouble:
        raise NotEnrolled(f"{url}: {trouble}; try again") from None
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise NotEnrolled(f"{url} refuses ({answer.status}): {_detail(content)}")
    return content


def _detail(content: bytes) -> str:
    try:
        return str(json.loads(content)["detail"])[:300]
    except (ValueError, KeyError, TypeError):
        return "without a reason"
