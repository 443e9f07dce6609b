"""InfluxDB 2 behind its API: made from nothing, left alone when right, mended when not."""

import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.clock import utc_now
from contracts.measurement import Measurement
from ioc import cli
from ioc.exits import Exit
from provisioning import authority as authorities
from provisioning import certificates, keys
from provisioning.certificates import Leaf
from provisioning.records import Occasion, Store
from tests.hub.daemons import free_port
from tests.provisioning.influxdb2 import ADMIN, InfluxDb2


@pytest.fixture
def influxdb() -> Iterator[InfluxDb2]:
    server = InfluxDb2()
    server.start()
    yield server
    server.stop()


class Place:
    """A hub's folder; `ioc(...)` runs `ioc provision influx` there."""

    def __init__(self, url: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.hub_file, self.grafana_file = folder / "influx.token", folder / "grafana-influx.token"
        self.admin(ADMIN)
        self.configure(url)

    def admin(self, token: str) -> None:
        (self.folder / "admin.token").write_text(token + "\n")

    def configure(self, url: str) -> None:
        (self.folder / "hub.toml").write_text(
            f'[influx]\napi = "v2"\nurl = "{url}"\norg = "dong-giang"\n'
            'token_file = "influx.token"\n'
        )

    def ioc(self, *more: str) -> tuple[int, str, str]:
        code = cli.main(
            [
                "provision", "influx", "--config", str(self.folder / "hub.toml"),
                "--admin-token-file", str(self.folder / "admin.token"), *more,
            ]
        )  # fmt: skip
        said = self.capsys.readouterr()
        return code, said.out, said.err


@pytest.fixture
def place(influxdb: InfluxDb2, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Place:
    return Place(influxdb.url, tmp_path, capsys)


def by(rows: dict[str, dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    return {each[key]: each for each in rows.values()}


def changes(out: str) -> list[str]:
    return [line for line in out.splitlines() if line[:2] in ("+ ", "~ ", "- ")]


def test_from_nothing_everything_is_made_and_a_second_run_changes_nothing(
    place: Place, influxdb: InfluxDb2
) -> None:
    code, out, err = place.ioc()
    assert (code, err) == (Exit.OK, "")
    kept = {
        name: each["retentionRules"][0]["everySeconds"] / 86_400
        for name, each in by(influxdb.buckets, "name").items()
    }
    assert kept == {"ioc": 400, "ioc/hourly": 1830, "ioc/daily": 0}
    assert len(influxdb.tasks) == 2 * len(Measurement)
    influxdb.written()
    code, out, err = place.ioc()
    assert (code, out, err) == (Exit.OK, f"{influxdb.url}: nothing to change\n", "")
    assert influxdb.written() == []


def test_a_dry_run_tells_all_and_asks_for_no_change(place: Place, influxdb: InfluxDb2) -> None:
    code, out, _ = place.ioc("--dry-run")
    assert code == Exit.OK
    assert changes(out)[:4] == [
        "+ organisation dong-giang",
        "+ bucket ioc: keeps 400 days",
        "+ bucket ioc/hourly: keeps 1830 days",
        "+ bucket ioc/daily: keeps for ever",
    ]
    assert influxdb.written() == []
    assert not place.hub_file.exists()


def test_influxql_finds_each_tier_by_the_names_that_it_has_on_1(
    place: Place, influxdb: InfluxDb2
) -> None:
    place.ioc()
    buckets = by(influxdb.buckets, "id")
    mapped = {
        (each["database"], each["retention_policy"]): (
            buckets[each["bucketID"]]["name"], each["default"],
        )
        for each in influxdb.dbrps.values()
    }  # fmt: skip
    assert mapped == {
        ("ioc", "autogen"): ("ioc", True),
        ("ioc", "hourly"): ("ioc/hourly", False),
        ("ioc", "daily"): ("ioc/daily", False),
    }


def test_tokens_of_least_right_go_to_files_and_are_shown_nowhere(
    place: Place, influxdb: InfluxDb2, caplog: pytest.LogCaptureFixture
) -> None:
    _, out, err = place.ioc()
    names = {each["id"]: each["name"] for each in influxdb.buckets.values()}
    rights = {
        each["description"]: {
            (one["action"], one["resource"]["type"], names[one["resource"]["id"]])
            for one in each["permissions"]
        }
        for each in influxdb.authorizations.values()
    }
    assert rights == {
        "ioc-hub": {("read", "buckets", "ioc"), ("write", "buckets", "ioc")},
        "ioc-grafana": {("read", "buckets", name) for name in names.values()},
    }
    secrets = by(influxdb.authorizations, "secret")
    for file in (place.hub_file, place.grafana_file):
        assert file.read_text().strip() in secrets
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not [each for each in (*secrets, ADMIN) if each in out + err + caplog.text]


def test_a_lost_token_is_replaced_and_the_old_one_is_void(
    place: Place, influxdb: InfluxDb2
) -> None:
    place.ioc()
    lost = place.hub_file.read_text()
    place.hub_file.unlink()
    code, out, _ = place.ioc()
    assert code == Exit.OK
    [change] = changes(out)
    assert change.startswith("~ token ioc-hub: write and read ioc; in ")
    assert change.endswith("so its user must start anew")
    assert place.hub_file.read_text() != lost
    assert lost.strip() not in by(influxdb.authorizations, "secret")
    assert len(influxdb.authorizations) == 2


def test_a_token_that_was_given_more_is_replaced(place: Place, influxdb: InfluxDb2) -> None:
    place.ioc()
    grafana = by(influxdb.authorizations, "description")["ioc-grafana"]
    extra = {"action": "write", "resource": {"type": "buckets", "id": next(iter(influxdb.buckets))}}
    grafana["permissions"].append(extra)
    assert len(changes(place.ioc()[1])) == 1
    assert place.ioc()[1].endswith("nothing to change\n")


def test_another_good_token_in_the_file_is_overwritten_only_when_that_is_wanted(
    place: Place,
) -> None:
    place.hub_file.write_text(ADMIN + "\n")
    code, out, err = place.ioc()
    assert code == Exit.FAILED
    assert "holds another token that is good  (only with --new-tokens)" in out
    assert "for want of --new-tokens" in err
    assert place.hub_file.read_text() == ADMIN + "\n"
    code, _, _ = place.ioc("--new-tokens")
    assert code == Exit.OK
    assert place.hub_file.read_text() != ADMIN + "\n"


def test_points_are_deleted_only_when_that_is_wanted(place: Place, influxdb: InfluxDb2) -> None:
    place.ioc()
    raw = by(influxdb.buckets, "name")["ioc"]
    influxdb.has_old_points = True
    code, out, _ = place.ioc("--raw-days", "100")
    assert code == Exit.FAILED
    assert "~ bucket ioc: keeps 100 days, was 400 days; there are older points, which" in out
    assert raw["retentionRules"][0]["everySeconds"] == 400 * 86_400
    assert place.ioc("--raw-days", "100", "--shorten")[0] == Exit.OK
    assert raw["retentionRules"][0]["everySeconds"] == 100 * 86_400


def test_a_bucket_of_a_new_server_is_shortened_unasked_for_it_has_no_old_points(
    place: Place, influxdb: InfluxDb2
) -> None:
    place.ioc()
    by(influxdb.buckets, "name")["ioc"]["retentionRules"] = []
    code, out, _ = place.ioc()
    assert code == Exit.OK
    assert changes(out) == ["~ bucket ioc: keeps 400 days, was for ever"]


def test_what_was_altered_by_hand_is_mended_and_shown_as_a_diff(
    place: Place, influxdb: InfluxDb2
) -> None:
    place.ioc()
    tasks = by(influxdb.tasks, "name")
    tasks["ioc hourly box"]["status"] = "inactive"
    tasks["ioc daily hub"]["flux"] += "// bớt"
    tasks["ioc daily box"]["flux"] = re.sub(r"\)(?=\n)", ",\n  )", tasks["ioc daily box"]["flux"])
    for number, name in (("a1", "theirs"), ("a2", "ioc hourly gone")):
        influxdb.tasks[number] = {**tasks["ioc hourly hub"], "id": number, "name": name}
    mapping = by(influxdb.dbrps, "retention_policy")["daily"]
    mapping["bucketID"] = by(influxdb.buckets, "name")["ioc"]["id"]
    code, out, _ = place.ioc()
    assert code == Exit.OK
    assert changes(out) == [
        "~ DBRP mapping ioc.daily -> bucket ioc/daily, led elsewhere",
        "~ task ioc hourly box",
        "~ task ioc daily hub",
        "- task ioc hourly gone",
    ]
    assert "// bớt" in out
    assert "theirs" in by(influxdb.tasks, "name")
    assert place.ioc()[1].endswith("nothing to change\n")


def test_a_run_that_was_cut_is_ended_by_the_next(
    place: Place, influxdb: InfluxDb2, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.admin("no-such-token")
    assert place.ioc()[0] == Exit.NO_PERMISSION
    place.admin(ADMIN)
    whole = influxdb.answer
    left = iter(range(6))

    def cut(asked: Any) -> Any:
        if asked.writes and next(left, None) is None:
            influxdb.version = "gone"
            raise ConnectionResetError
        return whole(asked)

    monkeypatch.setattr(influxdb, "answer", cut)
    monkeypatch.setattr(influxdb._server, "handle_error", lambda *_: None)
    code, out, err = place.ioc()
    assert code == Exit.UNAVAILABLE
    assert re.search(r"6 changes made of \d+; run it again to go on", out)
    assert "does not answer" in err
    monkeypatch.setattr(influxdb, "answer", whole)
    influxdb.version = "v2.7.11"
    assert place.ioc()[0] == Exit.OK
    assert place.ioc()[1].endswith("nothing to change\n")


def test_a_wrong_token_is_named(place: Place) -> None:
    place.admin("no-such-token")
    code, _, err = place.ioc()
    assert code == Exit.NO_PERMISSION
    assert "refuses the credential, 401 (unauthorized access)" in err
    assert "no-such-token" not in err


def test_a_right_that_is_missing_is_named(place: Place) -> None:
    place.ioc()
    place.admin(place.hub_file.read_text().strip())
    code, _, err = place.ioc()
    assert code == Exit.NO_PERMISSION
    assert "the right is missing, 403" in err
    assert "an all-access token" in err


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("v2.0.9", "is InfluxDB v2.0.9, too old; upgrade it to 2.4"),
        ("1.8.10", 'is InfluxDB 1.8.10; set influx.api = "v1"'),
        ("3.1.0", 'is InfluxDB 3.1.0; set influx.api = "v3"'),
        ("", "is no InfluxDB"),
    ],
)
def test_another_server_is_named(
    place: Place, influxdb: InfluxDb2, version: str, said: str
) -> None:
    influxdb.version = version
    code, _, err = place.ioc()
    assert code == Exit.PROTOCOL
    assert said in err


def test_a_server_without_a_first_user_is_named(place: Place, influxdb: InfluxDb2) -> None:
    influxdb.new = True
    code, _, err = place.ioc()
    assert code == Exit.PROTOCOL
    assert "is new: it has no user yet; run `influx setup`" in err


def test_a_server_that_is_away_is_named(place: Place) -> None:
    place.configure(f"http://127.0.0.1:{free_port()}")
    code, _, err = place.ioc()
    assert code == Exit.UNAVAILABLE
    assert "start it, or mend the address" in err


def test_a_certificate_is_trusted_only_by_its_authority(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = InfluxDb2()
    server.start(certificate(tmp_path))
    try:
        place = Place(server.url, tmp_path, capsys)
        code, _, err = place.ioc()
        assert code == Exit.PROTOCOL
        assert "TLS fails (CERTIFICATE_VERIFY_FAILED)" in err
        assert "--ca-file" in err
        assert place.ioc("--ca-file", str(tmp_path / "ca.crt"))[0] == Exit.OK
        assert place.ioc("--ca-file", str(tmp_path / "none.crt"))[0] == Exit.PROTOCOL
        place.configure(f'{server.url}"\nca_file = "ca.crt')
        assert place.ioc()[1].endswith("nothing to change\n")
    finally:
        server.stop()


def certificate(folder: Path) -> Path:
    """Of localhost, with its key, signed by `ca.crt`."""
    authority = authorities.create(folder / "authority", "Dong Giang", utc_now())
    (folder / "ca.crt").write_text(authority.ca_pem)
    key = keys.new_key()
    leaf = Leaf(
        name="localhost", public_key=key.public_key(), life=certificates.SERVICE_LIFE,
        server=True, hosts=("localhost",),
    )  # fmt: skip
    store = Store(folder / "authority")
    with store.work() as connection:
        occasion = Occasion(at=utc_now(), actor="test")
        made = authority.issue(connection, occasion, leaf, "certificate-server")
    store.close()
    pem = folder / "server.pem"
    pem.write_bytes(keys.pem(key) + authority.chain(made).encode())
    return pem


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--raw-days", "30"], "boards show up to 90 days of raw points"),
        (["--hourly-days", "200"], "a coarser tier must outlast a finer one"),
        (["--raw-days", "0"], "--hourly-days 1830: raw points are kept longer"),
    ],
)
def test_days_that_would_empty_boards_are_refused(
    place: Place, options: list[str], said: str
) -> None:
    code, _, err = place.ioc(*options)
    assert code == Exit.USAGE
    assert said in err
