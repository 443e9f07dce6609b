"""Renewal of a device's certificate over the device link: a request up, an answer down.

The request is signed with the key that the device uses today, so that its word need not be
believed because of the topic alone: `signature` is ECDSA with SHA-256 over `CONTEXT`, the name of
the device, a newline and the CSR, by the key of the certificate `serial`.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from contracts.clock import Moment
from contracts.identity import DeviceName
from contracts.message import Message
from contracts.topics import Kind, Topic

CONTEXT = b"dong-giang-ioc certificate request 1\n"
"""Stands before the signed bytes: a signature for another purpose is none here."""

Pem = Annotated[str, StringConstraints(max_length=8_192, pattern=r"^-----BEGIN ")]
Serial = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{1,40}$")]
"""Of a certificate, lower-case hexadecimal (RFC 5280, 4.1.2.2: at most 20 bytes)."""


class CertificateRequest(Message):
    """A device asks for its next certificate; its new private key stays where it was made."""

    kind: ClassVar[Kind] = Kind.CERTIFICATE_REQUEST
    max_bytes: ClassVar[int] = 16_384

    v: Literal[1] = 1
    device: DeviceName
    at: Moment
    csr: Annotated[Pem, Field(description="PKCS #10, PEM; its common name is the device")]
    serial: Annotated[Serial, Field(description="of the certificate in use")]
    signature: Annotated[
        str, Field(pattern=r"^(?:[0-9a-f]{2}){8,128}$", description="DER, in hexadecimal")
    ]

    @property
    def topic(self) -> Topic:
        return Topic(device=self.device, kind=self.kind)

    @property
    def signed(self) -> bytes:
        """What `signature` is over."""
        return signed_bytes(self.device, self.csr)


def signed_bytes(device: str, csr: str) -> bytes:
    return CONTEXT + f"{device}\n{csr}".encode()


class Certificate(Message):
    """The answer: a chain, the device's certificate first, or why there is none."""

    kind: ClassVar[Kind] = Kind.CERTIFICATE
    max_bytes: ClassVar[int] = 16_384

    v: Literal[1] = 1
    device: DeviceName
    at: Moment
    chain: Annotated[Pem | None, Field(description="PEM, the leaf first")] = None
    refused: Annotated[str, Field(max_length=300, description="why there is no chain")] = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> "Certificate":
        if (self.chain is None) == (not self.refused):
            raise ValueError("give a chain, or say why there is none")
        return self

    @property
    def topic(self) -> Topic:
        return Topic(device=self.device, kind=self.kind)
