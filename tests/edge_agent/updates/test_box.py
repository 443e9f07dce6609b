"""An update is tested, tried, kept or undone; whatever happens, the box looks."""

import asyncio
import errno
from typing import Any

import pytest

from contracts import files
from contracts.update import What
from edge_agent import agent
from edge_agent.agent import ANEW, Agent
from edge_agent.config import DetectorSection
from edge_agent.updates.box import Looks, opened
from edge_agent.updates.errors import UpdateRefused
from edge_agent.updates.store import CRASH_LOOP, STARTS, STATE
from edge_agent.weights import FALLEN_BACK, choose
from tests.edge_agent.updates.making import WELL, Box, detector, manifest, offer_of

TWO, THREE = detector("two"), detector("three")
OWN = choose(DetectorSection()).model
SETTINGS = b"telemetry_s = 60\n"


def name_of(content: bytes) -> str:
    return f"{manifest(content).sha256}.onnx"


def test_a_box_without_an_update_looks_with_its_own(box: Box) -> None:
    assert box.model == OWN


def test_what_passed_runs_from_the_next_start_on(box: Box) -> None:
    box.bring(TWO)
    assert box.updates.judge(WELL)  # something else has to run now
    box.start()
    assert (box.tested, box.model) == (1, "two")
    assert not box.updates.judge(WELL)


def test_a_failed_self_test_leaves_everything_as_it_was_and_is_remembered(box: Box) -> None:
    box.bring(TWO)
    box.prove()
    box.measured = dict.fromkeys(box.measured, 0.5)
    with pytest.raises(UpdateRefused, match=r"scores 0\.50 for smoke .* says 0\.90 ± 0\.10"):
        box.bring(THREE, version=3)
    assert name_of(THREE) not in box.files()
    assert not box.updates.judge(WELL)
    box.start()
    assert box.model == "two"
    with pytest.raises(UpdateRefused, match="failed here before: self-test"):
        box.updates.admit(offer_of(manifest(THREE, version=3)))


def test_a_file_of_another_size_or_hash_never_gets_in(box: Box) -> None:
    made = manifest(TWO)
    part = box.updates.store.part_of(made)
    for content, why in ((TWO[:-1], "bytes, the manifest says"), (TWO[:-1] + b"x", "sha256")):
        part.write_bytes(content)
        with pytest.raises(UpdateRefused, match=why):
            box.updates.store.take_in(made)
        assert not part.exists()
    assert not box.updates.store.has(made)


def test_after_its_probation_it_stays(box: Box) -> None:
    box.bring(TWO)
    box.start()
    box.seconds = 599
    assert not box.updates.judge(WELL)
    assert box.updates.store.line(What.MODEL).on_trial
    box.seconds = 601
    assert not box.updates.judge(WELL)
    line = box.updates.store.line(What.MODEL)
    assert (line.on_trial, line.floor) == (False, 1)


def test_a_box_that_sees_nothing_proves_nothing(box: Box) -> None:
    box.bring(TWO)
    box.start()
    box.seconds = 10_000
    assert not box.updates.judge(Looks(scored=3, failed=0))
    assert box.updates.store.line(What.MODEL).on_trial


@pytest.mark.parametrize(
    ("looks", "why"),
    [
        (Looks(scored=10, failed=21), "21 of 31 frames could not be scored"),
        (Looks(scored=100, failed=0, trouble="it ails"), "it ails"),
    ],
)
def test_a_fault_within_the_probation_brings_back_what_was_before(
    box: Box, looks: Looks, why: str
) -> None:
    box.bring(TWO)
    box.prove()
    bad = box.bring(THREE, version=3)
    box.start()
    assert box.model == "three"
    assert box.updates.judge(looks)
    box.start()
    assert box.model == "two"
    line = box.updates.store.line(What.MODEL)
    assert (line.refused, line.on_trial) == ({bad.digest: why}, False)


def test_a_crash_loop_brings_back_what_was_before(box: Box) -> None:
    bad = box.bring(TWO)
    for _ in range(STARTS):
        box.start()
        assert box.model == "two"
    box.start()
    assert box.model == OWN
    assert box.updates.store.line(What.MODEL).refused == {bad.digest: CRASH_LOOP}


def test_stops_that_were_asked_for_are_no_crash_loop(box: Box) -> None:
    box.bring(TWO)
    for _ in range(2 * STARTS):
        box.start()
        box.updates.ended_in_order()
    assert box.model == "two"


def test_the_old_weights_are_kept_until_the_new_ones_have_run(box: Box) -> None:
    box.bring(TWO)
    box.prove()
    box.bring(THREE, version=3)
    box.start()
    assert {name_of(TWO), name_of(THREE)} <= box.files()
    box.prove()
    assert {name_of(TWO), name_of(THREE)} <= box.files()
    four = detector("four")
    box.bring(four, version=4)
    box.start()
    assert {name_of(TWO), name_of(THREE), name_of(four)} <= box.files()
    box.prove()
    assert name_of(TWO) not in box.files()
    assert {name_of(THREE), name_of(four)} <= box.files()


