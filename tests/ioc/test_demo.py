"""The demo with its real processes: shows a fire, reports a death, leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from edge_agent.scene.setting import Setting
from edge_agent.scene.street import StreetScene
from ioc import cli, demo, settings
from ioc.broker import LOOPBACK, NATS, EmbeddedBroker, free_port
from ioc.demo import ChildDied, Demo, Plan
from ioc.exits import Exit
from tests.ioc.conftest import until

LIMIT_S = 90
DEVICES = ["duong-prao", "thap-prao", "thap-song-kon"]


def processes(folder: Path) -> dict[int, str]:
    """Of the demo that keeps its files in `folder`: process id to command line."""
    found = {}
    for process in psutil.process_iter(["cmdline", "status"]):
        line = " ".join(process.info["cmdline"] or [])
        if f"{folder}/" in line and process.info["status"] != psutil.STATUS_ZOMBIE:
            found[process.pid] = line
    return found


class Running:
    """`ioc demo` in a process of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder / "state"
        self._out = folder / "demo.out"
        with self._out.open("wb") as out:
            self.process = subprocess.Popen(
                [
                    sys.executable, "-m", "ioc.cli", "demo", "--state", str(self.folder),
                    "--port", str(free_port()), *options,
                ],
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # a runner in the background has its children ignore Ctrl-C
                preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
            )  # fmt: skip

    def said(self) -> str:
        return self._out.read_text(encoding="utf-8")

    def until_online(self) -> None:
        until(lambda: self.said().count("đã nối") == 3, "three devices online", LIMIT_S)

    def wait(self) -> int:
        return self.process.wait(LIMIT_S)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    started = Running(tmp_path)
    yield started
    started.process.kill()
    started.process.wait()
    for pid in processes(started.folder):
        os.kill(pid, signal.SIGKILL)


def headless(folder: Path, *options: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, figures, and what was said."""
    done = subprocess.run(
        [
            sys.executable, "-m", "ioc.cli", "demo", "--headless", "--json",
            "--state", str(folder), "--port", str(free_port()), *options,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=2 * LIMIT_S,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def test_a_fire_goes_from_camera_to_phone(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    code, figures, said = headless(folder, "--until-incident", "--seconds", str(LIMIT_S))
    assert code == Exit.OK, said
    assert figures["ok"]
    assert figures["devices_online"] == DEVICES
    [first, *_] = [each for each in figures["incidents"] if each["picture_bytes"]]
    assert first["type"] in {"forest-fire", "street-fire"}
    assert not first["late"]
    assert figures["publish_to_webhook_ms"]["count"] >= 1
    assert figures["webhooks"]["refused"] == {}
    assert figures["unreadable_messages"] == 0
    assert set(figures["peak_rss_mb"]) == {"broker", "phone", "hub", *DEVICES}
    for line in ("đã nối", "thấy", "Điện thoại nhận tin", "Có ảnh bằng chứng"):
        assert line in said
    assert processes(folder) == {}


def epoch_of_a_run(plan: Plan, device: str) -> str:
    """The birth of the device's outbox, as its agent logs it."""
    with Demo(plan, print) as shown:
        while len(shown.observer.online) < 3:
            assert shown.story.elapsed_s < LIMIT_S
            shown.step()
        log = shown.folder.log(device)
    return log.read_text(encoding="utf-8").rpartition(", epoch ")[2].split()[0]


def test_a_demo_goes_on_from_the_folder_that_it_was_given(tmp_path: Path) -> None:
    plan = Plan(cameras=settings.rendered(), state=tmp_path, port=free_port())
    first, second = (epoch_of_a_run(plan, "thap-prao") for _ in range(2))
    assert int(first) > 0
    assert second == first


def test_the_same_over_the_broker_that_pip_installs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if NATS.find() is None:
        pytest.skip("nats-server is not installed: it is part of the extra [demo]")
    monkeypatch.setattr(demo, "EmbeddedBroker", partial(EmbeddedBroker, recipe=NATS))
    plan = Plan(cameras=settings.rendered(), state=tmp_path, port=free_port())
    with Demo(plan, print) as shown:
        while not shown.story.proven:
            assert shown.story.elapsed_s < LIMIT_S
            shown.step()
        assert shown.report().broker == "nats-server"


def test_ctrl_c_ends_everything(running: Running) -> None:
    running.until_online()
    assert len(processes(running.folder)) == 6  # broker, phone, hub and three boxes
    running.process.send_signal(signal.SIGINT)
    assert running.wait() == Exit.OK
    assert "Đã dừng" in running.said()
    assert processes(running.folder) == {}


def test_ctrl_c_while_it_starts_ends_everything(running: Running) -> None:
    until(lambda: len(processes(running.folder)) > 3, "some processes")
    running.process.send_signal(signal.SIGINT)
    assert running.wait() == Exit.OK
    assert processes(running.folder) == {}


def test_a_closed_terminal_ends_everything(running: Running) -> None:
    running.until_online()
    running.process.send_signal(signal.SIGHUP)
    assert running.wait() == Exit.OK
    assert processes(running.folder) == {}


@pytest.mark.parametrize("victim", ["hub run", "duong-prao.toml", "broker"])
def test_a_process_that_dies_is_reported(running: Running, victim: str) -> None:
    running.until_online()
    [pid] = [
        pid
        for pid, line in processes(running.folder).items()
        if victim in line and "ioc.cli demo" not in line
    ]
    os.kill(pid, signal.SIGKILL)
    assert running.wait() == Exit.FAILED
    last = running.said().splitlines()[-1]
    assert "ended by itself with -9" in last
    assert processes(running.folder) == {}


def step_until_it_ends(shown: Demo) -> None:
    while shown.story.elapsed_s < LIMIT_S:
        shown.step()


def test_the_log_of_a_process_that_cannot_start_is_shown(tmp_path: Path) -> None:
    (tmp_path / "webhook.secret").write_text("")
    plan = Plan(cameras=settings.rendered(), state=tmp_path, port=free_port())
    with pytest.raises(ChildDied, match="is empty") as died, Demo(plan, print):
        pass
    assert (died.value.name, died.value.exit_code) == ("hub", Exit.CONFIGURATION)


def test_a_port_in_use_is_said_and_another_taken(tmp_path: Path) -> None:
    said: list[str] = []
    with EmbeddedBroker(tmp_path / "other") as other:
        plan = Plan(cameras=settings.rendered(), state=tmp_path / "demo", port=other.port)
        shown = Demo(plan, said.append)
        shown.stop()
    assert f"Cổng {other.port} đang bận" in said[0]
    assert shown.folder.console_port != other.port


@pytest.mark.parametrize("keep", [False, True])
def test_a_temporary_folder_goes_unless_it_is_kept(keep: bool) -> None:
    shown = Demo(Plan(cameras=settings.rendered(), keep=keep, port=free_port()), print)
    folder = shown.folder.path
    assert folder.exists()
    shown.stop()
    assert folder.exists() is keep
    if keep:
        folder.rmdir()


def test_a_video_that_does_not_exist_is_a_wrong_command_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["demo", "--video", "/no/such/clip.mp4"]) == Exit.USAGE
    assert "/no/such/clip.mp4" in capsys.readouterr().err


