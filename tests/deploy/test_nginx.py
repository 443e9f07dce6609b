"""The front is accepted by the real nginx."""

import re
import shutil
import subprocess
from pathlib import Path

from ioc import cli
from ioc.exits import Exit
from tests.hub.daemons import free_port, program

FRONT = Path(__file__).parents[2] / "deploy" / "nginx" / "ioc.conf"
MAIN = """
pid {folder}/nginx.pid;
error_log {folder}/error.log;
daemon off;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    include {folder}/ioc.conf;
}}
"""


def written(folder: Path) -> Path:
    """The front with a certificate of ours, on ports of its own."""
    (folder / "pass").write_text("a long passphrase\n")
    common = ["--authority", str(folder / "ca"), "--passphrase-file", str(folder / "pass")]
    assert cli.main(["ca", "init", *common]) == Exit.OK
    name = "ioc.donggiang.example"
    assert cli.main(["ca", "server", name, "--out", str(folder / "certs"), *common]) == Exit.OK
    shutil.copy(folder / "ca" / "ca.crt", folder / "certs" / "ca.crt")
    text = FRONT.read_text(encoding="utf-8").replace("/etc/ioc/certs", str(folder / "certs"))
    plain, secure = free_port(), free_port()
    text = re.sub(r"listen \[::\]:\d+.*;", "", text)
    text = text.replace("listen 80;", f"listen 127.0.0.1:{plain};")
    text = text.replace("listen 443 ", f"listen 127.0.0.1:{secure} ")
    (folder / "ioc.conf").write_text(text)
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
    return folder / "nginx.conf"


def test_nginx_accepts_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [program("nginx"), "-t", "-p", str(tmp_path), "-c", str(written(tmp_path))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr
