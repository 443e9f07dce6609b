"""The hub's configuration file."""

from pathlib import Path

import pytest

from contracts.configuration import ConfigError, SecretMissing, secret
from hub.config import load


def write(folder: Path, text: str) -> Path:
    path = folder / "hub.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_file_is_a_hub_on_loopback_that_keeps_its_files_beside_it(tmp_path: Path) -> None:
    config = load(write(tmp_path, ""))
    assert (config.broker.host, config.broker.port, config.broker.tls) == ("127.0.0.1", 1883, False)
    assert config.records.path == tmp_path / "hub.db"
    assert config.influx.path == tmp_path / "series.duckdb"


@pytest.mark.parametrize(
    ("text", "key", "remedy"),
    [
        ("[brocker]", "brocker", "unknown"),
        ("[console]\nport = 99999", "console.port", "65535"),
        ('[broker]\nurl = "tcp://x"', "broker.url", "mqtt://"),
        ('[broker]\nurl = "mqtt://u:p@127.0.0.1"', "broker.url", "credentials"),
        ('[broker]\ncert_file = "a"', "broker.cert_file", "together"),
        ('[broker]\nurl = "mqtt://10.0.0.1:1883"', "broker.url", "TLS"),
        ('[broker]\nurl = "mqtts://10.0.0.1"', "broker.username", "credentials"),
        ('[broker]\nurl = "mqtts://10.0.0.1"\nusername = "hub"', "broker.username", "credentials"),
        ('[console]\nlisten = "0.0.0.0"', "console.tls_cert_file", "TLS"),
        (
            '[console]\nlisten = "0.0.0.0"\ntls_cert_file = "c"\ntls_key_file = "k"',
            "console.users_file",
            "users",
        ),
        ('[records]\nurl = "mysql://x"', "records.url", "postgresql"),
        (
            '[records]\nurl = "postgresql+psycopg://u:p@127.0.0.1/x"',
            "records.url",
            "password_file",
        ),
        ('[records]\nurl = "postgresql+psycopg://u@10.0.0.1/x"', "records.url", "TLS"),
        (
            '[records]\nurl = "postgresql+psycopg://u@10.0.0.1/x?sslmode=require"',
            "records.password_file",
            "password",
        ),
        ('[influx]\napi = "v4"', "influx.api", "embedded"),
        ('[influx]\napi = "v1"\nurl = "http://10.0.0.1:8086"', "influx.url", "TLS"),
        ('[influx]\napi = "v1"\nurl = "https://10.0.0.1"', "influx.token_file", "token"),
        ('[influx]\napi = "v2"', "influx.org", "organisation"),
        ('[[webhook]]\nname = "may"\nurl = "http://127.0.0.1/"', "webhook.0.secret_file", "signed"),
        (
            '[[webhook]]\nname = "may"\nurl = "http://a.vn/"\nsecret_env = "S"',
            "webhook.0.url",
            "TLS",
        ),
        ("[keep]\ncitizen_photos_days = 400", "keep.citizen_photos_days", "photos go first"),
        ("[rules]\nlate_after_s = -1", "rules.late_after_s", "greater than 0"),
    ],
)
def test_a_wrong_key_is_named_with_its_remedy(
    tmp_path: Path, text: str, key: str, remedy: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as wrong:
        load(path)
    assert wrong.value.key == key
    assert remedy in wrong.value.remedy
    assert str(path) in str(wrong.value)


LAN = '[[probe]]\nname = "lan-1"\ntitle_vi = "Mạng"\nkind = "ping"\nhost = "10.0.0.1"\n'


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        (LAN + LAN, "two are called 'lan-1'"),
        (LAN.replace("lan-1", "mail"), "write it as service"),
        (LAN + 'service = "post"', "video-conference"),
        (LAN + "every_s = 2\ntimeout_s = 3", "must not be longer than every_s"),
    ],
)
def test_a_wrong_probe_is_refused_with_its_remedy(tmp_path: Path, text: str, remedy: str) -> None:
    with pytest.raises(ConfigError, match="probe") as wrong:
        load(write(tmp_path, text))
    assert remedy in str(wrong.value)


def test_two_endpoints_of_one_name_are_refused(tmp_path: Path) -> None:
    one = '[[webhook]]\nname = "may"\nurl = "http://127.0.0.1/"\nsecret_env = "S"\n'
    with pytest.raises(ConfigError, match="'may'"):
        load(write(tmp_path, one + one))


@pytest.mark.parametrize("text", ["[broker", "\xff"])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "hub.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigError, match=r"hub\.toml"):
        load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load(tmp_path / "hub.toml")


def test_a_secret_is_the_first_line_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("open sesame \nsecond line")
    assert secret(tmp_path / "s", None) == "open sesame"


def test_a_secret_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOC_TEST_SECRET", "open")
    assert secret(None, "IOC_TEST_SECRET") == "open"
    assert secret(None, None) is None


def test_a_secret_that_is_not_there_is_said_by_its_place(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("")
    for file, variable in ((tmp_path / "no", None), (tmp_path / "empty", None), (None, "IOC_NO")):
        with pytest.raises(SecretMissing, match=r"no|empty|IOC_NO"):
            secret(file, variable)
