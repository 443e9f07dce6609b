"""Our certificate authority: a folder with a root, an issuing authority, and what they signed.

    root.crt, root.key        signs the issuing authority alone; take the key offline afterwards
    issuing.crt, issuing.key  signs leaves and revocation lists
    ca.crt                    both certificates: what devices, broker and hub trust
    registry.db               devices, certificates, tokens, audit

Every certificate is recorded and audited in one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import Connection, func, insert, select

from contracts import files
from provisioning import audit, certificates
from provisioning.certificates import Leaf, Revoked
from provisioning.errors import NoAuthority
from provisioning.keys import new_key, read_key, write_key
from provisioning.records import Occasion, lists
from provisioning.records import certificates as issued

CA, ROOT, ISSUING = "ca.crt", "root.crt", "issuing.crt"
ROOT_KEY, ISSUING_KEY = "root.key", "issuing.key"
MAKE = "make one with `ioc ca init`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """An opened authority; `key` is the issuing one's."""

    root: x509.Certificate
    issuing: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def ca_pem(self) -> str:
        return certificates.to_pem(self.issuing, self.root)

    @property
    def root_pem(self) -> str:
        return certificates.to_pem(self.root)

    def chain(self, leaf: x509.Certificate) -> str:
        """What a peer presents: the leaf, then who signed it."""
        return certificates.to_pem(leaf, self.issuing)

    def issue(
        self, connection: Connection, occasion: Occasion, wanted: Leaf, action: str
    ) -> x509.Certificate:
        """Signs `wanted`, records it, and notes `action` in the audit."""
        made = certificates.leaf(wanted, self.issuing, self.key, occasion.at)
        serial = f"{made.serial_number:x}"
        expires = made.not_valid_after_utc.isoformat()
        connection.execute(
            insert(issued).values(
                serial=serial, name=wanted.name, pem=certificates.to_pem(made),
                purpose="server" if wanted.server else "client",
                key_id=certificates.key_id(wanted.public_key),
                issued_at=occasion.at.isoformat(), expires_at=expires,
            )
        )  # fmt: skip
        detail = {"serial": serial, "expires": expires}
        detail |= {"hosts": ", ".join(wanted.hosts)} if wanted.hosts else {}
        audit.note(connection, occasion, action, wanted.name, detail)
        return made

    def list_revoked(self, connection: Connection, occasion: Occasion) -> str:
        """The next revocation list, PEM: every revoked leaf that would still be valid."""
        newest = connection.execute(select(func.max(lists.c.number), func.max(lists.c.at))).one()
        at = (occasion.at - certificates.BACKDATED).replace(microsecond=0)
        if newest[1] is not None:
            at = max(at, datetime.fromisoformat(newest[1]) + timedelta(seconds=1))
        number = (newest[0] or 0) + 1
        made = certificates.revocation_list(
            revoked(connection, occasion.at), number, self.issuing, self.key, at
        )
        text = made.public_bytes(Encoding.PEM).decode()
        connection.execute(insert(lists).values(number=number, at=at.isoformat(), pem=text))
        detail = {"number": number, "next_update": (at + certificates.CRL_LIFE).isoformat()}
        audit.note(connection, occasion, "revocation-list", "authority", detail)
        return text


def revoked(connection: Connection, now: datetime) -> Sequence[Revoked]:
    """Leaves that were called back and have not run out."""
    rows = connection.execute(
        select(issued.c.serial, issued.c.revoked_at, issued.c.reason).where(
            issued.c.revoked_at.is_not(None), issued.c.expires_at > now.isoformat()
        )
    )
    return [
        Revoked(
            serial=int(row.serial, 16),
            at=datetime.fromisoformat(row.revoked_at),
            reason=x509.ReasonFlags(row.reason),
        )
        for row in rows
    ]


def create(
    folder: Path,
    name: str,
    now: datetime,
    *,
    root_passphrase: str | None = None,
    passphrase: str | None = None,
) -> Authority:
    """Makes both keys and certificates in `folder`; overwrites nothing."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (folder / ROOT).exists():
        raise NoAuthority(
            path=folder, reason="there is one already", remedy="name another folder, or use it"
        )
    root_key, key = new_key(), new_key()
    write_key(folder / ROOT_KEY, root_key, root_passphrase)
    write_key(folder / ISSUING_KEY, key, passphrase)
    root = certificates.root(root_key, name, now)
    issuing = certificates.issuing(key.public_key(), name, root, root_key, now)
    made = Authority(root=root, issuing=issuing, key=key)
    for file, text in (
        (ISSUING, certificates.to_pem(issuing)), (CA, made.ca_pem), (ROOT, made.root_pem),
    ):  # fmt: skip
        files.create(folder / file, text.encode(), files.PUBLIC)
    return made


def open_authority(folder: Path, passphrase: str | None = None) -> Authority:
    """Reads an authority; raises NoAuthority or BadKeyFile."""
    root, issuing = read_certificate(folder / ROOT), read_certificate(folder / ISSUING)
    key = read_key(folder / ISSUING_KEY, passphrase)
    if key.public_key() != issuing.public_key():
        raise NoAuthority(
            path=folder / ISSUING_KEY, reason="is not the key of issuing.crt",
            remedy="bring both back from one backup",
        )  # fmt: skip
    return Authority(root=root, issuing=issuing, key=key)


def read_certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except OSError:
        raise NoAuthority(path=path, reason="no such file", remedy=MAKE) from None
    except ValueError:
        remedy = "bring it back from the backup"
        raise NoAuthority(path=path, reason="not a certificate", remedy=remedy) from None
