"""docs/webhooks.md: its examples are what is sent, its code verifies what is sent."""

import json
import re
import time
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hub.config import Console, HubConfig, Webhook
from hub.database import Database
from hub.incident import Event, IncidentType, Severity, Verdict
from hub.records import notifications
from hub.reporting.archive import Archive
from hub.signature import HEADER, TOLERANCE_S, sign
from hub.webhook import LONGEST_WAIT_S, TIMEOUT
from tests.docs.story import SECRET, Call, told
from tests.hub.conftest import database, knowledge
from tests.hub.reporting.day import SEVEN, write
from tests.hub.reporting.test_archive import SLOT
from tests.hub.reporting.test_archive import config as config_of

__all__ = ["database"]

PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"
ULID = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b")


def blocks(language: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found, f"no {language} on the page"
    return [str(each) for each in found]


def plain(body: dict[str, Any]) -> dict[str, Any]:
    """Without what differs from one incident to the next."""
    text = ULID.sub("ULID", json.dumps(body))
    return dict(json.loads(text)) | {"created_at": "now"}


@pytest.fixture
def calls(database: Database, tmp_path: Path) -> Sequence[Call]:
    return told(database, tmp_path)


@pytest.fixture
def is_from_our_hub() -> Callable[[str, str, bytes], bool]:
    """The page's own code."""
    [code] = blocks("python")
    names: dict[str, Any] = {}
    exec(compile(code, str(PAGE), "exec"), names)
    verify: Callable[[str, str, bytes], bool] = names["is_from_our_hub"]
    return verify


def test_every_example_is_what_is_really_sent(calls: Sequence[Call]) -> None:
    examples = [plain(json.loads(each)) for each in blocks("json")]
    sent = [plain(call.said) for call in calls]
    assert examples == sent
    assert {each["event"] for each in examples} == set(Event)


def test_every_field_and_every_value_is_explained(calls: Sequence[Call]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    table = page.partition("| field |")[2].partition("\n\n")[0]
    for call in calls:
        place = call.said["place"]
        for name in (call.said.keys() - {"place"}) | {f"place.{each}" for each in place}:
            assert f"`{name}`" in table, f"{name} is not explained"
    for values in (Event, IncidentType, Severity, Verdict):
        for value in values:
            assert f"`{value}`" in table


def test_the_report_s_example_is_what_is_really_sent(database: Database, tmp_path: Path) -> None:
    write(database)
    config = config_of(tmp_path, console=Console(public_url="https://ioc.example"))
    Archive(config, database, knowledge()).make_slot(SLOT, SEVEN)
    with database.read() as connection:
        [call] = connection.execute(select(notifications)).all()
    [example] = blocks("json report")
    assert json.loads(example) == json.loads(call.body)
    table = PAGE.read_text(encoding="utf-8").partition("## A report is ready")[2]
    for name in json.loads(call.body):
        assert f"`{name}`" in table, f"{name} is not explained"


def test_the_page_s_code_believes_what_the_hub_sent(
    calls: Sequence[Call], is_from_our_hub: Callable[[str, str, bytes], bool]
) -> None:
    for call in calls:
        assert is_from_our_hub(SECRET, call.headers[HEADER], call.body)
        assert f"`{HEADER}`" in PAGE.read_text(encoding="utf-8")
        assert call.headers["Content-Type"] == "application/json"
        assert re.fullmatch(r"kiem-lam-[0-9A-Z]{26}", call.headers["Idempotency-Key"])


def test_the_page_s_code_believes_nobody_else(
    is_from_our_hub: Callable[[str, str, bytes], bool],
) -> None:
    now, body = int(time.time()), b'{"v": 1}'
    good = sign(SECRET, body, now)
    assert is_from_our_hub(SECRET, good, body)
    assert not is_from_our_hub("another secret", good, body)
    assert not is_from_our_hub(SECRET, good, body + b" ")
    old = sign(SECRET, body, now - TOLERANCE_S - 5)
    strange = ("", "t=1", "v1=é,t=²", f"t={'9' * 5000},v1=0", f"t={now},v1=é", "t=,v1=")
    for header in (old, *strange):
        assert not is_from_our_hub(SECRET, header, body)


def test_the_page_s_figures_are_those_of_the_code() -> None:
    page = PAGE.read_text(encoding="utf-8")
    patience = Webhook.model_fields["expire_after_s"].default
    assert f"`expire_after_s` ({patience:,}: a day)" in page
    assert f"heeded up to {LONGEST_WAIT_S:.0f}" in page
    assert f"within {TIMEOUT.read:.0f} s ({TIMEOUT.connect:.0f} s to connect)" in page
    assert f"> {TOLERANCE_S}:" in page


def test_the_page_s_settings_are_accepted() -> None:
    [text] = blocks("toml")
    [endpoint] = HubConfig.model_validate(tomllib.loads(text)).webhook
    assert endpoint.name == "thu-nghiem"
