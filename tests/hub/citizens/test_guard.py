"""The guard: forms count once and in time, senders are counted in bounded memory."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.citizens import guard
from hub.citizens.guard import FORM_LIFE, HOUR, Forms, Gate, Turned, Window

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def test_a_form_filled_in_by_a_person_is_taken_and_keeps_its_number() -> None:
    forms = Forms("secret", 3)
    token = forms.issue(NOW)
    number = forms.check(token, NOW + timedelta(seconds=3))
    assert len(number) == 32
    assert forms.check(token, NOW + timedelta(minutes=5)) == number


@pytest.mark.parametrize(
    ("after", "status"), [(timedelta(seconds=2), 422), (FORM_LIFE + timedelta(seconds=1), 403)]
)
def test_a_form_too_soon_or_too_old_is_turned_away(after: timedelta, status: int) -> None:
    forms = Forms("secret", 3)
    with pytest.raises(Turned) as turned:
        forms.check(forms.issue(NOW), NOW + after)
    assert turned.value.status == status


@pytest.mark.parametrize("token", ["", "x", "WyJhIiwxXQ.AAAA"])
def test_a_forged_form_is_turned_away(token: str) -> None:
    with pytest.raises(Turned):
        Forms("secret", 0).check(token, NOW)


def test_a_form_of_another_installation_is_turned_away() -> None:
    with pytest.raises(Turned):
        Forms("secret", 0).check(Forms("other", 0).issue(NOW), NOW)


def test_an_address_waits_out_its_hour_and_others_do_not_wait() -> None:
    gate = Gate(per_address=2, in_total=100)
    gate.enter("203.0.113.7", NOW)
    gate.enter("203.0.113.7", NOW)
    with pytest.raises(Turned) as turned:
        gate.enter("203.0.113.7", NOW + HOUR - timedelta(seconds=1))
    assert turned.value.status == 429
    assert "114" in turned.value.why_vi
    gate.enter("203.0.113.8", NOW)
    gate.enter("203.0.113.7", NOW + HOUR)


def test_one_address_over_its_limit_does_not_eat_up_the_total() -> None:
    gate = Gate(per_address=1, in_total=2)
    gate.enter("203.0.113.7", NOW)
    for _ in range(5):
        with pytest.raises(Turned):
            gate.enter("203.0.113.7", NOW)
    gate.enter("203.0.113.8", NOW)
    with pytest.raises(Turned):
        gate.enter("203.0.113.9", NOW)


def test_an_address_opens_one_incident_an_hour() -> None:
    gate = Gate(per_address=9, in_total=9)
    opened = [gate.may_open("203.0.113.7", NOW + timedelta(minutes=m)) for m in (0, 30, 60)]
    assert opened == [True, False, True]


def test_memory_is_bounded_whoever_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "ADDRESSES", 5)
    window = Window(1)
    for number in range(50):
        window.allows(str(number), NOW)
    assert len(window) == 5
