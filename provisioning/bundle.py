"""A bundle for a box that nobody can reach: key, certificate and authority, PKCS #12, encrypted.

The one case in which a key is made away from its box; `ioc agent csr` and `ioc device sign` do
without.  Any tool reads it: `openssl pkcs12 -in FILE`.
"""

from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from sqlalchemy import Connection

from provisioning import enrolment, keys
from provisioning.authority import Authority
from provisioning.records import Occasion

LEAST_CHARACTERS = 12
"""Characters that a passphrase has at least: the file may travel by mail."""


def make(
    connection: Connection, authority: Authority, occasion: Occasion, name: str, passphrase: str
) -> bytes:
    """Raises UnknownDevice, Refused, ValueError."""
    if len(passphrase) < LEAST_CHARACTERS:
        raise ValueError(
            f"the passphrase is shorter than {LEAST_CHARACTERS} characters: take a longer"
        )
    key = keys.new_key()
    leaf = enrolment.sign(
        connection, authority, occasion, name, key.public_key(), "certificate-bundled"
    )
    return pkcs12.serialize_key_and_certificates(
        name.encode(), key, leaf, [authority.issuing, authority.root],
        BestAvailableEncryption(passphrase.encode()),
    )  # fmt: skip
