"""Revocation: every certificate of a name is called back, and it is audited.

The brokers are told by `provisioning.brokers.publish`."""

from cryptography import x509
from sqlalchemy import Connection, delete, update

from contracts.trust import Concern
from provisioning import audit, registry
from provisioning.records import Occasion, certificates, tokens

REASONS = {
    "key-compromise": x509.ReasonFlags.key_compromise,
    "lost": x509.ReasonFlags.key_compromise,
    "replaced": x509.ReasonFlags.superseded,
    "retired": x509.ReasonFlags.cessation_of_operation,
    "unspecified": x509.ReasonFlags.unspecified,
}
"""What a person says, and what the list says (RFC 5280, 5.3.1)."""


def revoke(connection: Connection, occasion: Occasion, name: str, reason: str) -> list[str]:
    """The serials that were called back; the name's token is void too.  Raises UnknownDevice."""
    if name not in registry.SERVICES:
        registry.find(connection, name)
        registry.set_state(connection, name, registry.State.REVOKED)
        connection.execute(delete(tokens).where(tokens.c.device == name))
    valid = [each.serial for each in registry.held(connection, name) if each.valid_at(occasion.at)]
    connection.execute(
        update(certificates)
        .where(certificates.c.serial.in_(valid))
        .values(revoked_at=occasion.at.isoformat(), reason=REASONS[reason].value)
    )
    audit.note(connection, occasion, Concern.REVOKED, name, {"reason": reason, "serials": valid})
    return valid
