"""A database server whose certificate our own authority signed."""

import http.server
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.config import Influx
from hub.timeseries.influx import InfluxStore
from hub.timeseries.store import Unavailable
from ioc import cli


class Stored(http.server.BaseHTTPRequestHandler):
    """The answer of every InfluxDB to a write that it took."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "pass").write_text("a long passphrase\n")
    common = ["--authority", str(tmp_path / "ca"), "--passphrase-file", str(tmp_path / "pass")]
    cli.main(["ca", "init", *common])
    cli.main(["ca", "server", "localhost", "--out", str(tmp_path), *common])
    made = http.server.ThreadingHTTPServer(("localhost", 0), Stored)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.crt", tmp_path / "server.key")
    made.socket = context.wrap_socket(made.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield f"https://localhost:{made.server_port}"
    made.shutdown()
    thread.join()
    made.server_close()


def test_it_is_trusted_by_its_authority_and_by_nothing_less(server: str, tmp_path: Path) -> None:
    trusting = InfluxStore(Influx(api="v1", url=server, ca_file=tmp_path / "ca" / "ca.crt"))
    trusting.write(["box,device=a cpu_percent=1 1"])
    trusting.close()
    doubting = InfluxStore(Influx(api="v1", url=server))
    with pytest.raises(Unavailable, match="certificate"):
        doubting.write(["box,device=a cpu_percent=1 1"])
    doubting.close()
