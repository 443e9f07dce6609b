"""The broker settings that we show are those that `ioc provision broker` writes.

What a broker does with them is tested in tests/provisioning/test_broker.py.
"""

from pathlib import Path

import pytest

from provisioning import mosquitto

DEPLOY = Path(__file__).parents[2] / "deploy" / "mosquitto"
EXAMPLE = mosquitto.Broker(folder=Path("/etc/mosquitto/ioc"), hosts=("mqtt.donggiang.example",))


@pytest.mark.parametrize(
    ("name", "written"),
    [("ioc.conf", mosquitto.settings(EXAMPLE)), ("ioc.acl", mosquitto.access_list())],
)
def test_the_copy_to_read_is_what_is_written(name: str, written: str) -> None:
    assert (DEPLOY / name).read_text(encoding="utf-8") == written


def test_nobody_comes_in_without_a_certificate() -> None:
    lines = mosquitto.settings(EXAMPLE).splitlines()
    for line in (
        "require_certificate true", "use_identity_as_username true", "allow_anonymous false",
        "crlfile /etc/mosquitto/ioc/revoked.crl",
    ):  # fmt: skip
        assert line in lines
    assert not [line for line in lines if line.startswith("password_file")]
    assert len([line for line in lines if line.startswith("listener ")]) == 1


def test_who_is_revoked_is_denied_everything() -> None:
    text = mosquitto.access_list(["thap-a"])
    assert "user thap-a\ntopic deny #\n" in text
    assert "deny" not in mosquitto.access_list()
