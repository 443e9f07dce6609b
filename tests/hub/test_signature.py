"""Signatures of webhooks."""

import pytest

from hub.signature import TOLERANCE_S, sign, verify

BODY = '{"title_vi": "Khói"}'.encode()


def test_a_signed_call_is_known() -> None:
    assert verify("s", BODY, sign("s", BODY, 1000), now=1000 + TOLERANCE_S)


def test_the_signature_is_hmac_sha256_over_time_and_body() -> None:
    # Reference value: printf '1000.{}' | openssl dgst -sha256 -hmac s
    expected = "1266ced5789d16ad976ad7b98cd2aa00ac3ba17106a40ee2a50f1df5cf9b85fc"
    assert sign("s", b"{}", 1000) == f"t=1000,v1={expected}"


@pytest.mark.parametrize(
    ("secret", "body", "now"),
    [("other", BODY, 1000), ("s", BODY + b" ", 1000), ("s", BODY, 1001 + TOLERANCE_S)],
    ids=["another secret", "another body", "too old"],
)
def test_anything_else_is_not(secret: str, body: bytes, now: int) -> None:
    assert not verify(secret, body, sign("s", BODY, 1000), now)


@pytest.mark.parametrize("header", ["", "t=,v1=", "t=x,v1=y", "v1=ab", "t=²,v1=a"])
def test_a_broken_header_is_refused(header: str) -> None:
    assert not verify("s", BODY, header, 1000)
