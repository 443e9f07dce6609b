"""Enrolment: a token, shown once and kept as a hash, against a device's first certificate.

A token is good for one device, one key and a limited time.  A device whose answer was lost on the
way asks again with the same token and the same key, and is given the same certificate.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from contracts import enrolment
from provisioning import audit, registry
from provisioning.authority import Authority
from provisioning.certificates import DEVICE_LIFE, Leaf, key_id, read_csr
from provisioning.errors import Refusal, Refused
from provisioning.records import Occasion, certificates, tokens

TOKEN_LIFE = timedelta(hours=72)
"""From the desk to the mast and back, over a weekend."""


def invite(
    connection: Connection, occasion: Occasion, name: str, life: timedelta = TOKEN_LIFE
) -> str:
    """A new token of `name`, for the only time; one before it is void.  Raises UnknownDevice."""
    device = registry.find(connection, name)
    token = enrolment.new_token()
    expires = (occasion.at + life).isoformat()
    row = {"device": name, "hash": _hash(token), "expires_at": expires, "serial": None}
    statement = insert(tokens).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["device"], set_=row))
    if device.state is registry.State.REVOKED:
        registry.set_state(connection, name, registry.State.INVITED)
    audit.note(connection, occasion, "token-made", name, {"expires": expires})
    return token


def redeem(
    connection: Connection,
    authority: Authority,
    occasion: Occasion,
    request: enrolment.EnrolmentRequest,
) -> x509.Certificate:
    """The certificate that `request` asks for; raises Refused.

    A device that does not exist and a token that does not fit are refused alike.
    """
    row = connection.execute(select(tokens).where(tokens.c.device == request.device)).one_or_none()
    kept = row.hash if row is not None else _hash("")
    if not hmac.compare_digest(kept, _hash(request.token)) or row is None:
        raise Refused(Refusal.TOKEN, "this token is not good for this device")
    key = read_csr(request.csr, request.device)
    if occasion.at >= datetime.fromisoformat(row.expires_at):
        raise Refused(Refusal.TOKEN_EXPIRED, "the token is too old: ask for a new one")
    if row.serial is not None:
        return _again(connection, row.serial, key)
    made = sign(connection, authority, occasion, request.device, key, "certificate-enrolled")
    connection.execute(
        update(tokens)
        .where(tokens.c.device == request.device)
        .values(serial=f"{made.serial_number:x}")
    )
    return made


def sign(
    connection: Connection,
    authority: Authority,
    occasion: Occasion,
    name: str,
    key: ec.EllipticCurvePublicKey,
    action: str,
) -> x509.Certificate:
    """A device's certificate for `key`; raises UnknownDevice, Refused."""
    if registry.find(connection, name).state is registry.State.REVOKED:
        raise Refused(Refusal.REVOKED, f"{name} is revoked; invite it again first")
    leaf = Leaf(name=name, public_key=key, life=DEVICE_LIFE)
    made = authority.issue(connection, occasion, leaf, action)
    registry.set_state(connection, name, registry.State.ENROLLED)
    return made


def _again(connection: Connection, serial: str, key: ec.EllipticCurvePublicKey) -> x509.Certificate:
    row = connection.execute(select(certificates).where(certificates.c.serial == serial)).one()
    if row.key_id != key_id(key) or row.revoked_at is not None:
        raise Refused(Refusal.TOKEN_USED, "the token was used: ask for a new one")
    return x509.load_pem_x509_certificate(row.pem.encode())


def _hash(token: str) -> bytes:
    """Random bits need nothing slower than SHA-256."""
    return hashlib.sha256((enrolment.normal(token) or "").encode()).digest()
