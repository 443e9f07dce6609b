"""The issuer's side of renewal: answers requests that a valid certificate of the device signed.

The topic names the device (the broker's access list saw to that); the CSR must be of the same
name, and be signed with the key of a certificate of that name which is neither revoked nor out
of date.  The same key asked for twice gets the same certificate.
"""

import logging
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Connection, select

from contracts import codec
from contracts.clock import utc_now
from contracts.errors import ContractError
from contracts.renewal import Certificate, CertificateRequest
from contracts.trust import Concern
from provisioning import audit, enrolment, registry
from provisioning.authority import Authority
from provisioning.certificates import check_key, key_id, read_csr
from provisioning.errors import ProvisioningError, Refusal, Refused
from provisioning.records import Occasion, Store, certificates

log = logging.getLogger(__name__)

MOST, WITHIN = 6, timedelta(days=1)
"""New certificates of one device: a box that asks without end gets no more."""


def answer(store: Store, authority: Authority, topic: str, payload: bytes) -> Certificate | None:
    """What to say to a request; None to what is none.  Refusals are audited."""
    now = utc_now()
    try:
        asked = codec.decode(topic, payload).message
    except ContractError as wrong:
        log.warning("a request for a certificate cannot be read: %s", wrong)
        return None
    if not isinstance(asked, CertificateRequest):
        return None
    occasion = Occasion(at=now, actor=f"device:{asked.device}")
    try:
        with store.work() as connection:
            made = renew(connection, authority, occasion, asked)
    except ProvisioningError as refused:
        with store.work() as connection:
            why = {"why": str(refused)}
            audit.note(connection, occasion, Concern.RENEWAL_REFUSED, asked.device, why)
        log.warning("certificate of %s not renewed: %s", asked.device, refused)
        return Certificate(device=asked.device, at=now, refused=str(refused)[:300])
    log.info("certificate of %s renewed: serial %x", asked.device, made.serial_number)
    return Certificate(device=asked.device, at=now, chain=authority.chain(made))


def renew(
    connection: Connection, authority: Authority, occasion: Occasion, asked: CertificateRequest
) -> x509.Certificate:
    """The next certificate of `asked.device`; raises Refused, UnknownDevice."""
    _vouched(connection, asked, occasion.at)
    key = read_csr(asked.csr, asked.device)
    if (known := _known(connection, asked.device, key)) is not None:
        return known
    since = occasion.at - WITHIN
    if sum(each.issued_at > since for each in registry.held(connection, asked.device)) >= MOST:
        raise Refused(Refusal.TOO_MANY, f"{MOST} certificates in {WITHIN.days} day are enough")
    return enrolment.sign(connection, authority, occasion, asked.device, key, "certificate-renewed")


def _vouched(connection: Connection, asked: CertificateRequest, now: datetime) -> None:
    """Raises Refused unless a valid certificate of the device signed the request."""
    held = {each.serial: each for each in registry.held(connection, asked.device)}
    current = held.get(asked.serial)
    if current is None or current.purpose != "client":
        raise Refused(Refusal.UNKNOWN_CERTIFICATE, f"{asked.serial} is no certificate of it")
    if current.revoked_at is not None:
        raise Refused(Refusal.REVOKED, f"certificate {asked.serial} is revoked")
    if now >= current.expires_at:
        raise Refused(Refusal.EXPIRED, f"certificate {asked.serial} is out of date: enrol anew")
    key = check_key(x509.load_pem_x509_certificate(current.pem.encode()).public_key())
    try:
        key.verify(bytes.fromhex(asked.signature), asked.signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Refused(Refusal.SIGNATURE, "the key in use did not sign the request") from None


def _known(
    connection: Connection, name: str, key: ec.EllipticCurvePublicKey
) -> x509.Certificate | None:
    text = connection.scalar(
        select(certificates.c.pem).where(
            certificates.c.name == name,
            certificates.c.key_id == key_id(key),
            certificates.c.revoked_at.is_(None),
        )
    )
    return x509.load_pem_x509_certificate(text.encode()) if text else None
