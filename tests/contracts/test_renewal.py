"""The answer to a request for a certificate says one thing; tokens survive being read aloud."""

import pytest
from pydantic import ValidationError

from contracts import enrolment
from contracts.topics import Kind
from tests.contracts.conftest import example


@pytest.mark.parametrize("both", [{"refused": "revoked"}, {"chain": None}])
def test_an_answer_is_either_a_chain_or_a_reason(both: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="give a chain, or say why"):
        example(Kind.CERTIFICATE, **both)


def test_a_token_is_a_hundred_bits_in_groups_of_five() -> None:
    drawn = {enrolment.new_token() for _ in range(100)}
    assert len(drawn) == 100
    for token in drawn:
        assert [len(group) for group in token.split("-")] == [5, 5, 5, 5]
        assert enrolment.normal(token) == token.replace("-", "")


def test_a_token_typed_on_a_phone_is_the_token() -> None:
    assert enrolment.normal(" 0il1o-abcde fghjk-mnpqr\n") == "01110ABCDEFGHJKMNPQR"


@pytest.mark.parametrize("wrong", ["", "ABCDE", "U" * 20, "A" * 21])
def test_what_can_be_no_token_is_none(wrong: str) -> None:
    assert enrolment.normal(wrong) is None


def test_a_token_is_not_in_the_words_of_a_request() -> None:
    request = enrolment.EnrolmentRequest(
        device="thap-a", token="ABCDE-ABCDE-ABCDE-ABCDE", csr="-----BEGIN "
    )
    assert "ABCDE" not in repr(request)
