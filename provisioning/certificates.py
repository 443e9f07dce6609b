"""X.509 as we use it (RFC 5280): root, issuing authority, leaves, revocation list.

Pure: no file, no clock of its own.  Everything is P-256 with SHA-256.
"""

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from provisioning.errors import Refusal, Refused

ROOT_LIFE = timedelta(days=20 * 365)
ISSUING_LIFE = timedelta(days=5 * 365)
DEVICE_LIFE = timedelta(days=90)
"""A box renews at two thirds, so a month without a link is survived."""
SERVICE_LIFE = timedelta(days=730)
"""Broker and hub: a person renews them, and nobody may be watching for a year."""
CRL_LIFE = timedelta(days=180)
"""Twice a leaf's life: a broker refuses every device once its list is out of date, so a list that
nobody refreshed must not blind the fleet before the leaves themselves run out."""
BACKDATED = timedelta(minutes=5)
"""A box's clock may be slow by so much and still find its certificate valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """One line of a revocation list."""

    serial: int
    at: datetime
    reason: x509.ReasonFlags


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What a leaf shall say; `hosts` are DNS names and addresses of a server."""

    name: str
    public_key: ec.EllipticCurvePublicKey
    life: timedelta
    server: bool = False
    hosts: tuple[str, ...] = ()


def root(key: ec.EllipticCurvePrivateKey, name: str, now: datetime) -> x509.Certificate:
    """Self-signed; may have one authority below it."""
    subject = _subject(f"{name} root")
    return _authority(subject, subject, key.public_key(), key, 1, now, ROOT_LIFE)


def issuing(
    public_key: ec.EllipticCurvePublicKey,
    name: str,
    parent: x509.Certificate,
    parent_key: ec.EllipticCurvePrivateKey,
    now: datetime,
) -> x509.Certificate:
    """Signs leaves and lists only."""
    subject = _subject(f"{name} issuing")
    return _authority(subject, parent.subject, public_key, parent_key, 0, now, ISSUING_LIFE)


def _authority(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    signer: ec.EllipticCurvePrivateKey,
    depth: int,
    now: datetime,
    life: timedelta,
) -> x509.Certificate:
    return (
        _builder(subject, issuer, public_key, signer.public_key(), now, life)
        .add_extension(x509.BasicConstraints(ca=True, path_length=depth), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(signer, hashes.SHA256())
    )


def leaf(
    wanted: Leaf, issuer: x509.Certificate, signer: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.Certificate:
    """A client's certificate, or a server's; never outlives its issuer."""
    life = min(wanted.life, issuer.not_valid_after_utc - now)
    use = ExtendedKeyUsageOID.SERVER_AUTH if wanted.server else ExtendedKeyUsageOID.CLIENT_AUTH
    names = x509.SubjectAlternativeName(
        [_general_name(host) for host in (wanted.hosts if wanted.server else (wanted.name,))]
    )
    subject = _subject(wanted.name)
    return (
        _builder(subject, issuer.subject, wanted.public_key, signer.public_key(), now, life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        .add_extension(names, critical=False)
        .sign(signer, hashes.SHA256())
    )


def revocation_list(
    revoked: Sequence[Revoked],
    number: int,
    issuer: x509.Certificate,
    signer: ec.EllipticCurvePrivateKey,
    at: datetime,
) -> x509.CertificateRevocationList:
    """`at` must grow from list to list: OpenSSL prefers the list with the later second."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(at)
        .next_update(at + CRL_LIFE)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    for each in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(each.serial)
            .revocation_date(each.at)
            .add_extension(x509.CRLReason(each.reason), critical=False)
            .build()
        )
    return builder.sign(signer, hashes.SHA256())


def read_csr(text: str, name: str) -> ec.EllipticCurvePublicKey:
    """The key of a signing request of `name`, proven to be in its hands; raises Refused."""
    try:
        csr = x509.load_pem_x509_csr(text.encode())
        key = csr.public_key()
        names = csr.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        proven = csr.is_signature_valid
    except (ValueError, TypeError, InvalidSignature):
        raise Refused(Refusal.MALFORMED, "not a signing request (PKCS #10, PEM)") from None
    if not proven:
        raise Refused(Refusal.MALFORMED, "the request's own signature does not fit")
    if [each.value for each in names] != [name] or len(list(csr.subject)) != 1:
        said = csr.subject.rfc4514_string()[:80]
        raise Refused(Refusal.WRONG_NAME, f"the request is of {said!r}, not of CN={name}")
    return check_key(key)


def check_key(key: object) -> ec.EllipticCurvePublicKey:
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Refused(Refusal.WRONG_KEY, "the key is not EC P-256")
    return key


def fingerprint(certificate: x509.Certificate) -> str:
    """`sha256:` and 64 hexadecimal digits of the whole certificate."""
    der = certificate.public_bytes(serialization.Encoding.DER)
    return f"sha256:{hashlib.sha256(der).hexdigest()}"


def key_id(key: ec.EllipticCurvePublicKey) -> str:
    """Sha256 of the public key, to know it again."""
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(der).hexdigest()


def to_pem(*certificates: x509.Certificate) -> str:
    return "".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in certificates)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePublicKey,
    now: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False
        )
    )


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
