"""A running Grafana behind its API: made from nothing, left alone when right, mended when not."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grafana import generate
from ioc import cli
from ioc.exits import Exit
from provisioning.grafana_access import ON_DUTY
from tests.hub.daemons import free_port
from tests.provisioning.grafana_server import ADMIN, VIEWER, GrafanaServer
from tests.provisioning.test_influx2 import certificate, changes

SECRET = "token-that-reads"
BOARDS = generate.boards()
FOLDERS = {board.folder for board in BOARDS}


@pytest.fixture
def grafana() -> Iterator[GrafanaServer]:
    server = GrafanaServer()
    server.credential = f"Token {SECRET}"
    server.start()
    yield server
    server.stop()


class Place:
    """A hub's folder; `ioc(...)` runs `ioc provision grafana` there."""

    def __init__(self, url: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.url, self.folder, self.capsys = url, folder, capsys
        (folder / "hub.toml").write_text(
            '[influx]\napi = "v2"\norg = "dong-giang"\ntoken_file = "influx.token"\n'
        )
        self.reads = folder / "grafana-influx.token"
        self.reads.write_text(SECRET + "\n")
        self.admin(ADMIN)

    def admin(self, token: str) -> None:
        (self.folder / "admin.token").write_text(token + "\n")

    def ioc(self, *more: str, url: str = "") -> tuple[int, str, str]:
        way = more if "--files" in more else (
            "--url", url or self.url, "--admin-token-file", str(self.folder / "admin.token"), *more,
        )  # fmt: skip
        code = cli.main(["provision", "grafana", "--config", str(self.folder / "hub.toml"), *way])
        said = self.capsys.readouterr()
        return code, said.out, said.err


@pytest.fixture
def place(grafana: GrafanaServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Place:
    return Place(grafana.url, tmp_path, capsys)


@pytest.fixture
def made(place: Place, grafana: GrafanaServer) -> Place:
    assert place.ioc()[0] == Exit.OK
    grafana.written()
    return place


def test_from_nothing_everything_is_made_and_a_second_run_changes_nothing(
    place: Place, grafana: GrafanaServer
) -> None:
    code, out, err = place.ioc()
    assert (code, err) == (Exit.OK, "")
    assert SECRET not in out
    assert ADMIN not in out
    assert set(grafana.boards) == {board.uid for board in BOARDS}
    assert {each["title"] for each in grafana.folders.values()} == FOLDERS
    assert list(grafana.rules) == ["ioc-hub-silent"]
    assert grafana.sources["ioc-series"]["secret"] == f"Token {SECRET}"
    grafana.written()
    code, out, err = place.ioc()
    assert (code, out, err) == (Exit.OK, f"{grafana.url}: nothing to change\n", "")
    assert grafana.written() == []


def test_a_dry_run_tells_all_and_asks_for_no_change(place: Place, grafana: GrafanaServer) -> None:
    code, out, _ = place.ioc("--dry-run")
    assert code == Exit.OK
    wanted = 1 + (1 + len(FOLDERS) - 1) + 2 * len(FOLDERS) + len(BOARDS) + 1
    assert len(changes(out)) == wanted
    assert all(line.startswith("+ ") for line in changes(out))
    assert grafana.written() == []


def test_a_folder_is_seen_by_its_subsystem_and_the_officers_on_duty(
    made: Place, grafana: GrafanaServer
) -> None:
    assert grafana.seen_by("ioc-health") == {ON_DUTY, "IOC Y tế", "user-2"}
    assert grafana.seen_by("ioc-overview") == {"Viewer", "user-2"}


def test_a_small_district_may_open_every_folder(place: Place, grafana: GrafanaServer) -> None:
    assert place.ioc("--open")[0] == Exit.OK
    assert {"Viewer" in grafana.seen_by(uid) for uid in grafana.folders} == {True}
    assert grafana.teams == {}
    assert place.ioc("--open")[1].endswith("nothing to change\n")


def test_rights_given_by_hand_to_persons_and_other_teams_stay(
    made: Place, grafana: GrafanaServer
) -> None:
    grafana.teams[90] = "Ban chỉ huy"
    grafana.permissions["ioc-health"] += [
        {"userId": 7, "userLogin": "user-7", "teamId": 0, "team": "", "permission": 1},
        {"userId": 0, "teamId": 90, "team": "Ban chỉ huy", "permission": 1},
        {"role": "Editor", "permission": 2},
    ]
    code, out, _ = made.ioc()
    assert code == Exit.OK
    assert changes(out) == [f"~ folder Y tế: seen by {ON_DUTY}, IOC Y tế"]
    assert grafana.seen_by("ioc-health") == {
        ON_DUTY, "IOC Y tế", "Ban chỉ huy", "user-2", "user-7",
    }  # fmt: skip


def test_only_a_board_that_changed_is_written_and_its_diff_is_shown(
    made: Place, grafana: GrafanaServer
) -> None:
    older = grafana.boards["ioc-hub"]["dashboard"]
    older["description"] = "Bản cũ."
    grafana.versions["ioc-hub"][0]["message"] = "ioc provision grafana 0123456789abcdef"
    code, out, _ = made.ioc()
    assert code == Exit.OK
    assert changes(out) == ["~ board ioc-hub: Sức khỏe trung tâm"]
    assert '    - "description": "Bản cũ.",' in out
    [written] = grafana.written()
    assert written.body["dashboard"]["uid"] == "ioc-hub"


def test_a_board_that_was_edited_by_hand_is_named_and_kept_until_overwritten(
    made: Place, grafana: GrafanaServer
) -> None:
    grafana.hand("ioc-hub", title="Của tôi")
    for options in (["--dry-run"], []):
        code, out, err = made.ioc(*options)
        assert code == (Exit.FAILED if not options else Exit.OK)
        assert "edited by hand by nguyen.van.a on 2026-11-28T08:00:00+07:00" in out
        assert grafana.boards["ioc-hub"]["dashboard"]["title"] == "Của tôi"
    assert "left as it is, for want of --overwrite: board ioc-hub" in err
    code, out, _ = made.ioc("--overwrite")
    assert code == Exit.OK
    assert out.index("edited by hand") < out.index("1 change made")
    assert grafana.boards["ioc-hub"]["dashboard"]["title"] == "Sức khỏe trung tâm"
    assert made.ioc()[1].endswith("nothing to change\n")


def test_what_grafana_adds_to_a_board_of_ours_is_no_change(
    made: Place, grafana: GrafanaServer
) -> None:
    grafana.boards["ioc-hub"]["dashboard"]["schemaVersion"] = 99
    assert made.ioc()[1].endswith("nothing to change\n")


def test_a_board_of_an_older_release_is_named_and_stays(
    made: Place, grafana: GrafanaServer
) -> None:
    old = json.loads(json.dumps(grafana.boards["ioc-hub"]))
    old["dashboard"] |= {"uid": "ioc-old", "title": "Cũ"}
    grafana.boards["ioc-old"] = old
    code, out, err = made.ioc()
    assert (code, out) == (Exit.OK, f"{grafana.url}: nothing to change\n")
    assert "board ioc-old (Cũ) is none of ours any more" in err


def test_a_board_that_was_moved_comes_back(made: Place, grafana: GrafanaServer) -> None:
    grafana.boards["ioc-hub"]["meta"]["folderUid"] = "ioc-health"
    code, out, _ = made.ioc()
    assert code == Exit.OK
    assert changes(out) == ["~ board ioc-hub: Sức khỏe trung tâm; moved back to its folder"]
    assert grafana.boards["ioc-hub"]["meta"]["folderUid"] == "ioc-fleet"


def test_what_came_from_files_is_named_and_left_to_them(
    made: Place, grafana: GrafanaServer
) -> None:
    grafana.sources["ioc-series"] |= {"readOnly": True, "url": "http://other"}
    grafana.boards["ioc-hub"]["meta"]["provisioned"] = True
    grafana.boards["ioc-hub"]["dashboard"]["title"] = "từ tệp"
    grafana.rules["ioc-hub-silent"] |= {"provenance": "file", "title": "từ tệp"}
    code, out, err = made.ioc()
    assert (code, out) == (Exit.OK, f"{grafana.url}: nothing to change\n")
    assert err.count("comes from a file: left to it") == 3
    assert grafana.written() == []


def test_a_new_credential_is_given_when_the_old_one_no_longer_reads(
    made: Place, grafana: GrafanaServer
) -> None:
    made.reads.write_text("another-token\n")
    grafana.credential = "Token another-token"
    code, out, _ = made.ioc()
    assert code == Exit.OK
    [change] = changes(out)
    assert change.startswith("~ data source ioc-series: credential: ")
    assert "another-token" not in out
    assert made.ioc()[1].endswith("nothing to change\n")


def test_boards_that_get_no_figures_are_no_success(place: Place, grafana: GrafanaServer) -> None:
    grafana.credential = "Token something-else"
    code, _, err = place.ioc()
    assert code == Exit.FAILED
    assert "Grafana gets no answer of InfluxDB at http://127.0.0.1:8086" in err
    assert "Status Code: 401" in err


def test_data_source_folder_and_rule_that_were_altered_are_mended(
    made: Place, grafana: GrafanaServer
) -> None:
    grafana.sources["ioc-series"]["url"] = "http://elsewhere:8086"
    grafana.folders["ioc-health"]["title"] = "Sức khỏe"
    grafana.rules["ioc-hub-silent"]["for"] = "2h"
    code, out, _ = made.ioc()
    assert code == Exit.OK
    assert changes(out) == [
        "~ data source ioc-series: settings",
        "~ folder Y tế, was called Sức khỏe",
        "~ alert rule ioc-hub-silent: Trung tâm im lặng",
    ]
    assert '    - "for": "2h",' in out
    assert made.ioc()[1].endswith("nothing to change\n")


def test_the_watchdog_stands_in_the_folder_of_operations(
    made: Place, grafana: GrafanaServer
) -> None:
    rule = grafana.rules["ioc-hub-silent"]
    assert grafana.folders[rule["folderUID"]]["title"] == "Vận hành"
    assert rule["ruleGroup"] == "ioc-watchdog"


def test_a_wrong_token_is_named(place: Place) -> None:
    place.admin("glsa_wrong")
    code, _, err = place.ioc()
    assert code == Exit.NO_PERMISSION
    assert "refuses the credential, 401 (Unauthorized)" in err
    assert "glsa_wrong" not in err


def test_a_right_that_is_missing_is_named(place: Place) -> None:
    place.admin(VIEWER)
    code, _, err = place.ioc()
    assert code == Exit.NO_PERMISSION
    assert "the right is missing, 403" in err
    assert "Grafana: role Admin" in err


def test_an_old_grafana_is_named(place: Place, grafana: GrafanaServer) -> None:
    grafana.version = "9.5.2"
    code, _, err = place.ioc()
    assert code == Exit.PROTOCOL
    assert "is Grafana 9.5.2, too old for the boards; upgrade it to 11.6 or later" in err


def test_a_sub_path_is_part_of_the_address(place: Place, grafana: GrafanaServer) -> None:
    grafana.prefix = "/grafana"
    code, _, err = place.ioc()
    assert code == Exit.PROTOCOL
    assert "with its sub-path if it has one" in err
    assert place.ioc(url=f"{grafana.url}/grafana/")[0] == Exit.OK


def test_a_server_that_is_away_is_named(place: Place) -> None:
    code, _, err = place.ioc(url=f"http://127.0.0.1:{free_port()}")
    assert code == Exit.UNAVAILABLE
    assert "does not answer" in err


def test_a_certificate_is_trusted_only_by_its_authority(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = GrafanaServer()
    server.credential = f"Token {SECRET}"
    server.start(certificate(tmp_path))
    try:
        place = Place(server.url, tmp_path, capsys)
        code, _, err = place.ioc("--dry-run")
        assert code == Exit.PROTOCOL
        assert "TLS fails (CERTIFICATE_VERIFY_FAILED)" in err
        assert place.ioc("--dry-run", "--ca-file", str(tmp_path / "ca.crt"))[0] == Exit.OK
    finally:
        server.stop()


def test_without_a_credential_for_figures_the_way_to_one_is_told(place: Place) -> None:
    place.reads.unlink()
    code, _, err = place.ioc()
    assert code == Exit.USAGE
    assert "run `ioc provision influx` first" in err


def test_grafana_trusts_the_authority_that_the_hub_trusts(
    place: Place, grafana: GrafanaServer
) -> None:
    (place.folder / "ca.crt").write_text("-----BEGIN CERTIFICATE-----\n")
    with (place.folder / "hub.toml").open("a") as config:
        config.write('url = "https://influxdb:8086"\nca_file = "ca.crt"\n')
    assert place.ioc()[0] == Exit.OK
    assert grafana.sources["ioc-series"]["jsonData"]["tlsAuthWithCACert"] is True
    assert set(grafana.sources["ioc-series"]["secureJsonFields"]) == {
        "httpHeaderValue1", "tlsCACert",
    }  # fmt: skip
    assert place.ioc()[1].endswith("nothing to change\n")
    etc = place.folder / "etc"
    assert place.ioc("--files", str(etc), "--home", str(place.folder / "home"))[0] == Exit.OK
    source = (etc / "provisioning/datasources/ioc.yaml").read_text()
    assert "tlsAuthWithCACert: true" in source
    assert "BEGIN CERTIFICATE" in source


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


class TestFiles:
    """A new Grafana, by files."""

    @pytest.fixture
    def etc(self, tmp_path: Path) -> Path:
        return tmp_path / "etc"

    @pytest.fixture
    def options(self, tmp_path: Path, etc: Path) -> list[str]:
        return ["--files", str(etc), "--home", str(tmp_path / "home")]

    def test_all_is_put_where_grafana_reads_it_and_again_nothing_changes(
        self, place: Place, etc: Path, options: list[str]
    ) -> None:
        assert place.ioc(*options)[0] == Exit.OK
        there = tree(etc)
        provider = "provisioning/dashboards/ioc.yaml"
        assert "/etc/grafana/ioc/dashboards/ioc-fleet" in there[provider]
        assert json.loads(there["ioc/dashboards/ioc-fleet/ioc-hub.json"])["uid"] == "ioc-hub"
        assert "provisioning/alerting/ioc.yaml" in there
        assert (place.folder / "home/public/maps/dong-giang/communes.geojson").exists()
        code, out, _ = place.ioc(*options)
        assert (code, out) == (Exit.OK, f"{etc}: nothing to change\n")

    def test_the_credential_stands_in_one_private_file_alone(
        self, place: Place, etc: Path, options: list[str]
    ) -> None:
        _, out, err = place.ioc(*options)
        holding = [name for name, text in tree(etc).items() if SECRET in text]
        assert holding == ["ioc/grafana.env"]
        assert (etc / "ioc/grafana.env").stat().st_mode & 0o777 == 0o600
        assert SECRET not in out + err
        (etc / "ioc/grafana.env").chmod(0o644)
        assert len(changes(place.ioc(*options)[1])) == 1
        assert (etc / "ioc/grafana.env").stat().st_mode & 0o777 == 0o600

    def test_a_dry_run_shows_what_differs_and_writes_nothing(
        self, place: Place, etc: Path, options: list[str]
    ) -> None:
        place.ioc(*options)
        board = etc / "ioc/dashboards/ioc-fleet/ioc-hub.json"
        edited = board.read_text().replace("Sức khỏe trung tâm", "Của tôi")
        board.write_text(edited)
        (board.parent / "old.json").write_text("{}")
        code, out, _ = place.ioc(*options, "--dry-run")
        assert code == Exit.OK
        assert changes(out) == [f"~ file {board}", f"- file {board.parent / 'old.json'}"]
        assert '"title": "Của tôi"' in out
        assert board.read_text() == edited
        assert place.ioc(*options)[0] == Exit.OK
        assert not (board.parent / "old.json").exists()
        assert place.ioc(*options)[1].endswith("nothing to change\n")


def test_versions_of_an_older_api_are_read_as_well(
    made: Place, grafana: GrafanaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = grafana.answer

    def as_a_list(asked: Any) -> Any:
        answer = whole(asked)
        if asked.path.endswith("/versions"):
            return type(answer)(status=200, body=answer.body["versions"])
        return answer

    monkeypatch.setattr(grafana, "answer", as_a_list)
    assert made.ioc()[1].endswith("nothing to change\n")
