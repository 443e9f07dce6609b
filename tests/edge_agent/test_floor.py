"""What a camera learns of the places where it is usually wrong."""

from datetime import timedelta
from pathlib import Path

import pytest

from contracts.sighting import Box, Label
from edge_agent.floor import DAYS, NoiseFloor
from tests.edge_agent.making import NOON, box_at, seen

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def taught(*days: int, score: float = 0.5) -> NoiseFloor:
    noise = NoiseFloor()
    for day in sorted(days, reverse=True):
        noise.learn(seen(score), NOON - day * DAY)
    return noise


def test_what_came_back_on_another_day_is_noise() -> None:
    assert taught(1, 2).under(seen(), NOON) == pytest.approx(0.5, abs=0.01)


def test_what_smouldered_for_most_of_a_day_teaches_nothing() -> None:
    noise = NoiseFloor()
    for minute in range(22 * 60):
        noise.learn(seen(0.9), NOON - 2 * DAY + timedelta(minutes=minute))
    assert all(noise.under(seen(), NOON + hour * HOUR) == 0 for hour in range(24))


def test_today_teaches_nothing_yet() -> None:
    noise = taught(1)
    for hour in range(20):
        noise.learn(seen(0.9), NOON - hour * HOUR)
    assert noise.under(seen(), NOON) == 0


@pytest.mark.parametrize(("later", "raised"), [(-1, True), (1, True), (3, False), (12, False)])
def test_the_floor_holds_within_an_hour_of_the_time_of_day(later: int, raised: bool) -> None:
    assert (taught(2, 3).under(seen(), NOON + later * HOUR) > 0) is raised


def test_the_floor_holds_where_it_was_learned_and_in_the_cells_beside() -> None:
    noise = taught(1, 2)
    assert noise.under(seen(box=box_at(0.46, 0.46, 0.03)), NOON) > 0
    assert noise.under(seen(box=box_at(0.8, 0.4, 0.03)), NOON) == 0


def test_smoke_teaches_nothing_of_fire() -> None:
    assert taught(1, 2).under(seen(label=Label.FIRE), NOON) == 0


def test_what_is_older_than_a_week_is_forgotten() -> None:
    assert taught(DAYS + 1, DAYS + 2).under(seen(), NOON) == 0
    assert taught(1, DAYS).under(seen(), NOON) > 0


def test_a_place_that_turned_out_to_burn_is_unlearned() -> None:
    noise = taught(1, 2)
    noise.forget([seen()], NOON - 2 * DAY, NOON - 2 * DAY + HOUR)
    assert noise.under(seen(), NOON) == 0


def test_the_share_of_raised_cells_is_told() -> None:
    assert NoiseFloor().share(NOON) == 0
    assert 0 < taught(1, 2).share(NOON) < 0.1
    assert taught(1).share(NOON) == 0


@pytest.mark.parametrize("box", [Box(x=0, y=0, w=1, h=1), Box(x=1, y=1, w=0, h=0)])
def test_a_box_at_the_edge_of_the_picture_has_its_cells(box: Box) -> None:
    noise = NoiseFloor()
    for day in (1, 2):
        noise.learn(seen(0.5, box), NOON - day * DAY)
    assert noise.under(seen(0.5, box), NOON) > 0


def test_it_survives_a_restart(tmp_path: Path) -> None:
    taught(1, 2).save(tmp_path / "noise.npz")
    assert NoiseFloor.load(tmp_path / "noise.npz").under(seen(), NOON) > 0
    assert [file.name for file in tmp_path.iterdir()] == ["noise.npz"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"no archive at all"])
def test_a_broken_file_is_said_aloud_and_begun_anew(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "noise.npz"
    path.write_bytes(content)
    assert NoiseFloor.load(path).share(NOON) == 0
    assert "noise.npz" in caplog.text
    assert "anew" in caplog.text


def test_no_file_is_no_trouble(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert NoiseFloor.load(tmp_path / "noise.npz").share(NOON) == 0
    assert caplog.text == ""


def test_its_file_stays_small(tmp_path: Path) -> None:
    noise = NoiseFloor()
    for hour in range(24 * 30):
        noise.learn(seen(0.5, Box(x=0, y=0, w=1, h=1)), NOON + hour * HOUR)
    noise.save(tmp_path / "noise.npz")
    assert (tmp_path / "noise.npz").stat().st_size < 200_000
