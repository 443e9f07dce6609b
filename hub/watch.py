"""The watch: silent devices, blind cameras, a time-series store that refuses us become incidents.

No news is news: a device that neither says nor sends anything for too long is in trouble, and so
is a camera whose device lives while no fresh, changing frame is seen through it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from contracts.status import Presence
from hub import wording
from hub.config import Rules
from hub.database import Work
from hub.geometry import Spot
from hub.incident import Alarm, IncidentType, Place, Severity, Subsystem
from hub.incidents import Incidents, unclosed
from hub.places import Places
from hub.records import cameras, devices
from hub.wording import LOCAL, away, clock, small

SERIES = "hub/series"
NOWHERE = Place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A cause as it stands now; `words` is empty when there is none."""

    originator: str
    type: IncidentType
    subsystem: Subsystem
    title_vi: str
    words: str
    since: datetime
    place: Place = NOWHERE


class Watch:
    """`look` compares what is with what should be; call it every few seconds."""

    def __init__(self, incidents: Incidents, places: Places, rules: Rules) -> None:
        self._incidents = incidents
        self._places = places
        self._rules = rules

    def look(self, work: Work, now: datetime, series_refusal: str = "") -> None:
        """Raises what is wrong, clears what is mended, leaves the rest alone."""
        open_now = unclosed(work.connection, IncidentType.DEVICE_TROUBLE, IncidentType.HUB_TROUBLE)
        found = list(self._troubles(work, now, series_refusal))
        for trouble in found:
            known = open_now.pop((trouble.originator, trouble.type.value), None)
            if trouble.words and known is None:
                self._incidents.raise_(work, _alarm(trouble, now))
            elif not trouble.words and known is not None:
                self._incidents.clear(work, known, now, "đã trở lại bình thường")
        for gone in open_now.values():
            self._incidents.clear(work, gone, now, "không còn trong danh sách thiết bị")

    def _troubles(self, work: Work, now: datetime, series_refusal: str) -> Iterator[Trouble]:
        yield _of_series(series_refusal, now)
        known = work.connection.execute(select(devices)).all()
        eyes = work.connection.execute(select(cameras)).all()
        for device in known:
            trouble = self._of_device(device, [e for e in eyes if e.device == device.device], now)
            yield trouble
            yield self._of_itself(device, now, silent=bool(trouble.words))
            for eye in eyes:
                if eye.device == device.device:
                    yield self._of_camera(device, eye, now, blind_too=bool(trouble.words))

    def _of_device(self, device: Row[Any], eyes: list[Row[Any]], now: datetime) -> Trouble:
        patience = timedelta(seconds=self._rules.offline_after_s)
        said_off = device.state == Presence.OFFLINE.value
        since = device.last_seen_at
        words = ""
        if now - since > patience:
            words = f"Không có tín hiệu từ {clock(since)}."
            if said_off and device.reason:
                words += f" Lý do: {away(device.reason)}."
        place = self._place(device, eyes[0], now) if eyes else NOWHERE
        return Trouble(
            originator=device.device,
            type=IncidentType.DEVICE_TROUBLE,
            subsystem=Subsystem.INFRASTRUCTURE,
            title_vi=f"Mất tín hiệu {small(device.title)}",
            words=words,
            since=since,
            place=place,
        )

    def _of_itself(self, device: Row[Any], now: datetime, *, silent: bool) -> Trouble:
        """What a device that is online says is wrong with it, such as a detector it refused."""
        speaks = device.state == Presence.ONLINE.value and not silent
        return Trouble(
            originator=f"{device.device}#self",
            type=IncidentType.DEVICE_TROUBLE,
            subsystem=Subsystem.INFRASTRUCTURE,
            title_vi=f"Thiết bị tự báo trục trặc – {small(device.title)}",
            words=device.reason if speaks else "",
            since=device.status_at or now,
        )

    def _of_camera(
        self, device: Row[Any], eye: Row[Any], now: datetime, *, blind_too: bool
    ) -> Trouble:
        """Says nothing of a camera whose whole device is silent: one cause, one incident."""
        patience = timedelta(seconds=self._rules.blind_after_s)
        words, since = "", eye.last_frame_at or eye.reported_at or now
        if not blind_too and eye.reported_at is not None:
            if eye.last_frame_at is not None and now - eye.last_frame_at > patience:
                words = f"Không có hình mới từ {clock(eye.last_frame_at)}."
            elif eye.changing is False:
                words = "Hình đứng yên, không thay đổi."
        return Trouble(
            originator=f"{device.device}/{eye.camera}",
            type=IncidentType.DEVICE_TROUBLE,
            subsystem=Subsystem.CAMERAS,
            title_vi=f"Camera không quan sát được – {small(device.title)}, {small(eye.title)}",
            words=words,
            since=since,
            place=self._place(device, eye, now),
        )

    def _place(self, device: Row[Any], view: Row[Any], now: datetime) -> Place:
        called = wording.eye(device.title, view.title)
        if view.lat is None:
            return Place(camera=f"{view.device}/{view.camera}", camera_title=called)
        commune = self._places.at(Spot(view.lat, view.lon), now.astimezone(LOCAL).date())
        return Place(
            lat=view.lat,
            lon=view.lon,
            camera=f"{view.device}/{view.camera}",
            camera_title=called,
            commune_code=commune.code if commune else None,
            commune=commune.name if commune else None,
        )


def _of_series(refusal: str, now: datetime) -> Trouble:
    return Trouble(
        originator=SERIES,
        type=IncidentType.HUB_TROUBLE,
        subsystem=Subsystem.INFRASTRUCTURE,
        title_vi="Cơ sở dữ liệu chuỗi thời gian từ chối trung tâm",
        words=refusal,
        since=now,
    )


def _alarm(trouble: Trouble, now: datetime) -> Alarm:
    return Alarm(
        originator=trouble.originator,
        type=trouble.type.value,
        subsystem=trouble.subsystem,
        severity=Severity.WARNING,
        title_vi=trouble.title_vi,
        text_vi=trouble.words,
        captured_at=trouble.since,
        received_at=now,
        place=trouble.place,
    )
