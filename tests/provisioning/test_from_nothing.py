"""From nothing to a tower that publishes, and to one that is called back, as the guides say it.

Authority, Mosquitto with TLS, enrolment, InfluxDB 1.x, hub and box are processes of their own and
everything was made by commands; the officer's view is read off the console.
"""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from tests.hub.daemons import Daemon, Influxd, free_port
from tests.provisioning.centre import NAME, Centre
from tests.waiting import until

PATIENCE_S = 90.0
CALLED = "tháp Prao"
REFUSED = re.compile(r'href="(/incidents/\w+)"[^>]*>[^<]*Máy chủ MQTT từ chối một chứng thư')
SCENE = "synthetic:street?seed=3&fps=5&width=640&height=360&ignite_after=1"


@contextmanager
def running(daemon: Daemon) -> Iterator[Daemon]:
    try:
        daemon.start()
        yield daemon
    finally:
        daemon.end()


class Hub(Daemon):
    """`ioc hub run`, with the certificate that `ioc ca service hub` made."""

    def __init__(self, centre: Centre, influx: Influxd) -> None:
        self.port = free_port()
        (centre.folder / "hub.toml").write_text(
            f'[broker]\nurl = "mqtts://localhost:{centre.settings.port}"\n'
            f'ca_file = "{centre.ca}"\ncert_file = "hub.pem"\nkey_file = "hub.pem"\n'
            f"[console]\nport = {self.port}\n"
            f'[influx]\napi = "v1"\nurl = "{influx.url}"\n'
        )
        command = [sys.executable, "-m", "ioc.cli", "hub", "run", "--config"]
        super().__init__(
            [*command, str(centre.folder / "hub.toml")], centre.folder / "hub.log", self._answers
        )

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def page(self, path: str) -> str:
        return httpx.get(f"{self.url}{path}", trust_env=False, timeout=30).text


class Box(Daemon):
    """`ioc agent run` on a rendered street that begins to burn."""

    def __init__(self, centre: Centre) -> None:
        self.log = centre.folder / "agent.log"
        config = centre.folder / "agent.toml"
        config.write_text(
            f'telemetry_s = 0.5\n[device]\nname = "{NAME}"\ntitle = "Tháp Prao"\n'
            f'[broker]\nurl = "mqtts://localhost:{centre.settings.port}"\n'
            'ca_file = "box/ca.crt"\ncert_file = "box/device.pem"\nkey_file = "box/device.pem"\n'
            '[outbox]\npath = "outbox.db"\n'
            f'[[camera]]\nname = "cho"\nscene = "street"\ninterval_s = 0.3\nurl = "{SCENE}"\n'
        )
        command = [sys.executable, "-m", "ioc.cli", "agent", "run", "--config", str(config)]
        super().__init__(command, self.log, lambda: "connected to" in self.said())

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")


def enrolled(centre: Centre) -> None:
    _, token, _ = centre.run(f"device add {NAME} --camera cho --title", "Tháp Prao")
    (centre.folder / "token").write_text(token)
    centre.run(f"{centre.enrol} {centre.fingerprint}")


def test_from_nothing_to_a_tower_that_publishes_and_to_one_that_is_called_back(
    centre: Centre,
) -> None:
    influx = Influxd(centre.folder / "influx")
    with running(influx):
        hub, box = Hub(centre, influx), Box(centre)
        centre.run(f"provision influx --config {centre.folder}/hub.toml")
        enrolled(centre)
        with running(hub), running(box):
            seen(lambda: influx.column("SELECT frame_age_s FROM camera"))
            seen(lambda: re.search(r"Nghi có (lửa|khói)", hub.page("/")))
            centre.run(f"device revoke {NAME} --reason lost --passphrase-file ca.pass")
            seen(lambda: f"Chứng thư đã bị thu hồi – {CALLED}" in hub.page(f"/devices/{NAME}"))
            centre.broker.end()
            centre.broker.start()
            seen(lambda: "the broker refuses our certificate, which is revoked" in box.said())
            seen(lambda: REFUSED.search(hub.page("/")))
            told = REFUSED.search(hub.page("/"))
            assert told is not None
            assert f"revoked or out of date are: {NAME}" in hub.page(told[1])


def seen(condition: Callable[[], object]) -> None:
    """Looks twice a second: who polls a page without a pause takes the machine from the box."""
    until(condition, PATIENCE_S, look_s=0.5)
