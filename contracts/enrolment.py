"""Enrolment over HTTPS: a one-time token and a signing request against a certificate.

A token is twenty characters of Crockford base32 (100 random bits) in groups of five, so that it
can be read out over a telephone; `normal` forgives case, hyphens and the letters O, I and L.
"""

import re
import secrets
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from contracts.identity import DeviceName
from contracts.message import Message
from contracts.renewal import Pem

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 20, 5
CA_PATH = "/enrol/ca.crt"
PATH = "/enrol"
MOST_BYTES = 8_192
"""Of a request; a CSR of a P-256 key has some 400."""
_TOKEN = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
_FORGIVEN = str.maketrans("OIL", "011", "- \t")


class EnrolmentRequest(Message):
    """What a device says once in its life; over TLS only."""

    v: Literal[1] = 1
    device: DeviceName
    token: Annotated[str, StringConstraints(min_length=1, max_length=64), Field(repr=False)]
    csr: Pem


class EnrolmentAnswer(Message):
    """The device's certificate, the issuing one behind it, and the root to trust."""

    v: Literal[1] = 1
    device: DeviceName
    chain: Pem
    root: Pem


class EnrolmentRefusal(Message):
    """Why not; `reason` is a stable word, `detail` for people."""

    v: Literal[1] = 1
    reason: str
    detail: str


def new_token() -> str:
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(drawn[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def normal(token: str) -> str | None:
    """`token` as it was drawn, without hyphens; None if it can be none."""
    cleaned = token.strip().upper().translate(_FORGIVEN)
    return cleaned if _TOKEN.fullmatch(cleaned) else None
