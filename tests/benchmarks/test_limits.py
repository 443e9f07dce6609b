"""The benchmarks with a limit, on loads too small to measure anything: they run and they tell."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import (
    agent,
    alarm_latency,
    boards,
    http_ingest,
    hub_memory,
    mentions,
    subsystems,
)
from benchmarks.figure import Figure, judge, memory, processor_s
from tests.hub.daemons import program

LIMIT_S = 120


def figure(value: float) -> Figure:
    return Figure(name="hub's memory", value=value, limit=200, unit="MB", note="3 devices")


def test_a_figure_stands_beside_its_limit_as_a_ratio(capsys: pytest.CaptureFixture[str]) -> None:
    assert judge([figure(150), figure(200)]) == 0
    [kept, _] = capsys.readouterr().out.splitlines()
    assert " ".join(kept.split()) == "hub's memory 150.0 of 200 MB 0.75 met 3 devices"


def test_one_missed_limit_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert judge([figure(150), figure(200.1)]) == 1
    assert "MISSED" in capsys.readouterr().out


def test_memory_is_read_of_a_living_process() -> None:
    size = memory(os.getpid())
    assert size.pss > 0
    assert 0 < size.rss <= size.peak_rss


def test_the_processors_time_of_a_process_is_its_own() -> None:
    before = processor_s(os.getpid())
    assert 0 < before <= time.process_time() + 1
    assert processor_s(os.getpid()) >= before


def test_a_history_is_taken_in_and_may_take_its_share_of_the_limit() -> None:
    clock, cpu, size = subsystems.measure(scale=0.01, days=2)
    assert cpu.value > 0
    assert clock.limit == cpu.limit < subsystems.LIMIT_S / 50
    assert "figures" in clock.note
    assert size.unit == "MB"


def test_observations_by_http_are_measured_by_the_hubs_processor() -> None:
    program("mosquitto")
    taken, computed = http_ingest.measure(scale=0.01, days=1)
    assert 0 < taken.value <= computed.value
    assert "in parcels of 100" in taken.note


def test_the_hub_is_measured_after_all_devices_were_heard() -> None:
    program("mosquitto")
    load = hub_memory.Load(devices=5, rounds=2, sightings=2)
    assert load.numbered == 24
    found = hub_memory.measure(load)
    assert found.value > 20
    assert "5 devices, 24 messages" in found.note


def test_latency_is_measured_from_publish_to_webhook() -> None:
    program("mosquitto")
    p50, p99 = alarm_latency.measure(alarms=3, devices=2)
    assert 0 < p50.value <= p99.value
    assert "3 alarms" in p50.note


def test_an_agent_is_measured_on_a_stream_of_720p() -> None:
    program("mosquitto")
    program("ffmpeg")
    size, work = agent.measure(seconds=30)
    assert size.value > 50
    assert 0 < work.value < 1000
    assert "sightings" in work.note


def test_without_ffmpeg_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(agent.NothingMeasured, match="make servers"):
        agent.film(tmp_path / "film.mp4")


@pytest.mark.parametrize(
    "name",
    ["benchmarks", "benchmarks.agent", "benchmarks.hub_memory", "benchmarks.alarm_latency",
     "benchmarks.hub_ingest"],
)  # fmt: skip
def test_each_runs_alone_and_explains_itself(name: str) -> None:
    helped = subprocess.run(
        [sys.executable, "-m", name, "--help"],
        capture_output=True, text=True, check=False, timeout=LIMIT_S,
    )  # fmt: skip
    assert helped.returncode == 0
    assert f"python -m {name}" in helped.stdout


@pytest.mark.parametrize("part", [boards, http_ingest, mentions, subsystems])
def test_the_parts_of_the_subsystems_explain_themselves(
    part: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["one", "--help"])
    with pytest.raises(SystemExit) as ended:
        part.main()
    assert ended.value.code == 0
    assert f"python -m {part.__name__}" in capsys.readouterr().out


def test_the_worst_board_is_the_one_that_takes_most_of_the_processor() -> None:
    calm = boards.Times(path="/wall", clock=[90.0] * 20, processor=[20.0] * 20)
    busy = boards.Times(path="/s/health", clock=[50.0] * 20, processor=[40.0] * 20)
    found = boards.worst([calm, busy])
    assert (found.value, found.met) == (40.0, True)
    assert "/s/health" in found.note
    assert calm.figure().value == 90