def test_a_password_as_an_argument_is_refused_and_not_repeated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["demo", "--video", f"rtsp://u:hunter2@{LOOPBACK}/main"]) == Exit.USAGE
    said = capsys.readouterr()
    assert "IOC_VIDEO_PASSWORD" in said.err
    assert "hunter2" not in said.err + said.out


@pytest.fixture
def calm_pictures(tmp_path: Path) -> Path:
    """A folder of pictures without smoke: moving colours that ffmpeg makes."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    source = "testsrc2=size=640x360:rate=2:duration=20"
    subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", source, folder / "%04d.jpg"],
        check=True,
    )
    return folder


def test_a_folder_without_fire_is_scored_and_opens_nothing(
    tmp_path: Path, calm_pictures: Path
) -> None:
    code, figures, said = headless(
        tmp_path / "state", "--video", str(calm_pictures), "--pace", "0.3", "--seconds", "25"
    )
    assert code == Exit.FAILED, said
    assert figures["devices_online"] == ["camera-video"]
    assert figures["source"] == "pictures"
    assert figures["cameras"]["camera-video/cam-1"]["frames_scored"] > 5
    assert [each for each in figures["incidents"] if "fire" in each["type"]] == []


@pytest.fixture
def burning_clip(tmp_path: Path) -> Path:
    """Half a minute of the rendered street on fire, as a film."""
    clip = tmp_path / "fire.mp4"
    setting = Setting.from_url("synthetic:street?seed=3&fps=5&ignite_after=0")
    scene = StreetScene(setting)
    size = f"{setting.width}x{setting.height}"
    raw = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", size, "-r", "5", "-i", "-"]
    ffmpeg = ["ffmpeg", "-loglevel", "error", *raw, "-pix_fmt", "yuv420p", str(clip)]
    with subprocess.Popen(ffmpeg, stdin=subprocess.PIPE) as film:
        assert film.stdin is not None
        for number in range(150):
            film.stdin.write(scene.render(10 + number / 5, number).tobytes())
        film.stdin.close()
        assert film.wait() == 0
    return clip


def test_a_film_of_a_fire_reaches_the_phone(tmp_path: Path, burning_clip: Path) -> None:
    options = ["--video", str(burning_clip), "--until-incident", "--seconds", "60"]
    code, figures, said = headless(tmp_path / "state", *options)
    assert code == Exit.OK, said
    assert figures["source"] == "fire.mp4"
    assert figures["incidents"][0]["type"] == "street-fire"
    assert figures["incidents"][0]["camera"] == "camera-video/cam-1"
