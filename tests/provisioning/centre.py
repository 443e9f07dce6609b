"""A centre that was set up by commands alone: authority, broker over TLS, `ioc enrol serve`."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from ioc.exits import Exit
from provisioning.mosquitto import Broker
from tests.hub.daemons import free_port
from tests.provisioning.district import Mosquitto

NAME = "thap-prao"
Ioc = Callable[..., tuple[int, str, str]]
"""Runs a command line; its exit code, stdout and stderr."""


class Centre:
    """Authority, broker and `ioc enrol serve`, started as the guide says."""

    def __init__(self, ioc: Ioc, folder: Path) -> None:
        self.said = ""
        self.ioc = ioc
        self.folder = folder
        (folder / "ca.pass").write_text("mật khẩu của CA\n")
        _, out, _ = self.run("ca init --passphrase-file ca.pass")
        [self.fingerprint] = re.findall(r"^sha256:\w{64}$", out, re.MULTILINE)
        self.settings = Broker(
            folder=folder / "broker", hosts=("localhost",), port=free_port(),
            pid_file=folder / "mosquitto.pid",
        )  # fmt: skip
        self.run(
            f"provision broker --passphrase-file ca.pass --out broker --host localhost "
            f"--port {self.settings.port} --pid-file {self.settings.pid_file} --data {folder}"
        )
        for service in ("hub", "issuer"):
            self.run(f"ca service {service} --passphrase-file ca.pass --out {service}.pem")
        self.run("ca server localhost --san 127.0.0.1 --passphrase-file ca.pass --out web")
        self.ca = self.settings.folder / "ca.crt"
        self.broker = Mosquitto(self.settings)
        self.broker.start()
        self.port = free_port()
        self.log = folder / "serve.log"
        self._heard = folder / "notify"
        self._systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._systemd.bind(str(self._heard))
        self._systemd.settimeout(90)
        self._server = self._serve()

    def run(self, line: str, *more: str) -> tuple[int, str, str]:
        code, out, err = self.ioc(line, *more)
        assert code == Exit.OK, err
        self.said += out + err
        return code, out, err

    def _serve(self) -> subprocess.Popen[bytes]:
        line = (
            f"enrol serve --passphrase-file ca.pass --cert web/server.crt --key web/server.key "
            f"--port {self.port} --broker mqtts://localhost:{self.settings.port} "
            "--issuer issuer.pem"
        )
        with self.log.open("wb") as log:
            command = [sys.executable, "-m", "ioc.cli", *line.split()]
            root = str(Path(__file__).parents[2])
            environment = {**os.environ, "PYTHONPATH": root, "NOTIFY_SOCKET": str(self._heard)}
            server = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        assert self._systemd.recv(100) == b"READY=1"
        return server

    @property
    def enrol(self) -> str:
        return (
            f"agent enrol --hub https://localhost:{self.port} --device {NAME} "
            f"--token-file token --out box --ca-fingerprint"
        )

    def stop(self) -> None:
        self._server.send_signal(signal.SIGTERM)
        assert self._server.wait(30) == 0
        assert self._systemd.recv(100) == b"STOPPING=1"
        self._systemd.close()
        self.broker.end()
