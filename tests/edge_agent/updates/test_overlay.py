"""Settings that an update may change, and those that it may not."""

import pytest

from edge_agent.updates import overlay
from edge_agent.updates.errors import UpdateRefused
from tests.edge_agent.updates.making import Box


def test_a_camera_is_chosen_by_name_or_scene_or_all_are(box: Box) -> None:
    over = (
        b'[[camera]]\nzoom = true\n[[camera]]\nscene = "tower"\nopens_smoke = 0.4\n'
        b'[[camera]]\nname = "cong"\ninterval_s = 9\n[detector]\nthreads = 2\n'
    )
    config = overlay.read(box.config, over)
    bac, cong = config.camera
    assert (bac.zoom, bac.opens_smoke, bac.interval_s) == (True, 0.4, 0.1)
    assert (cong.zoom, cong.opens_smoke, cong.interval_s) == (True, None, 9.0)
    assert config.detector.threads == 2
    assert config.updates_folder == box.config.parent / "updates"


@pytest.mark.parametrize(
    ("over", "why"),
    [
        ('[broker]\nurl = "mqtt://elsewhere"', "broker is not for an update to change"),
        ('[detector]\nunsigned = true', r"detector\.unsigned is not for an update"),
        ('[[camera]]\nurl = "usb:0"', r"camera\.url is not for an update"),
        ("[update]\ntrusted_keys = []", "update is not for an update"),
        ("telemetry_s = -1", "telemetry_s"),
        ("[[camera]]\nopens_smoke = 2", "opens_smoke"),
        ("detector = 1", "write it as a section"),
        ("camera = 1", "write it as a list"),
        ("telemetry_s", "not TOML"),
    ],
)  # fmt: skip
def test_what_a_box_is_and_whom_it_trusts_stays(box: Box, over: str, why: str) -> None:
    with pytest.raises(UpdateRefused, match=f"self-test: .*{why}"):
        overlay.read(box.config, over.encode())
