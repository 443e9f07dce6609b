"""The signature of a webhook: `IOC-Signature: t=<unix seconds>,v1=<hex>`.

v1 is HMAC-SHA256 (RFC 2104) over `<t>.<body>`; the time is inside, so that a recorded call cannot
be played again later.  A receiver compares with `verify`.
"""

import hashlib
import hmac

HEADER = "IOC-Signature"
TOLERANCE_S = 300
"""Clocks without internet drift; five minutes is what webhook receivers commonly allow."""


def sign(secret: str, body: bytes, at: int) -> str:
    """The header's value for `body` sent at Unix second `at`."""
    return f"t={at},v1={_digest(secret, body, at)}"


def verify(secret: str, body: bytes, header: str, now: int) -> bool:
    """True if `header` was made with `secret` for `body` within the tolerance of `now`."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    stamp = parts.get("t", "")
    if not (stamp.isascii() and stamp.isdigit()) or abs(now - int(stamp)) > TOLERANCE_S:
        return False
    return hmac.compare_digest(_digest(secret, body, int(stamp)), parts.get("v1", ""))


def _digest(secret: str, body: bytes, at: int) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
