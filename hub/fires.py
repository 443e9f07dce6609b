"""From sightings to fires: which incident a sighting belongs to, and what it says.

The same fire is: the same sighting; or, within `same_fire_s`, the same camera looking the same
way; or another camera whose ray crosses.  A second fire elsewhere in the picture is a second
incident: none is swallowed by a cooldown, nor by a verdict that was wrong (hub.again).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from contracts.sighting import Label, Sighting, State
from hub import again
from hub.config import Rules
from hub.database import Work, upsert
from hub.geometry import Ray, Spot, apart_deg, crossing
from hub.incident import Alarm, IncidentType, Place, Severity, Subsystem
from hub.incidents import Incidents
from hub.places import Places
from hub.records import cameras, devices, incidents, sightings
from hub.wording import LOCAL, SEEN, clarity, clock, eye, marked, quarter, small

REACH_M = 15_000
"""How far smoke is told from haze by a tower camera; IQ FireWatch states 20 km at best."""

SAME_LOOK_DEG = 3.0
"""Two looks this close are one, whatever their boxes; mounts and box centres err by a degree."""

SAME_BOX = 0.05
"""Without bearings: boxes nearer than this part of the picture's width are one."""

TYPES = (IncidentType.FOREST_FIRE.value, IncidentType.STREET_FIRE.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A sighting and how the hub files it (times corrected, see hub.arrival)."""

    sighting: Sighting
    captured_at: datetime
    received_at: datetime
    late: bool
    clock_suspect: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """What people call it and where it stands."""

    device_title: str
    title: str
    scene: str
    spot: Spot | None


class Fires:
    """Turns sightings into incidents, inside the transaction of the processor."""

    def __init__(self, incidents: Incidents, places: Places, rules: Rules) -> None:
        self._incidents = incidents
        self._places = places
        self._rules = rules

    def take(self, work: Work, arrived: Arrived) -> None:
        """Opens or refreshes the incident of a sighting and remembers the sighting."""
        seen = arrived.sighting
        camera = _camera(work.connection, seen)
        known = work.connection.execute(
            select(sightings).where(sightings.c.sighting == seen.sighting)
        ).one_or_none()
        incident = self._incident_of(work, arrived, camera, known)
        if known is None or known.captured_at <= arrived.captured_at:
            _remember(work, arrived, incident)
        if seen.state is State.CLOSED:
            self._clear_if_gone(work, incident, arrived)

    def _incident_of(
        self, work: Work, arrived: Arrived, camera: Camera, known: Row[Any] | None
    ) -> str:
        if known is None:
            return self._filed(work, arrived, camera, None)
        row = again.newest(work.connection, known.incident)
        if row.closed_at is None:
            if arrived.sighting.state is not State.CLOSED:
                self._incidents.refresh(work, row.id, self._alarm(arrived, camera, None, 1))
        elif again.is_due(row, known, arrived.sighting, arrived.captured_at, self._rules):
            worst = replace(arrived, sighting=again.worst(arrived.sighting, known))
            follower = self._filed(work, worst, camera, row)
            self._incidents.continued(work, row.id, follower, arrived.received_at)
            return follower
        return str(row.id)

    def _filed(self, work: Work, arrived: Arrived, camera: Camera, closed: Row[Any] | None) -> str:
        """The incident for what is new, or is still seen after its incident was `closed`."""
        seen = arrived.sighting
        near = _recent(work.connection, arrived, self._rules.same_fire_s)
        if (same := _same_look(near, seen)) is not None:
            alarm = self._alarm(arrived, camera, None, 1)
            self._incidents.refresh(work, same, alarm)
            return same
        if (crossed := _crossing(near, seen, camera)) is not None:
            self._join(work, arrived, camera, near, crossed)
            row, _ = crossed
            return str(row.incident)
        alarm = self._alarm(arrived, camera, None, 1)
        alarm = alarm if closed is None else again.anew(alarm, closed)
        return self._incidents.raise_(work, alarm).incident

    def _join(
        self,
        work: Work,
        arrived: Arrived,
        camera: Camera,
        near: Sequence[Row[Any]],
        crossed: tuple[Row[Any], Spot],
    ) -> None:
        """Adds a camera to the fire that it crosses; title and camera stay those of the first, so
        that nobody loses an incident that he has read; the commune is that of the crossing."""
        (row, fix), seen = crossed, arrived.sighting
        first = again.newest(work.connection, row.incident)
        names = _names(work.connection, [each for each in near if each.incident == row.incident])
        names.setdefault((seen.device, seen.camera), eye(camera.device_title, camera.title))
        alarm = self._alarm(arrived, camera, fix, len(names))
        place = replace(
            alarm.place, camera=first.camera, camera_title=first.camera_title,
            bearing_deg=first.bearing_deg, sigma_deg=first.sigma_deg,
        )  # fmt: skip
        title = _moved(first, alarm.place.commune)
        if seen.label is Label.FIRE:
            title = f"{alarm.title_vi.partition(' – ')[0]} – {title.partition(' – ')[2]}"
        text = f"{len(names)} camera cùng thấy: {'; '.join(names.values())}. {alarm.text_vi}"
        alarm = replace(alarm, title_vi=title, text_vi=text, place=place)
        known = any(each.incident == row.incident and _of_camera(each, seen) for each in near)
        joined = "" if known else eye(camera.device_title, camera.title)
        self._incidents.refresh(work, row.incident, alarm, joined=joined)

    def _alarm(self, arrived: Arrived, camera: Camera, fix: Spot | None, towers: int) -> Alarm:
        seen = arrived.sighting
        place = self._place(arrived, camera, fix)
        tower = camera.scene == "tower"
        severe = seen.label is Label.FIRE or towers > 1
        marks = {"drill": seen.drill, "late": arrived.late}
        return Alarm(
            originator=f"{seen.device}/{seen.camera}/{seen.sighting}",
            type=IncidentType.FOREST_FIRE if tower else IncidentType.STREET_FIRE,
            subsystem=Subsystem.FOREST_FIRE if tower else Subsystem.CAMERAS,
            severity=Severity.CRITICAL if severe else Severity.MAJOR,
            title_vi=marked(_title(arrived, camera, place), **marks),
            text_vi=_text(arrived, camera, place),
            captured_at=arrived.captured_at,
            sent_at=seen.sent_at,
            received_at=arrived.received_at,
            place=place,
            score=seen.score,
            drill=seen.drill,
            late=arrived.late,
            clock_suspect=arrived.clock_suspect,
        )

    def _place(self, arrived: Arrived, camera: Camera, fix: Spot | None) -> Place:
        seen = arrived.sighting
        day = arrived.captured_at.astimezone(LOCAL).date()
        spot = fix or camera.spot
        commune = None
        if fix is None and camera.spot is not None and seen.bearing is not None:
            commune = self._places.along(Ray(camera.spot, seen.bearing.azimuth_deg), day)
        if commune is None and spot is not None:
            commune = self._places.at(spot, day)
        return Place(
            lat=spot.lat if spot else None,
            lon=spot.lon if spot else None,
            fixed=fix is not None,
            bearing_deg=seen.bearing.azimuth_deg if seen.bearing else None,
            sigma_deg=seen.bearing.sigma_deg if seen.bearing else None,
            camera=f"{seen.device}/{seen.camera}",
            camera_title=eye(camera.device_title, camera.title),
            commune_code=commune.code if commune else None,
            commune=commune.name if commune else None,
        )

    def _clear_if_gone(self, work: Work, incident: str, arrived: Arrived) -> None:
        """The incident's cause is gone when the last of its sightings is closed."""
        if not _is_unclosed(work.connection, incident):
            return
        lasting = select(sightings.c.sighting).where(
            sightings.c.incident == incident, sightings.c.state != State.CLOSED.value
        )
        if work.connection.execute(lasting).first() is None:
            why = f"Camera không còn thấy từ {clock(arrived.captured_at)}"
            self._incidents.clear(work, incident, arrived.received_at, why)


def _title(arrived: Arrived, camera: Camera, place: Place) -> str:
    seen = arrived.sighting
    what = f"Nghi có {SEEN[seen.label]}" + (" rừng" if camera.scene == "tower" else "")
    if what == "Nghi có lửa rừng":
        what = "Nghi có cháy rừng"
    look = f"hướng {place.bearing_deg:.0f}°" if place.bearing_deg is not None else camera.title
    commune = small(place.commune) if place.commune else None
    where = [small(camera.device_title), look, commune]
    return f"{what} – " + ", ".join(part for part in where if part)


def _moved(first: Row[Any], commune: str | None) -> str:
    """The title of an incident, with the commune in which the fire was found to be."""
    if not (first.commune and commune):
        return str(first.title_vi)
    return f"{first.title_vi.removesuffix(small(first.commune))}{small(commune)}"


def _text(arrived: Arrived, camera: Camera, place: Place) -> str:
    seen = arrived.sighting
    seen_at = f"{SEEN[seen.label]} lúc {clock(arrived.captured_at)}"
    who = eye(camera.device_title, camera.title)
    lines = [f"{who} thấy {seen_at}, độ rõ: {clarity(seen.score)}."]
    if place.fixed:
        lines.append(f"Hai camera cắt nhau tại {place.lat:.5f}, {place.lon:.5f}.")
    elif place.bearing_deg is not None:
        lines.append(f"Hướng {place.bearing_deg:.0f}° ({quarter(place.bearing_deg)}).")
    if arrived.clock_suspect:
        lines.append("Đồng hồ của thiết bị sai; thời điểm đã được hiệu chỉnh.")
    return " ".join(lines)


def _names(connection: Connection, rows: Iterable[Row[Any]]) -> dict[tuple[str, str], str]:
    """What people call the cameras of these sightings, the first to see it first."""
    found = {}
    for row in sorted(rows, key=lambda each: each.first_seen_at):
        known = _called(connection, row.device, row.camera)
        found[row.device, row.camera] = eye(*known)
    return found


def _called(connection: Connection, device: str, camera: str) -> tuple[str, str]:
    title = connection.scalar(select(devices.c.title).where(devices.c.device == device))
    view = connection.scalar(
        select(cameras.c.title).where(cameras.c.device == device, cameras.c.camera == camera)
    )
    return title or device, view or camera


def _camera(connection: Connection, seen: Sighting) -> Camera:
    card = connection.execute(
        select(cameras).where(cameras.c.device == seen.device, cameras.c.camera == seen.camera)
    ).one_or_none()
    title = connection.scalar(select(devices.c.title).where(devices.c.device == seen.device))
    spot = None
    if seen.position is not None:
        spot = Spot(seen.position.lat, seen.position.lon)
    elif card is not None and card.lat is not None:
        spot = Spot(card.lat, card.lon)
    return Camera(
        device_title=title or seen.device,
        title=card.title if card else seen.camera,
        scene=card.scene if card else "tower",
        spot=spot,
    )


def _recent(connection: Connection, arrived: Arrived, window_s: float) -> list[Row[Any]]:
    """Sightings of unclosed fires around this one's time, newest first."""
    window = timedelta(seconds=window_s)
    return list(
        connection.execute(
            select(sightings)
            .join(incidents, incidents.c.id == sightings.c.incident)
            .where(
                incidents.c.closed_at.is_(None),
                incidents.c.type.in_(TYPES),
                sightings.c.drill == arrived.sighting.drill,
                sightings.c.captured_at >= arrived.captured_at - window,
                sightings.c.first_seen_at <= arrived.captured_at + window,
            )
            .order_by(sightings.c.captured_at.desc())
            .limit(200)
        )
    )


def _same_look(near: Iterable[Row[Any]], seen: Sighting) -> str | None:
    return next(
        (str(row.incident) for row in near if _of_camera(row, seen) and _same_way(row, seen)), None
    )


def _of_camera(row: Row[Any], seen: Sighting) -> bool:
    return bool(row.device == seen.device and row.camera == seen.camera)


def _same_way(row: Row[Any], seen: Sighting) -> bool:
    if row.bearing_deg is not None and seen.bearing is not None:
        half = (row.width_deg + seen.bearing.width_deg) / 2
        limit = max(SAME_LOOK_DEG, half + row.sigma_deg + seen.bearing.sigma_deg)
        return bool(apart_deg(row.bearing_deg, seen.bearing.azimuth_deg) <= limit)
    boxes = [finding["box"] for finding in row.findings]
    if not boxes or not seen.findings:
        return True
    return any(
        box["x"] - SAME_BOX <= finding.box.x + finding.box.w
        and finding.box.x - SAME_BOX <= box["x"] + box["w"]
        for box in boxes
        for finding in seen.findings
    )


def _crossing(
    near: Iterable[Row[Any]], seen: Sighting, camera: Camera
) -> tuple[Row[Any], Spot] | None:
    if seen.bearing is None or camera.spot is None or camera.scene != "tower":
        return None
    ray = Ray(camera.spot, seen.bearing.azimuth_deg)
    for row in near:
        if row.bearing_deg is None or row.lat is None or row.device == seen.device:
            continue
        fix = crossing(ray, Ray(Spot(row.lat, row.lon), row.bearing_deg), REACH_M)
        if fix is not None:
            return row, fix
    return None


def _is_unclosed(connection: Connection, incident: str) -> bool:
    query = select(incidents.c.id).where(
        incidents.c.id == incident, incidents.c.closed_at.is_(None)
    )
    return connection.execute(query).first() is not None


def _remember(work: Work, arrived: Arrived, incident: str) -> None:
    seen = arrived.sighting
    spot = _camera(work.connection, seen).spot
    row = {
        "sighting": seen.sighting, "incident": incident, "device": seen.device,
        "camera": seen.camera, "label": seen.label.value, "state": seen.state.value,
        "score": seen.score, "frames": seen.frames,
        "first_seen_at": min(seen.first_seen_at, arrived.captured_at),
        "captured_at": arrived.captured_at,
        "bearing_deg": seen.bearing.azimuth_deg if seen.bearing else None,
        "sigma_deg": seen.bearing.sigma_deg if seen.bearing else None,
        "width_deg": seen.bearing.width_deg if seen.bearing else None,
        "lat": spot.lat if spot else None, "lon": spot.lon if spot else None,
        "findings": [finding.model_dump(mode="json") for finding in seen.findings],
        "model": seen.model, "drill": seen.drill, "late": arrived.late,
    }  # fmt: skip
    upsert(work.connection, sightings, [row])
