"""What happened, in words and in figures: told from the device link and from the phone's page."""

import queue
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from contracts.sighting import Label, Sighting
from contracts.status import Presence, Status
from ioc.calls import Call
from ioc.figures import Opened
from ioc.observer import Observer
from ioc.phone_client import PhoneClient

FIRES = ("forest-fire", "street-fire")
SEEN = {Label.SMOKE: "khói", Label.FIRE: "lửa"}

Say = Callable[[str], object]


class Story:
    """`listen` tells what is new; times are seconds since `began` (monotonic)."""

    def __init__(self, *, observer: Observer, phone: PhoneClient, say: Say, began: float) -> None:
        self._observer = observer
        self._phone = phone
        self._say = say
        self._began = began
        self._seen_after_s: list[float] = []
        self._opened: dict[str, Opened] = {}
        self._awaited: dict[str, int] = {}

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self._began

    @property
    def incidents(self) -> tuple[Opened, ...]:
        """In the order in which the phone learnt of them."""
        return tuple(self._opened.values())

    @property
    def fires(self) -> tuple[Opened, ...]:
        return tuple(each for each in self.incidents if each.type in FIRES)

    @property
    def proven(self) -> bool:
        """A fire's incident was opened, its webhook verified and its picture fetched."""
        return any(each.proven for each in self.fires)

    @property
    def first_sighting_s(self) -> float | None:
        return first(self._seen_after_s)

    def listen(self) -> None:
        self._hear_the_link()
        known = len(self._phone.calls)
        for number, call in enumerate(self._phone.poll(), start=known):
            self._tell_call(number, call)
        self._look_for_pictures()

    def _tell(self, text: str) -> None:
        self._say(f"{self.elapsed_s:6.1f} s  {text}")

    def _hear_the_link(self) -> None:
        while True:
            try:
                news = self._observer.news.get_nowait()
            except queue.Empty:
                return
            if isinstance(news, Status):
                self._tell_status(news)
            else:
                self._tell_sighting(news)

    def _tell_status(self, status: Status) -> None:
        name = status.title or status.device
        if status.state is Presence.ONLINE:
            self._tell(f"{name} đã nối · online")
        else:
            self._tell(f"{name} mất nối · offline {status.reason}".rstrip())

    def _tell_sighting(self, sighting: Sighting) -> None:
        self._seen_after_s.append(self.elapsed_s)
        bearing = sighting.bearing
        where = f", hướng {bearing.azimuth_deg:.0f}°" if bearing else ""
        self._tell(
            f"{sighting.device} thấy {SEEN[sighting.label]}{where}, điểm {sighting.score:.2f}"
            f" qua {sighting.frames} khung hình · {sighting.label} sighted"
        )

    def _tell_call(self, number: int, call: Call) -> None:
        body, opened = call.body, call.body["event"] == "incident.opened"
        delay = call.latency_ms if opened else None
        after = f" sau {delay:.0f} ms" if delay is not None else ""
        self._tell(
            f"Điện thoại nhận tin{after}: {body['title_vi']} · {body['event']}, signature verified"
        )
        if opened and body["incident"] not in self._opened:
            self._opened[body["incident"]] = self._as_opened(call)
            self._awaited[body["incident"]] = number

    def _as_opened(self, call: Call) -> Opened:
        body = call.body
        place = body.get("place") or {}
        return Opened(
            incident=body["incident"],
            type=str(body.get("type", "")),
            title_vi=body["title_vi"],
            camera=place.get("camera"),
            commune=place.get("commune"),
            drill=bool(body.get("drill")),
            late=bool(body.get("late")),
            opened_after_s=round(self.elapsed_s, 2),
            picture_after_s=None,
            picture_bytes=0,
        )

    def _look_for_pictures(self) -> None:
        for incident, number in list(self._awaited.items()):
            known = self._opened[incident]
            if known.type not in FIRES:
                del self._awaited[incident]
            elif size := len(self._phone.picture(number)):
                del self._awaited[incident]
                after = round(self.elapsed_s, 2)
                self._opened[incident] = replace(known, picture_after_s=after, picture_bytes=size)
                self._tell(f"Có ảnh bằng chứng, {size / 1000:.1f} kB · evidence picture")


def first(moments: Iterable[float | None]) -> float | None:
    """The earliest, to a hundredth of a second."""
    return min((round(moment, 2) for moment in moments if moment is not None), default=None)
