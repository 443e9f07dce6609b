"""What the issuer tells the hub about certificates: who was refused, copied, called back.

The newest report is the whole state and is retained: what it does not name is over.  Only the
issuer reports on others; a device that tries is refused by the broker and by this model.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.clock import Moment
from contracts.message import Message
from contracts.topics import ISSUER, Kind, Topic

MOST_FINDINGS = 64


class Concern(StrEnum):
    """What happened; also the word of the issuer's audit."""

    CLONE_SUSPECTED = "clone-suspected"
    CERTIFICATE_REFUSED = "certificate-refused"
    ENROLMENT_REFUSED = "enrolment-refused"
    RENEWAL_REFUSED = "renewal-refused"
    REVOKED = "revoked"


class Finding(Message):
    """One concern about one name, over the last day; `detail` is for who keeps the centre."""

    concern: Concern
    subject: Annotated[str, Field(max_length=48, description="a device; `broker` if unknown")]
    first_at: Moment
    last_at: Moment
    times: Annotated[int, Field(ge=1)]
    addresses: Annotated[tuple[Annotated[str, Field(max_length=64)], ...], Field(max_length=8)] = ()
    detail: Annotated[str, Field(max_length=400)] = ""


class TrustReport(Message):
    """Newest first."""

    kind: ClassVar[Kind] = Kind.TRUST
    max_bytes: ClassVar[int] = 131_072

    v: Literal[1] = 1
    device: Literal["issuer"] = ISSUER
    at: Moment
    findings: Annotated[tuple[Finding, ...], Field(max_length=MOST_FINDINGS)] = ()

    @property
    def topic(self) -> Topic:
        return Topic(device=self.device, kind=self.kind)
