"""A configuration says what is wrong with it: file, key, value, remedy."""

from pathlib import Path

import pytest

from contracts.configuration import ConfigError, SecretMissing
from contracts.sighting import Label
from edge_agent import config
from edge_agent.policy import TOWER

GOOD = """
[device]
name = "thap-prao"
lat = 15.92726
lon = 107.63929

[[camera]]
name = "bac"
url = "rtsp://ioc:{password}@10.0.0.9/stream"
password_env = "CAMERA_BAC"
azimuth_deg = 12.5
fov_deg = 62
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "agent.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_short_file_is_enough(tmp_path: Path) -> None:
    loaded = config.load(written(tmp_path, GOOD))
    [card] = loaded.cards()
    assert card.position == loaded.device.position
    assert card.pose is not None
    assert loaded.outbox.path == tmp_path / "outbox.db"


def test_a_camera_may_have_opening_thresholds_of_its_own(tmp_path: Path) -> None:
    (plain,) = config.load(written(tmp_path, GOOD)).camera
    (own,) = config.load(written(tmp_path, GOOD + "opens_smoke = 0.5\n")).camera
    assert plain.policy == TOWER
    assert own.policy.opens == {**TOWER.opens, Label.SMOKE: 0.5}


@pytest.mark.parametrize(
    ("change", "key", "value"),
    [
        ('name = "thap-prao"|name = "Tháp Prao"', "device.name", "Tháp Prao"),
        ("fov_deg = 62|fov_deg = 220", "camera.0.fov_deg", "220"),
        ("fov_deg = 62|fov_deg = 62\nopens_fire = 1.5", "camera.0.opens_fire", "1.5"),
        ("fov_deg = 62|", "camera.0.azimuth_deg", "12.5"),
        ("lon = 107.63929|", "device.lat", "15.92726"),
        ("fov_deg = 62|fov_deg = 62\ncolour = 'red'", "camera.0.colour", "red"),
        ('password_env = "CAMERA_BAC"|', "camera.0.password_file", "camera.bac.password_file"),
        ("{password}|secret", "camera.0.url", "rtsp"),
        (
            "[device]|[broker]\nurl='mqtt://hub.example'\n[device]",
            "broker.url",
            "mqtt://hub.example",
        ),
        (
            "[device]|[broker]\nurl='mqtts://hub.example'\n[device]",
            "broker.username",
            "credentials",
        ),
        ("[[camera]]|[detector]\nsize = 333\n[[camera]]", "detector.size", "333"),
    ],
)
def test_a_wrong_key_is_named_with_its_value(
    tmp_path: Path, change: str, key: str, value: str
) -> None:
    old, _, new = change.partition("|")
    assert old in GOOD
    with pytest.raises(ConfigError) as caught:
        config.load(written(tmp_path, GOOD.replace(old, new)))
    assert caught.value.key == key
    assert value in str(caught.value)


def test_an_inline_password_is_refused_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        config.load(written(tmp_path, GOOD.replace("{password}", "hunter2")))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("rstp://10.0.0.9/main", "did you mean rtsp://?"),
        ("gopher://10.0.0.9/main", "nobody here speaks gopher://, but rtsp://"),
    ],
)
def test_an_address_that_nobody_speaks_is_refused(tmp_path: Path, url: str, words: str) -> None:
    text = GOOD.replace("rtsp://ioc:{password}@10.0.0.9/stream", url)
    with pytest.raises(ConfigError) as caught:
        config.load(written(tmp_path, text))
    assert caught.value.key == "camera.0.url"
    assert words in str(caught.value)


def test_a_box_bears_its_own_name_at_the_broker(tmp_path: Path) -> None:
    text = "[broker]\nusername = 'thap-ba'\n" + GOOD
    with pytest.raises(ConfigError, match=r"write the same as device\.name"):
        config.load(written(tmp_path, text))
    config.load(written(tmp_path, text.replace("thap-ba", "thap-prao")))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ('lat = 15.92726|lat = "15,92726"', "with a decimal point: 15.92726"),
        ("lat = 15.92726|lat = 15,92726", "line 4 needs a decimal point: 15.92726"),
        ('lat = 15.92726|drill = "no"\nlat = 15.92726', "write true or false, without quotes"),
        ('fov_deg = 62|fov_deg = "62"', "write a number, without quotes"),
        ("fov_deg = 62|fov_deg = true", "write a number, without quotes"),
        ('name = "thap-prao"|name = "Tháp"', "lower-case letters, digits and hyphens"),
        ("fov_deg = 62|fov_dge = 62", "did you mean 'fov_deg'?"),
        ("[[camera]]|[detecter]\n[[camera]]", "did you mean 'detector'?"),
        ("fov_deg = 62|fov_deg = 220", "camera.bac.fov_deg"),
    ],
)
def test_a_slip_is_told_in_words(tmp_path: Path, change: str, words: str) -> None:
    old, _, new = change.partition("|")
    with pytest.raises(ConfigError) as caught:
        config.load(written(tmp_path, GOOD.replace(old, new)))
    assert words in str(caught.value)
    assert "None" not in str(caught.value)


def test_two_cameras_of_one_name_are_refused(tmp_path: Path) -> None:
    twice = GOOD + '[[camera]]\nname = "bac"\nurl = "usb:0"\n'
    with pytest.raises(ConfigError, match="two cameras are called 'bac'"):
        config.load(written(tmp_path, twice))


@pytest.mark.parametrize("text", ["[device", "\x00", ""])
def test_a_file_that_is_no_configuration_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError):
        config.load(written(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml"):
        config.load(tmp_path / "none.toml")


def test_a_camera_password_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [camera] = config.load(written(tmp_path, GOOD)).camera
    with pytest.raises(SecretMissing, match="CAMERA_BAC"):
        camera.source()
    monkeypatch.setenv("CAMERA_BAC", "hunter2")
    assert camera.source() == "rtsp://ioc:hunter2@10.0.0.9/stream"
    assert "hunter2" not in repr(camera)
