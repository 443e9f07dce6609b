"""A box's identity: its key, made here and never sent, and its certificate, in one PEM file.

One file, because a key and a certificate in two cannot be replaced together when the power goes.
Beside `device.pem` stand `device.pem.pending` (a key whose certificate is still asked for),
`device.pem.next` (not proven yet) and `device.pem.previous`.  All are readable by the owner alone.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contracts import files
from contracts.renewal import signed_bytes


class BadCredentials(ValueError):
    """A key or certificate that cannot be used; names the file or the part, and the reason."""

    def __init__(self, *, what: object, reason: str, remedy: str) -> None:
        self.what = str(what)
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"{what}: {reason}; {remedy}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A key and its chain, the leaf first."""

    key: ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...]

    @property
    def leaf(self) -> x509.Certificate:
        return self.chain[0]

    @property
    def serial(self) -> str:
        return f"{self.leaf.serial_number:x}"

    def due_at(self) -> datetime:
        """Two thirds of the leaf's life."""
        born, ends = self.leaf.not_valid_before_utc, self.leaf.not_valid_after_utc
        return born + (ends - born) * 2 / 3

    def vouch(self, device: str, csr: str) -> str:
        """The signature of a request for the next certificate, hexadecimal."""
        return self.key.sign(signed_bytes(device, csr), ec.ECDSA(hashes.SHA256())).hex()

    def pem(self) -> bytes:
        chain = (each.public_bytes(serialization.Encoding.PEM) for each in self.chain)
        return key_pem(self.key) + b"".join(chain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """Where a box keeps its identity; `path` is what the configuration names."""

    path: Path

    @property
    def pending(self) -> Path:
        return self.path.with_name(f"{self.path.name}.pending")

    @property
    def next(self) -> Path:
        return self.path.with_name(f"{self.path.name}.next")

    @property
    def previous(self) -> Path:
        return self.path.with_name(f"{self.path.name}.previous")

    def read(self) -> Credentials:
        return read(self.path)

    def pending_key(self) -> ec.EllipticCurvePrivateKey:
        """The key that a certificate is asked for: the same until one is there."""
        if self.pending.exists():
            return _read_key(self.pending.read_bytes(), self.pending)
        key = ec.generate_private_key(ec.SECP256R1())
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        files.create(self.pending, key_pem(key))
        return key

    def stage(self, credentials: Credentials) -> None:
        """Kept beside the ones in use, until a connection with them succeeded."""
        files.replace(self.next, credentials.pem(), files.PRIVATE)

    def adopt(self) -> None:
        """What was staged is used from now on; what was used is kept as `previous`."""
        if self.path.exists():
            files.replace(self.previous, self.path.read_bytes(), files.PRIVATE)
        self.next.replace(self.path)
        self.pending.unlink(missing_ok=True)


def signing_request(key: ec.EllipticCurvePrivateKey, device: str) -> str:
    """PKCS #10, PEM."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, device)])
    csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return csr.public_bytes(serialization.Encoding.PEM).decode()


def fit(
    key: ec.EllipticCurvePrivateKey, chain: str, device: str, ca: bytes, now: datetime
) -> Credentials:
    """`chain` joined with `key`, if it is of this key, this device and an authority of `ca`."""
    try:
        certificates = tuple(x509.load_pem_x509_certificates(chain.encode()))
        authorities = x509.load_pem_x509_certificates(ca)
    except ValueError:
        raise _unfit("it cannot be read") from None
    leaf = certificates[0]
    if leaf.public_key() != key.public_key():
        raise _unfit("it is not of the key that was made here")
    names = [each.value for each in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if names != [device]:
        raise _unfit(f"it is of {names}, not of {device!r}")
    if not leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc:
        raise _unfit("it is not valid now: look at the clock")
    if not _leads(certificates, authorities):
        raise _unfit("our authority did not sign it")
    return Credentials(key=key, chain=certificates)


def read(path: Path) -> Credentials:
    """Raises BadCredentials."""
    try:
        text = path.read_bytes()
        chain = tuple(x509.load_pem_x509_certificates(text))
    except (OSError, ValueError) as trouble:
        reason = f"no key and certificate ({type(trouble).__name__})"
        raise BadCredentials(what=path, reason=reason, remedy="enrol the box") from None
    return Credentials(key=_read_key(text, path), chain=chain)


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _leads(chain: tuple[x509.Certificate, ...], authorities: list[x509.Certificate]) -> bool:
    """Whether each is signed by the next, and the last is one of `authorities` or signed by one."""
    for each, parent in pairwise(chain):
        if not _signed_by(each, parent):
            return False
    last = chain[-1]
    return any(last == known or _signed_by(last, known) for known in authorities)


def _signed_by(certificate: x509.Certificate, parent: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(parent)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _read_key(text: bytes, path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(text, None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BadCredentials(what=path, reason="no EC key is in it", remedy="enrol the box anew")
    return key


def _unfit(reason: str) -> BadCredentials:
    remedy = "nothing was changed; ask who issued it"
    return BadCredentials(what="the certificate", reason=reason, remedy=remedy)
