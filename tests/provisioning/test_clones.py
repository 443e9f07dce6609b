"""What the broker's log says of one certificate in two hands, and what is no such thing."""

import pytest

from contracts.trust import Concern
from provisioning.clones import BROKER, MOST_FIGHTS, TAKEOVERS, WITHIN_S, Finding, Watch

A, B = "10.20.0.5", "113.160.1.2"


def connected(client: str, address: str = A, user: str = "thap-a") -> str:
    said = f"New client connected from {address}:41000 as {client} (p2, c0, k30, u'{user}')."
    return f"1795612918: {said}"


def findings(*lines: str, step_s: float = 1.0) -> list[Finding]:
    watch = Watch()
    return [each for at, line in enumerate(lines) for each in watch.read(line, at * step_s)]


def test_the_lanes_and_the_renewal_of_one_box_are_one_box() -> None:
    names = ("thap-a-alarm-aa", "thap-a-bulk-aa", "thap-a-renewal")
    assert findings(*(connected(name) for name in names)) == []


def test_two_outboxes_of_one_name_are_a_clone_and_both_places_are_told() -> None:
    [found] = findings(connected("thap-a-alarm-aa"), connected("thap-a-alarm-bb", B))
    assert (found.concern, found.subject) == (Concern.CLONE_SUSPECTED, "thap-a")
    assert found.addresses == (A, B)
    assert f"thap-a-alarm-aa from {A}, thap-a-alarm-bb from {B}" in found.detail


def test_an_outbox_that_replaced_another_is_no_clone() -> None:
    for goodbye in (
        "disconnected.", "disconnected: Protocol error.", "closed its connection.",
        "has exceeded timeout, disconnecting.",
    ):  # fmt: skip
        gone = f"1795612918: Client thap-a-alarm-aa {goodbye}"
        assert findings(connected("thap-a-alarm-aa"), gone, connected("thap-a-alarm-bb")) == []


def test_two_boxes_are_not_one_because_a_name_begins_with_the_other_s() -> None:
    lines = connected("thap-a-alarm-aa"), connected("thap-a-2-alarm-bb", B, user="thap-a-2")
    assert findings(*lines) == []


TAKEN = "1795612918: Client thap-a-alarm-aa already connected, closing old connection."


def test_a_fight_for_one_session_is_a_clone() -> None:
    [found] = findings(connected("thap-a-alarm-aa"), *[TAKEN] * TAKEOVERS)
    assert found.subject == "thap-a"


def test_a_link_that_comes_and_goes_is_no_fight() -> None:
    slowly = WITHIN_S / TAKEOVERS * 2
    assert findings(connected("thap-a-alarm-aa"), *[TAKEN] * 50, step_s=slowly) == []


SAID = "error:0A000086:SSL routines::certificate verify failed"


@pytest.mark.parametrize(
    "lines",
    [
        (f"1795612918: Client connection from {B} failed: {SAID}.",),
        (
            f"1795612918: New connection from {B}:41000 on port 8883.",
            f"1795612918: OpenSSL Error[0]: {SAID}",
        ),
    ],
)
def test_a_refused_certificate_is_told_with_the_reason_and_where_from(
    lines: tuple[str, ...],
) -> None:
    """Mosquitto says it in two ways, as the handshake ended at once or later."""
    [found] = findings(*lines)
    assert (found.concern, found.subject) == (Concern.CERTIFICATE_REFUSED, BROKER)
    assert (found.detail, found.addresses) == ("certificate verify failed", (B,))


def test_somebody_who_only_knocks_at_the_port_is_no_refused_certificate() -> None:
    knock = "error:0A000126:SSL routines::unexpected eof while reading."
    assert findings(f"1795612918: Client connection from {B} failed: {knock}") == []


def test_a_box_cannot_write_another_s_name_into_the_log() -> None:
    """A client names itself: its name may be a sentence of the log."""
    lie = "thap-b-alarm-bb already connected, closing old connection."
    goodbye = f"1795612918: Client {lie} disconnected."
    assert findings(connected(lie), *[goodbye] * TAKEOVERS) == []
    lie = "x (p2, c1, k60, u'thap-b')."
    assert findings(connected("thap-b-alarm-bb", A, "thap-b"), connected(lie)) == []


def test_ever_new_names_leave_nothing_behind() -> None:
    watch = Watch()
    for number in range(3 * MOST_FIGHTS):
        name = f"thap-a-alarm-{number}"
        for line in (connected(name), TAKEN.replace("thap-a-alarm-aa", name),
                     f"1795612918: Client {name} disconnected."):  # fmt: skip
            list(watch.read(line, number))
    assert (watch._user, dict(watch._here)) == ({}, {})
    assert len(watch._taken) <= MOST_FIGHTS
