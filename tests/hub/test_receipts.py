"""Receipts out of a batch."""

from contracts.codec import decode, encode
from contracts.identity import Lane
from hub.ledger import Stream
from hub.receipts import REASON, REFUSALS, SPANS, Answers, compose
from tests.hub.conftest import NOON

STREAM = Stream("thap-prao", Lane.ALARM, 3)


def test_each_stream_gets_its_spans() -> None:
    answers = Answers()
    for seq in (1, 2, 3, 7):
        answers.accept(STREAM, seq)
    answers.accept(Stream("thap-ba", Lane.BULK, 1), 5)
    first, second = compose(answers, NOON)
    assert (first.device, first.lane, first.epoch) == ("thap-prao", Lane.ALARM, 3)
    assert [(span.first, span.last) for span in first.spans] == [(1, 3), (7, 7)]
    assert second.device == "thap-ba"


def test_a_refusal_is_named_and_shortened() -> None:
    answers = Answers()
    answers.refuse(STREAM, 4, "x" * 999)
    [receipt] = compose(answers, NOON)
    assert [(each.seq, len(each.reason)) for each in receipt.refused] == [(4, REASON)]


def test_long_answers_are_cut_into_receipts_that_keep_the_contract() -> None:
    answers = Answers()
    for number in range(SPANS + 1):
        answers.accept(STREAM, number * 2 + 1)
    for seq in range(REFUSALS + 1):
        answers.refuse(STREAM, 100_000 + seq, "đ" * 999)
    made = list(compose(answers, NOON))
    assert [len(each.spans) for each in made] == [SPANS, 1, 0, 0]
    assert [len(each.refused) for each in made] == [0, 0, REFUSALS, 1]
    for receipt in made:
        decode(str(receipt.topic), encode(receipt))
