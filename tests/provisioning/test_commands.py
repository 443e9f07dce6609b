"""From nothing to a tower that is heard, by commands alone; and no secret is shown."""

import re
from pathlib import Path

from ioc import cli
from ioc.exits import Exit
from tests.provisioning.centre import NAME, Centre, Ioc
from tests.provisioning.district import Client
from tests.waiting import until


def connected(centre: Centre, pem: str, identifier: str) -> Client:
    return Client(centre, centre.folder / pem, identifier).connect()  # type: ignore[arg-type]


def test_from_nothing_to_a_tower_that_renews_and_is_revoked(centre: Centre) -> None:
    _, token, _ = centre.run(
        f"device add {NAME} --lat 15.92726 --lon 107.63929 --camera bac:10:60 --title", "Tháp Prao"
    )
    centre.said = centre.said.replace(token, "")  # shown here, once
    (centre.folder / "token").write_text(token)
    centre.run(f"{centre.enrol} {centre.fingerprint}")
    pem = centre.folder / "box" / "device.pem"
    assert pem.stat().st_mode & 0o777 == 0o600
    hub = connected(centre, "hub.pem", "hub")
    hub.subscribe("v1/up/#")
    tower = connected(centre, "box/device.pem", f"{NAME}-alarm-1")
    tower.publish(f"v1/up/{NAME}/alarm/sighting", b"smoke")
    hub.waits_for(f"v1/up/{NAME}/alarm/sighting", b"smoke")
    before = pem.read_bytes()
    (centre.folder / "agent.toml").write_text(
        f'[device]\nname = "{NAME}"\n[broker]\nurl = "mqtts://localhost:{centre.settings.port}"\n'
        'ca_file = "box/ca.crt"\ncert_file = "box/device.pem"\nkey_file = "box/device.pem"\n'
        '[[camera]]\nname = "bac"\nurl = "synthetic:tower"\n'
    )
    centre.run("agent renew --config agent.toml")
    assert pem.read_bytes() != before
    centre.run(f"device revoke {NAME} --reason lost --passphrase-file ca.pass")
    until(lambda: "Reloading config" in centre.broker.said())
    tower.publish(f"v1/up/{NAME}/status", b"thief")
    hub.publish("v1/up/nothing", b"")
    _, listed, _ = centre.run("device list")
    assert re.search(rf"{NAME} +revoked", listed)
    code, _, err = centre.ioc("agent renew --config agent.toml")
    assert code == Exit.FAILED
    assert "is revoked: ask for a new token" in err
    assert not [each for each in hub.heard if each[1] == b"thief"]
    for each in (hub, tower):
        each.stop()
    _, audited, _ = centre.run("ca audit")
    for action in ("certificate-enrolled", "certificate-renewed", "revoked", "token-made"):
        assert f" {action} {NAME}" in audited
    everything = centre.said + centre.log.read_text() + centre.broker.said()
    for secret in (token.strip(), token.strip().replace("-", ""), "mật khẩu của CA", "PRIVATE KEY"):
        assert secret not in everything


def test_a_wrong_fingerprint_keeps_the_token_at_home(centre: Centre) -> None:
    _, token, _ = centre.run(f"device add {NAME}")
    (centre.folder / "token").write_text(token)
    code, _, err = centre.ioc(f"{centre.enrol} sha256:{'0' * 64}")
    assert code == Exit.FAILED
    assert "the token was not sent" in err
    assert token.strip() not in err
    (centre.folder / "token").write_text("ABCDE-ABCDE-ABCDE-ABCDE\n")
    code, _, err = centre.ioc(f"{centre.enrol} {centre.fingerprint}")
    assert code == Exit.FAILED
    assert "this token is not good for this device" in err
    assert not (centre.folder / "box" / "device.pem").exists()


def test_a_box_without_a_network_is_enrolled_by_its_request(ioc: Ioc, tmp_path: Path) -> None:
    ioc("ca init")
    ioc(f"device add {NAME}")
    code, out, _ = ioc(f"agent csr --device {NAME} --out box --qr")
    assert code == Exit.OK
    assert "▀" in out or "█" in out
    request = (tmp_path / "box" / f"{NAME}.csr").read_text()
    assert "PRIVATE" not in request
    assert ioc(f"device sign {NAME} box/{NAME}.csr --out {NAME}.crt")[0] == Exit.OK
    install = f"agent install {NAME}.crt --ca authority/ca.crt --device"
    code, _, err = ioc(f"{install} thap-khac --out box")
    assert code == Exit.FAILED
    assert "not of 'thap-khac'" in err
    assert ioc(f"{install} {NAME} --out box")[0] == Exit.OK
    assert (tmp_path / "box" / "device.pem").read_text().count("BEGIN CERTIFICATE") == 2


def test_a_bundle_opens_with_its_passphrase_only(ioc: Ioc, tmp_path: Path) -> None:
    ioc("ca init")
    ioc(f"device add {NAME}")
    bundle = f"device bundle {NAME} --out b.p12 --bundle-passphrase-file pass"
    (tmp_path / "pass").write_text("ngắn\n")
    code, _, err = ioc(bundle)
    assert code == Exit.FAILED
    assert "shorter than 12" in err
    (tmp_path / "pass").write_text("một câu thật dài\n")
    assert ioc(bundle)[0] == Exit.OK
    assert (tmp_path / "b.p12").stat().st_mode & 0o777 == 0o600
    install = f"agent install-bundle b.p12 --device {NAME} --out box --passphrase-file"
    (tmp_path / "wrong").write_text("một câu khác hẳn\n")
    assert ioc(f"{install} wrong")[0] == Exit.FAILED
    assert ioc(f"{install} pass")[0] == Exit.OK
    assert (tmp_path / "box" / "device.pem").stat().st_mode & 0o777 == 0o600


def test_what_is_missing_is_named_with_its_remedy(ioc: Ioc, tmp_path: Path) -> None:
    code, _, err = ioc("device list")
    assert code == Exit.FAILED
    assert "make one with `ioc ca init`" in err
    ioc("ca init")
    assert "ioc device list" in ioc("device show thap-khac")[2]
    assert "degrees" not in ioc(f"device add {NAME} --lat 100 --lon 1")[1]
    code, _, err = ioc(f"device add {NAME} --lat 100 --lon 1")
    assert code == Exit.FAILED
    assert "lat: 100.0" in err
    ioc(f"device add {NAME}")
    assert ioc(f"device label {NAME} --out label.svg")[0] == Exit.OK
    assert ioc(f"device label {NAME} --out label.txt")[0] == Exit.FAILED
    assert NAME in ioc(f"device show {NAME}")[1]
    assert "fingerprint" not in ioc("ca show")[2]
    code, _, err = ioc("ca crl")
    assert code == Exit.FAILED
    assert "ioc provision broker" in err


def test_no_option_takes_a_secret() -> None:
    """A passphrase or token is named by file or variable."""
    source = (Path(cli.__file__).parent / "enrolment_cli.py").read_text(encoding="utf-8")
    options = re.findall(r'"(--[a-z-]*(?:passphrase|token|password|secret)[a-z-]*)"', source)
    assert options
    for option in options:
        assert option.endswith(("-file", "passphrase")), option
    assert 'f"{option}-file"' in source
    assert 'f"{option}-env"' in source
