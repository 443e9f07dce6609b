"""Is this call from our hub?  The receiving half of the webhook's contract (docs/webhooks.md).

`IOC-Signature: t=<unix seconds>,v1=<hex of HMAC-SHA256(secret, "<t>." + body)>`
"""

import hashlib
import hmac

HEADER = "IOC-Signature"
TOLERANCE_S = 300.0
"""A call that was recorded and is played again later is refused; clocks may differ by less."""


class SignatureError(ValueError):
    """A call that must not be believed; `reason` is missing, malformed, wrong or old."""

    def __init__(self, *, reason: str, why: str) -> None:
        self.reason = reason
        super().__init__(f"{HEADER}: {why}")


def sign(secret: bytes, body: bytes, at: int) -> str:
    """The header for `body` at Unix second `at`."""
    digest = hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def verify(secret: bytes, header: str | None, body: bytes, now: float) -> None:
    """Returns if the call is genuine and recent; raises SignatureError."""
    if not header:
        raise SignatureError(reason="missing", why="the header is missing")
    parts = dict(part.strip().partition("=")[::2] for part in header.split(","))
    stamp = parts.get("t", "")
    if not (header.isascii() and stamp.isdigit() and len(stamp) <= 12 and "v1" in parts):
        raise SignatureError(reason="malformed", why="write t=<unix seconds>,v1=<hex>")
    if not hmac.compare_digest(sign(secret, body, int(stamp)), f"t={stamp},v1={parts['v1']}"):
        raise SignatureError(reason="wrong", why="does not match the body and our secret")
    if abs(now - int(stamp)) > TOLERANCE_S:
        raise SignatureError(
            reason="old", why=f"signed {now - int(stamp):.0f} s ago, at most {TOLERANCE_S:.0f}"
        )
