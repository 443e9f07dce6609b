"""What the broker's log says of one certificate in two hands, and what is no such thing."""

from provisioning.clones import TAKEOVERS, WITHIN_S, Finding, Watch

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
    assert (found.action, found.subject) == ("clone-suspected", "thap-a")
    assert f"thap-a-alarm-aa from {A}, thap-a-alarm-bb from {B}" in found.detail


def test_an_outbox_that_replaced_another_is_no_clone() -> None:
    for goodbye in ("disconnected.", "closed its connection.", "has exceeded timeout, …"):
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


def test_a_refused_certificate_is_told_with_the_library_s_reason() -> None:
    said = "error:0A000086:SSL routines::certificate verify failed"
    [found] = findings(f"1795612918: OpenSSL Error[0]: {said}")
    assert found.action == "certificate-refused"
    assert found.detail == "certificate verify failed"
