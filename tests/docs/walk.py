"""Walks the administrator's guide: its commands, run under a folder instead of /.

`sudo` is left out, `systemctl` starts what the unit starts and waits for its READY=1.
"""

import contextlib
import io
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ioc import cli
from tests.deploy.test_nginx import MAIN
from tests.docs.test_links import CODE
from tests.hub.daemons import free_port, program

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "deploy" / "systemd"
LIMIT_S = 120
BASH = """
sudo() { while [ "${1:0:1}" = - ]; do shift 2; done; "$@"; }
install() {
    local kept=()
    while [ $# -gt 0 ]; do case $1 in -o|-g) shift 2 ;; *) kept+=("$1"); shift ;; esac; done
    command install "${kept[@]}"
}
set -euo pipefail
"""


def section(page: str, number: int) -> Iterator[str]:
    """The commands of a section's blocks, each on one line."""
    [text] = re.findall(rf"^## {number}\. .*?(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    for block, _ in CODE.findall(text):
        yield from block.replace("\\\n", " ").splitlines()


class Walk:
    """One machine that is hub and tower; `end` stops what was started."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.patch = patch
        self.ports = {name: free_port() for name in ("8883", "8443", "8444")}
        self.fingerprint = ""
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        patch.setenv("IOC_AUTHORITY", f"{root}/var/lib/ioc-ca")
        patch.chdir(root)

    def here(self, text: str) -> str:
        """Paths, names and ports of this walk."""
        text = re.sub(r"(?<![\w.])/(etc|var/lib|run)/", rf"{self.root}/\1/", text)
        text = re.sub(r"(?:mqtt|ioc)\.donggiang\.example", "localhost", text)
        for known, ours in self.ports.items():
            text = text.replace(f":{known}", f":{ours}")
        return text.replace("sha256:…", self.fingerprint)

    def edit(self, name: str, *changes: tuple[str, str]) -> None:
        """What the guide leaves to a person with an editor."""
        path = self.root / name
        text = self.here(path.read_text(encoding="utf-8").replace(str(self.root), ""))
        for known, ours in changes:
            assert re.search(known, text, re.DOTALL | re.MULTILINE), known
            text = re.sub(known, ours, text, flags=re.DOTALL | re.MULTILINE)
        path.write_text(text, encoding="utf-8")

    def do(self, line: str) -> str:
        """One line of the guide; what it printed."""
        plain = re.sub(r"^sudo (?:-u \S+ )?", "", line)
        if plain.startswith("ioc "):
            return self.ioc(self.here(plain))
        if plain.startswith("systemctl "):
            _, verb, *units = plain.split()
            for unit in units:
                getattr(self, verb)(unit.removesuffix(".service"))
            return ""
        if "deploy/install.sh" in plain and "--dry-run" not in plain:
            line = f"{ROOT}/{plain} --root {self.root} --venv {sys.prefix}"
        elif plain.startswith(("cd ", "deploy/")):
            return ""
        else:
            line = self.here(line)
        done = subprocess.run(
            ["bash", "-c", f"{BASH}\n{line}"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        return done.stdout

    def ioc(self, line: str) -> str:
        line, _, target = line.partition(" > ")
        said, wrong = io.StringIO(), io.StringIO()
        self.patch.setattr(sys, "stdin", io.StringIO("mat-khau-cua-lan\n"))
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(wrong):
            code = cli.main(shlex.split(line)[1:])
        assert code == 0, f"{line}\n{wrong.getvalue()}"
        if target:
            Path(target.strip()).write_text(said.getvalue(), encoding="utf-8")
        if found := re.search(r"sha256:[0-9a-f]{64}", said.getvalue()):
            self.fingerprint = found.group()
        return said.getvalue()

    def start(self, unit: str) -> None:
        text = self.here((UNITS / f"{unit}.service").read_text(encoding="utf-8"))
        text = text.replace("\\\n", " ")
        [line] = re.findall(r"^ExecStart=\S+ (.+)$", text, re.MULTILINE)
        variables = dict(os.environ)
        for file in re.findall(r"^EnvironmentFile=(.+)$", text, re.MULTILINE):
            pairs = re.findall(r"^(\w+)=(.*)$", Path(file).read_text("utf-8"), re.MULTILINE)
            for name, value in pairs:
                line = line.replace(f"${{{name}}}", value)
        if "Type=oneshot" in text:
            self.ioc(f"ioc {line}")
            return
        heard = self.root / f"{unit}.notify"
        heard.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.bind(str(heard))
            systemd.settimeout(LIMIT_S)
            command = [sys.executable, "-m", "ioc.cli", *shlex.split(line)]
            with (self.root / f"{unit}.log").open("ab") as log:
                self.running[unit] = subprocess.Popen(
                    command, stdout=log, stderr=log,
                    env=variables | {"NOTIFY_SOCKET": str(heard), "PYTHONPATH": str(ROOT)},
                )  # fmt: skip
            try:
                assert systemd.recv(100) == b"READY=1"
            except TimeoutError:
                raise AssertionError((self.root / f"{unit}.log").read_text()) from None

    def restart(self, unit: str) -> None:
        """The broker, whose unit is Debian's."""
        assert unit == "mosquitto"
        conf = self.root / "etc/mosquitto/ioc/ioc.conf"
        text = self.here(conf.read_text(encoding="utf-8").replace(str(self.root), ""))
        text = text.replace("listener 8883", f"listener {self.ports['8883']}")
        shutil.copy(conf, self.root / "as-written.conf")
        conf.write_text(f"user root\n{text}" if os.geteuid() == 0 else text, encoding="utf-8")
        (self.root / "run").mkdir(exist_ok=True)
        with (self.root / "mosquitto.log").open("ab") as log:
            self.running[unit] = started = subprocess.Popen(
                [program("mosquitto"), "-c", str(conf)], stdout=log, stderr=log
            )
        (self.root / "run" / "mosquitto.pid").write_text(f"{started.pid}\n")

    def front(self) -> str:
        """nginx before hub and enrolment, as section 4 offers it; its address."""
        secure = free_port()
        text = self.here((ROOT / "deploy/nginx/ioc.conf").read_text(encoding="utf-8"))
        text = re.sub(r"listen \[::\]:\d+.*;", "", text)
        text = text.replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
        text = text.replace("listen 443 ", f"listen 127.0.0.1:{secure} ")
        (self.root / "ioc.conf").write_text(text, encoding="utf-8")
        (self.root / "nginx.conf").write_text(MAIN.format(folder=self.root), encoding="utf-8")
        command = [program("nginx"), "-p", str(self.root), "-c", str(self.root / "nginx.conf")]
        self.running["nginx"] = subprocess.Popen(command)
        return f"https://localhost:{secure}"

    def stop(self, unit: str) -> None:
        process = self.running.pop(unit)
        process.terminate()
        assert process.wait(LIMIT_S) == 0, (self.root / f"{unit}.log").read_text()

    def end(self) -> None:
        """In order where it takes a moment: a killed nginx leaves its workers behind."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
