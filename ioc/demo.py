"""A forest fire from camera to phone, on this machine, with the processes of a real district.

broker, phone page, hub and one agent a camera are processes of their own; the demo starts them,
overhears the device link, reads the phone, says in words what happens, and ends them.
"""

import shutil
import tempfile
import time
import webbrowser
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Self

from ioc import figures, settings
from ioc.broker import EmbeddedBroker, free_port, is_taken
from ioc.children import Child, end, resident_mb
from ioc.observer import Observer
from ioc.phone_client import PhoneClient
from ioc.story import Say, Story, first

ROUND_S = 0.2
MEASURE_EVERY = 5
DISTRICT = "district"
DISTRICT_DAYS = 30
DISTRICT_AFTER_S = 120.0
"""Without a fire (a video of a quiet street) the district comes all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was asked for; `state` None makes a temporary folder, deleted unless `keep`."""

    cameras: tuple[settings.Camera, ...]
    source: str = "rendered scene"
    state: Path | None = None
    keep: bool = False
    port: int = 8080
    open_browser: bool = False
    district: bool = False
    """Fill the hub with a simulated district, once the fire has reached the phone."""


HUB_STARTS_S = 60.0
"""On a machine that is busy with other things; a few seconds otherwise."""


class ChildDied(RuntimeError):
    """A process of the demo ended by itself; `tail` is the end of its log."""

    def __init__(self, *, name: str, exit_code: int, tail: str) -> None:
        self.name = name
        self.exit_code = exit_code
        self.tail = tail
        super().__init__(f"{name} ended by itself with {exit_code}; its log ends:\n{tail}")