def test_what_ran_before_may_return_though_it_is_out_of_date(box: Box) -> None:
    good = box.bring(TWO)
    box.prove()
    box.bring(THREE, version=3)
    box.prove()
    box.now = box.now.replace(year=2030)
    box.updates.adopt(good, box.updates.admit(good))
    box.start()
    assert box.model == "two"


def test_a_box_goes_back_to_its_own_where_no_floor_forbids_it(box: Box) -> None:
    box.bring(TWO, floor=0)
    box.prove()
    box.updates.withdraw(What.MODEL)
    assert box.updates.judge(WELL)
    box.start()
    assert box.model == OWN


def test_weights_that_rot_on_trial_are_undone_at_once(box: Box) -> None:
    box.bring(TWO)
    path = box.updates.store.folder / name_of(TWO)
    path.write_bytes(TWO[:-1])
    box.start()
    assert box.model == OWN
    assert not box.updates.judge(WELL)
    assert box.updates.store.line(What.MODEL).active is None


def test_weights_that_rot_later_are_told_and_the_box_looks_with_its_own(box: Box) -> None:
    box.bring(TWO)
    box.prove()
    (box.updates.store.folder / name_of(TWO)).unlink()
    box.start()
    chosen = box.updates.choose(box.updates.base.detector)
    assert chosen.model == OWN
    assert chosen.trouble.startswith(FALLEN_BACK)


def test_a_full_disk_changes_nothing_and_blinds_nobody(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.bring(TWO)
    box.prove()

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files, "replace", full)
        with pytest.raises(OSError, match="No space"):
            box.bring(THREE, version=3)
        box.start()
        assert box.model == "two"
    box.bring(THREE, version=3)
    with monkeypatch.context() as patch:
        patch.setattr(files, "replace", full)
        box.start()
        assert box.model == "three"
        (box.updates.store.folder / name_of(THREE)).unlink()
        chosen = box.updates.choose(box.updates.base.detector)
        assert chosen.trouble.startswith(FALLEN_BACK)


def test_a_state_that_cannot_be_read_is_set_aside(box: Box) -> None:
    box.bring(TWO)
    (box.updates.store.folder / STATE).write_text("{")
    box.start()
    assert box.model == OWN
    assert "state.broken" in box.files()


def test_settings_are_laid_over_the_boxs_own(box: Box) -> None:
    assert box.updates.begin().telemetry_s == 30
    box.bring(SETTINGS, what=What.CONFIGURATION)
    assert box.updates.begin().telemetry_s == 60
    assert box.tested == 0


def test_settings_that_no_longer_fit_are_undone_on_trial_and_told_later(
    box: Box, caplog: pytest.LogCaptureFixture
) -> None:
    box.bring(SETTINGS, what=What.CONFIGURATION)
    path = next(box.updates.store.folder.glob("*.toml"))
    path.write_bytes(b"")
    assert box.updates.begin().telemetry_s == 30
    assert box.updates.store.line(What.CONFIGURATION).active is None
    box.bring(b"telemetry_s = 61\n", what=What.CONFIGURATION, version=3)
    box.prove()
    next(box.updates.store.folder.glob("*.toml")).write_bytes(b"")
    assert box.updates.begin().telemetry_s == 30
    assert "running on the box's own" in caplog.text


def test_a_box_without_keys_takes_nothing_and_one_with_a_bad_key_looks(
    box: Box, caplog: pytest.LogCaptureFixture
) -> None:
    base = box.updates.base
    off = base.model_copy(update={"update": base.update.model_copy(update={"trusted_keys": ()})})
    assert opened(box.config, off) is None
    (box.config.parent / "updates.pub").write_text("no key")
    assert opened(box.config, base) is None
    assert "no updates are taken" in caplog.text


async def test_a_running_agent_starts_anew_with_what_another_process_adopted(box: Box) -> None:
    running = Agent(box.updates.begin(), box.updates)
    task = asyncio.create_task(running.run())
    await asyncio.sleep(0)
    box.bring(TWO)
    assert await asyncio.wait_for(task, 60) == ANEW
    again = Agent(box.updates.begin(), box.updates)
    assert again._chosen.model == "two"
    again._outbox.close()


def test_the_agent_goes_on_until_nothing_has_to_start_anew(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = [ANEW, ANEW, 70]

    class Short:
        def __init__(self, *_: object) -> None: ...

        async def run(self) -> int:
            return codes.pop(0)

    monkeypatch.setattr(agent, "Agent", Short)
    assert agent.run(box.config) == 70
    assert codes == []
