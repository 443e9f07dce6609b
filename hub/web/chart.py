"""The map as SVG, made on the server: communes, cameras with what they see, incidents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.geometry import Ray, Spot, along, offset_m
from hub.web.board import CameraView, DeviceState, DeviceView, IncidentView
from hub.web.sketch import Shape

WIDTH = 900.0
MARGIN = 14.0
VIEW_M = 9_000
RAY_M = 13_000
"""How far a camera's view and a bearing are drawn; neither says how far it sees."""
MARK, LINE = 15.0, 28.0
"""Half of a mark, and a line of text, in the drawing's units."""
TOWER_LETTER, PLACE_LETTER = 11.0, 12.0
LEAST_SIGMA_DEG = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    code: str
    name: str
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Eye:
    """A camera: its mark, and the outline of what it looks at (empty when unknown)."""

    device: str
    title: str
    state: DeviceState
    x: float
    y: float
    view: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An incident: a ray from the camera, or a mark where it is."""

    incident: str
    rank: str
    x: float
    y: float
    fixed: bool
    ray: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A name on the map; `kind` is `place` or `tower`."""

    text: str
    kind: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    width: float
    height: float
    areas: tuple[Area, ...]
    eyes: tuple[Eye, ...]
    alarms: tuple[Alarm, ...]
    labels: tuple[Label, ...]


class Frame:
    """From degrees to the drawing, north up, true to scale."""

    def __init__(self, spots: Sequence[Spot]) -> None:
        self._origin = Spot(max(s.lat for s in spots), min(s.lon for s in spots))
        far = Spot(min(s.lat for s in spots), max(s.lon for s in spots))
        east, north = offset_m(self._origin, far)
        self._scale = (WIDTH - 2 * MARGIN) / max(east, 1.0)
        self.height = -north * self._scale + 2 * MARGIN

    def point(self, spot: Spot) -> tuple[float, float]:
        east, north = offset_m(self._origin, spot)
        return round(MARGIN + east * self._scale, 1), round(MARGIN - north * self._scale, 1)

    def path(self, spots: Iterable[Spot]) -> str:
        return "M" + "L".join(f"{x} {y}" for x, y in map(self.point, spots)) + "Z"


def chart(
    shapes: Sequence[Shape], devices: Sequence[DeviceView], alarms: Sequence[IncidentView]
) -> Chart | None:
    """None when there is neither a commune nor a camera to draw."""
    corners = [spot for shape in shapes for ring in shape.rings for spot in ring]
    corners += [spot for device in devices for eye in device.cameras if (spot := _place(eye))]
    if len(corners) < 2:
        return None
    frame = Frame(corners)
    areas = tuple(_area(frame, shape) for shape in shapes)
    eyes = tuple(
        _eye(frame, device, eye, spot)
        for device in devices
        for eye in device.cameras
        if (spot := _place(eye))
    )
    marks = tuple(
        _alarm(frame, one, spot) for one in alarms if (spot := _spot(one.row.lat, one.row.lon))
    )
    names = {device.name: device.title for device in devices}
    return Chart(
        width=WIDTH, height=round(frame.height, 1), areas=areas, eyes=eyes, alarms=marks,
        labels=_labels(areas, eyes, marks, names),
    )  # fmt: skip


def _labels(
    areas: Sequence[Area], eyes: Sequence[Eye], alarms: Sequence[Alarm], names: Mapping[str, str]
) -> tuple[Label, ...]:
    """Names of towers beside their marks, then of communes, each moved until it covers nothing."""
    at = [(mark.x, mark.y) for mark in eyes] + [(mark.x, mark.y) for mark in alarms]
    taken = [Patch(x=x, y=y, width=2 * MARK, height=2 * MARK) for x, y in at]
    made: list[Label] = []
    for eye in {eye.device: eye for eye in eyes}.values():
        text = names[eye.device]
        side = 1 if eye.x < WIDTH * 0.65 else -1
        half = len(text) * TOWER_LETTER / 2
        patch = _free(eye.x + side * (MARK + half), eye.y, 2 * half, taken)
        taken.append(patch)
        made.append(_label(text, "tower", patch))
    for area in areas:
        patch = _free(area.x, area.y, len(area.name) * PLACE_LETTER, taken)
        taken.append(patch)
        made.append(_label(area.name, "place", patch))
    return tuple(made)


def _label(text: str, kind: str, patch: "Patch") -> Label:
    return Label(
        text=text, kind=kind, x=round(patch.x, 1), y=round(patch.y + 7, 1), anchor="middle"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A rectangle around (x, y) that is taken."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: "Patch") -> bool:
        across = abs(self.x - other.x) < (self.width + other.width) / 2
        return across and abs(self.y - other.y) < (self.height + other.height) / 2


def _free(x: float, y: float, width: float, taken: Sequence[Patch]) -> Patch:
    """The nearest place above or below that covers nothing; where it was if there is none."""
    for step in (0, 1, -1, 2, -2, 3, -3):
        patch = Patch(x=x, y=y + step * LINE, width=width, height=LINE)
        if not any(patch.meets(other) for other in taken):
            return patch
    return Patch(x=x, y=y, width=width, height=LINE)


def _area(frame: Frame, shape: Shape) -> Area:
    x, y = frame.point(shape.centre)
    path = "".join(frame.path(ring) for ring in shape.rings)
    return Area(code=shape.code, name=shape.name, path=path, x=x, y=y)


def _eye(frame: Frame, device: DeviceView, eye: CameraView, spot: Spot) -> Eye:
    x, y = frame.point(spot)
    view = ""
    if eye.azimuth_deg is not None and eye.fov_deg is not None:
        view = _wedge(frame, spot, eye.azimuth_deg, eye.fov_deg / 2, VIEW_M)
    title = f"{device.title} · {eye.title}"
    return Eye(device=device.name, title=title, state=device.state, x=x, y=y, view=view)


def _alarm(frame: Frame, one: IncidentView, spot: Spot) -> Alarm:
    x, y = frame.point(spot)
    ray = ""
    if not one.row.fixed and one.row.bearing_deg is not None:
        sigma = max(one.row.sigma_deg or 0.0, LEAST_SIGMA_DEG)
        ray = _wedge(frame, spot, one.row.bearing_deg, sigma, RAY_M)
    return Alarm(incident=one.row.id, rank=one.rank, x=x, y=y, fixed=bool(one.row.fixed), ray=ray)


def _wedge(frame: Frame, spot: Spot, azimuth: float, half: float, reach: float) -> str:
    rim = [along(Ray(spot, azimuth + half * step / 4), reach) for step in range(-4, 5)]
    return frame.path([spot, *rim])


def _place(eye: CameraView) -> Spot | None:
    return _spot(eye.lat, eye.lon)


def _spot(lat: float | None, lon: float | None) -> Spot | None:
    return None if lat is None or lon is None else Spot(lat, lon)