class Demo:
    """A running demo; use it as a context, call `step` until it has shown what you want."""

    def __init__(self, plan: Plan, say: Say) -> None:
        self._plan = plan
        self._say = say
        self._temporary = plan.state is None and not plan.keep
        self._path = plan.state or Path(tempfile.mkdtemp(prefix="ioc-demo-"))
        began = time.monotonic()
        self._rounds = 0
        self._broker_peak_mb = 0.0
        self.broker = EmbeddedBroker(self._path / "broker")
        self.folder = settings.Folder(
            path=self._path,
            console_port=self._console_port(),
            phone_port=free_port(),
            broker_url=self.broker.url,
            cameras=plan.cameras,
            district=plan.district,
        )
        self.observer = Observer(self.broker.port)
        self.phone = PhoneClient(self.folder.phone)
        self.story = Story(observer=self.observer, phone=self.phone, say=say, began=began)
        self.children = self._make_children()
        self._district: Child | None = None

    def _console_port(self) -> int:
        if not is_taken(self._plan.port):
            return self._plan.port
        other = free_port()
        self._say(f"Cổng {self._plan.port} đang bận, dùng {other} · port in use, took another")
        return other

    def _make_children(self) -> list[Child]:
        folder = self.folder
        phone = ["phone", "run", "--secret-file", str(folder.secret)]
        phone += ["--port", str(folder.phone_port), "--console", folder.console]
        phone += ["--journal", str(folder.path / "phone.jsonl")]
        commands = {"phone": phone, "hub": ["hub", "run", "--config", str(folder.hub)]}
        for camera in folder.cameras:
            commands[camera.device] = ["agent", "run", "--config", str(folder.agent(camera))]
        return [
            Child(name=name, arguments=arguments, log=folder.log(name))
            for name, arguments in commands.items()
        ]

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def _start(self) -> None:
        self.folder.write()
        if self._plan.district:
            import_module("ioc.simulate.units").write(
                self.folder.catalogue, import_module("ioc.simulate.world").USUAL_SCALE
            )
        self.broker.start()
        self._introduce()
        self.observer.start()
        phone, hub, *boxes = self.children
        phone.start()
        hub.start()
        self._wait_for(hub)
        for box in boxes:
            box.start()
        if self._plan.open_browser:
            webbrowser.open(self.folder.phone)
            webbrowser.open(self.folder.console)

    def _introduce(self) -> None:
        lines = {
            "Bàn trực / console": self.folder.console,
            "Điện thoại / phone": self.folder.phone,
            "Máy chủ tin / broker": f"{self.broker.recipe.name}, {self.broker.url}",
            "Thư mục / folder": str(self._path),
        }
        self._say("Đông Giang IOC · demo (Ctrl-C để dừng · Ctrl-C ends it)")
        for what, where in lines.items():
            self._say(f"  {what:<22} {where}")
        self._say("")

    def _wait_for(self, hub: Child) -> None:
        """Until the console answers: what a box says before the centre listens waits for the
        broker's and the box's patience, and a short clip is over by then."""
        end = time.monotonic() + HUB_STARTS_S
        while not is_taken(self.folder.console_port) and time.monotonic() < end:
            if hub.exit_code is not None:
                raise ChildDied(name=hub.name, exit_code=hub.exit_code, tail=hub.tail())
            time.sleep(0.1)

    def step(self) -> None:
        """One round of watching; raises ChildDied.  Of the simulated district it is only said: a
        fire still reaches the phone without it."""
        time.sleep(ROUND_S)
        for child in list(self.children):
            if (code := child.exit_code) is not None and child is self._district:
                self.children.remove(child)
                self._say(f"Số liệu mô phỏng ngừng nạp ({code}) · the simulated data ended")
            elif code is not None:
                raise ChildDied(name=child.name, exit_code=code, tail=child.tail())
        if (code := self.broker.exit_code) is not None:
            tail = self.broker.log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise ChildDied(name=self.broker.recipe.name, exit_code=code, tail=tail)
        self.story.listen()
        self._fill()
        self._rounds += 1
        if self._rounds % MEASURE_EVERY == 0:
            self._measure()

    def _fill(self) -> None:
        """The district starts after the first proven fire, so that it slows no alarm of it."""
        waited = self.story.elapsed_s > DISTRICT_AFTER_S
        if not self._plan.district or self._district or not (self.story.proven or waited):
            return
        arguments = ["simulate", "--days", str(DISTRICT_DAYS), "--live", "--hub"]
        arguments += [self.folder.console, "--config", str(self.folder.hub)]
        log = self.folder.log(DISTRICT)
        self._district = Child(name=DISTRICT, arguments=arguments, log=log)
        self._district.start()
        self.children.append(self._district)
        self._say(
            f"Đang nạp {DISTRICT_DAYS} ngày số liệu mô phỏng của các phân hệ · "
            "filling the other subsystems with simulated data"
        )

    def _measure(self) -> None:
        for child in self.children:
            child.measure()
        if self.broker.pid is not None:
            self._broker_peak_mb = max(self._broker_peak_mb, resident_mb(self.broker.pid))

    def report(self) -> figures.Report:
        """What was measured until now."""
        self._measure()
        story, fires = self.story, self.story.fires
        return figures.Report(
            ok=story.proven,
            seconds=round(story.elapsed_s, 1),
            broker=self.broker.recipe.name,
            source=self._plan.source,
            devices_online=tuple(sorted(self.observer.online)),
            sightings=len(self.observer.sightings),
            first_sighting_s=story.first_sighting_s,
            first_incident_s=first(each.opened_after_s for each in fires),
            first_proven_s=first(each.picture_after_s for each in fires),
            incidents=story.incidents,
            webhooks={
                "accepted": len(self.phone.calls),
                "repeats": self.phone.repeats,
                "refused": self.phone.refused,
            },
            publish_to_webhook_ms=figures.webhook_delays(self.phone.calls),
            cameras=figures.of_cameras(self.observer.figures()),
            peak_rss_mb={
                "broker": round(self._broker_peak_mb, 1),
                **{child.name: round(child.peak_rss_mb, 1) for child in self.children},
            },
            unreadable_messages=self.observer.unreadable,
        )

    def stop(self) -> None:
        """Ends every process; the temporary folder goes unless it is to be kept."""
        end(self.children)
        self.observer.stop()
        self.broker.stop()
        self.phone.close()
        if self._temporary:
            shutil.rmtree(self._path, ignore_errors=True)

    def __exit__(self, *_failure: object) -> None:
        self.stop()
