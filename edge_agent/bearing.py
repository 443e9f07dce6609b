"""Where a box in the picture lies on the ground: a bearing through a pinhole camera.

offset = atan((u - W/2) / f) with f = (W/2) / tan(HFOV/2); the linear rule of thumb errs by more
than a degree at a quarter of a 60-degree frame.
"""

from math import atan, degrees, hypot, radians, tan

from contracts.sighting import Bearing, Box, Label
from contracts.status import Pose

MOUNT_SIGMA_DEG = 0.5
"""How well a mast is levelled and its azimuth known (0.3 to 0.5 degrees in surveying practice)."""
CENTRE_SIGMA = 0.25
"""One standard deviation of a box's centre, in widths of the box."""


def bearing_of(box: Box, label: Label, pose: Pose) -> Bearing:
    """To the foot of the box: smoke drifts, its foot stays at the fire.

    `sigma_deg` joins mount and box; a wide plume is an uncertain one.
    """
    centre = box.x + box.w / 2
    left, right = offset_deg(box.x, pose.fov_deg), offset_deg(box.x + box.w, pose.fov_deg)
    width = right - left
    spread = width if label is Label.SMOKE else width / 2
    return Bearing(
        azimuth_deg=round((pose.azimuth_deg + offset_deg(centre, pose.fov_deg)) % 360, 2) % 360,
        sigma_deg=round(hypot(MOUNT_SIGMA_DEG, CENTRE_SIGMA * spread), 2),
        width_deg=round(width, 2),
    )


def offset_deg(across: float, fov_deg: float) -> float:
    """Degrees right of the optical axis, for a place at fraction `across` of the width."""
    return degrees(atan((2 * across - 1) * tan(radians(min(fov_deg, 179.0)) / 2)))
