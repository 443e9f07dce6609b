"""The demo's folder: configurations that both rooms accept, secrets for their owner alone."""

import stat
import tomllib
from pathlib import Path

import pytest

from contracts.sighting import Box, Label, Position
from contracts.status import Pose
from edge_agent import config as agent_config
from edge_agent.bearing import bearing_of
from hub import config as hub_config
from ioc.settings import FIRE, PRAO, SONG_KON, Folder, aimed, bearing_deg, filmed, rendered, toml


def folder(path: Path, cameras: tuple[object, ...] = rendered()) -> Folder:
    return Folder(
        path=path, console_port=8081, phone_port=8091, broker_url="mqtt://127.0.0.1:1884",
        cameras=cameras,  # type: ignore[arg-type]
    )  # fmt: skip


def test_the_rooms_accept_what_is_written(tmp_path: Path) -> None:
    made = folder(tmp_path / "demo")
    made.write()
    hub = hub_config.load(made.hub)
    assert (hub.broker.port, hub.console.port) == (1884, 8081)
    assert hub.webhook[0].url == "http://127.0.0.1:8091/hook"
    names = [agent_config.load(made.agent(camera)).device.name for camera in made.cameras]
    assert names == ["thap-prao", "thap-song-kon", "duong-prao"]


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    made = folder(tmp_path / "demo")
    made.write()
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.path.iterdir()} == {0o600}


def test_each_folder_has_a_secret_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    one, two = folder(tmp_path / "one"), folder(tmp_path / "two")
    for made in (one, two):
        made.write()
    first = one.secret.read_text()
    one.write()
    assert one.secret.read_text() == first
    assert len(first.strip()) >= 32
    assert first != two.secret.read_text()
    assert first.strip() not in one.hub.read_text()


def test_both_towers_look_at_the_fire() -> None:
    assert bearing_deg(PRAO, FIRE) == pytest.approx(26.8, abs=0.3)
    assert bearing_deg(SONG_KON, FIRE) == pytest.approx(271.4, abs=0.3)


@pytest.mark.parametrize("place", [0.0, 0.4, 0.5, 0.62, 1.0])
def test_an_aimed_camera_has_the_fire_where_the_scene_paints_it(place: float) -> None:
    """By the agent's own pinhole: what stands at `place` lies in the fire's direction."""
    pose = Pose(azimuth_deg=aimed(PRAO, FIRE, place), fov_deg=60.0)
    box = Box(x=place, y=0.5, w=0.0, h=0.1)
    found = bearing_of(box, Label.SMOKE, pose)
    assert found.azimuth_deg == pytest.approx(bearing_deg(PRAO, FIRE), abs=0.1)


@pytest.mark.parametrize(
    ("lat", "lon", "azimuth"), [(1, 0, 0), (0, 1, 90), (-1, 0, 180), (0, -1, 270)]
)
def test_azimuth_turns_clockwise_from_north(lat: float, lon: float, azimuth: float) -> None:
    eye = Position(lat=0, lon=0)
    assert bearing_deg(eye, Position(lat=lat, lon=lon)) == pytest.approx(azimuth)


def test_a_folder_is_a_time_lapse_of_a_tower(tmp_path: Path) -> None:
    [camera] = filmed(str(tmp_path), None, None)
    assert (camera.scene, camera.pace_s) == ("tower", 0.5)
    [quick] = filmed(str(tmp_path), "street", 0.1)
    assert (quick.scene, quick.pace_s) == ("street", 0.1)


def test_a_clip_and_an_address_are_a_street_unless_told_otherwise(tmp_path: Path) -> None:
    clip = tmp_path / "smoke.mp4"
    clip.write_bytes(b"")
    [camera] = filmed(str(clip), None, 0.1)
    assert (camera.scene, camera.pace_s, camera.url) == ("street", None, str(clip))
    [live] = filmed("rtsp://10.0.0.7/main", "tower", None)
    assert (live.scene, live.url) == ("tower", "rtsp://10.0.0.7/main")


def test_the_password_of_a_stream_stays_in_the_environment(tmp_path: Path) -> None:
    made = folder(tmp_path / "demo", filmed("rtsp://u:{password}@10.0.0.7/main", None, None))
    made.write()
    loaded = agent_config.load(made.agent(made.cameras[0]))
    assert loaded.camera[0].password_env == "IOC_VIDEO_PASSWORD"


def test_toml_survives_what_file_names_may_hold() -> None:
    hard = {"a": 'é "quoted" \\ \n \x7f # [x]', "n": 1, "f": 0.5, "yes": True}
    nested = {**hard, "t": {**hard, "u": {"deep": 1}}, "l": [hard, {**hard, "in": {"x": 1}}]}
    assert tomllib.loads(toml(nested)) == nested
