"""REST interfaces: each way of paging, conditions, bounds, secrets."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.indicator import ObservationBody
from hub.entrances.mapping import Mapping
from hub.entrances.pull.connector import PullFailed
from hub.entrances.pull.rest import Rest
from hub.entrances.settings import Paging
from hub.entrances.settings import Rest as Settings
from tests.hub.entrances.pull.servers import Asked, Reply, Server

MAPPING = Mapping.model_validate(
    {
        "title": "T", "decimal": "point", "unit": "station.code",
        "period": {"of": "day", "date": "day"},
        "observations": [{"measure": "health.visits", "value": "figures.0.count"}],
    }
)  # fmt: skip

Make = Callable[..., Rest]


def item(number: int) -> dict[str, Any]:
    return {"station": {"code": f"t{number}"}, "day": "2026-04-01", "figures": [{"count": number}]}


def reply(body: object, **headers: str) -> Reply:
    return Reply(
        body=json.dumps(body).encode(),
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def values(rest: Rest, state: dict[str, Any] | None = None) -> list[float]:
    bodies = rest.pull(state or {}).bodies
    assert all(isinstance(body, ObservationBody) for body in bodies)
    return [body.value for body in bodies if isinstance(body, ObservationBody)]


@pytest.fixture
def make(web: Server) -> Iterator[Make]:
    made = []

    def build(path: str = "/", **changes: Any) -> Rest:
        settings = Settings.model_validate(
            {"name": "his", "subsystem": "health", "mapping": "m", "url": web.url + path} | changes
        )
        made.append(Rest(settings, MAPPING))
        return made[-1]

    yield build
    for each in made:
        each.close()


def test_one_answer_is_read_by_the_mapping(web: Server, make: Make) -> None:
    web.answer = lambda _: reply({"data": {"rows": [item(1), item(2)]}})
    assert values(make(items="data.rows")) == [1, 2]


def test_pages_by_number_until_one_is_empty(web: Server, make: Make) -> None:
    pages = {"1": [item(1), item(2)], "2": [item(3)]}
    web.answer = lambda asked: reply(pages.get(asked.query["p"], []))
    paging = Paging(by="page", parameter="p", size_parameter="n", size=2)
    assert values(make(paging=paging)) == [1, 2, 3]
    assert [asked.query for asked in web.asked] == [
        {"p": "1", "n": "2"}, {"p": "2", "n": "2"}, {"p": "3", "n": "2"}
    ]  # fmt: skip


def test_pages_by_offset_and_keeps_the_query_of_the_address(web: Server, make: Make) -> None:
    everything = [item(n) for n in range(5)]

    def answer(asked: Asked) -> Reply:
        assert asked.query["district"] == "505"
        start = int(asked.query["offset"])
        return reply(everything[start : start + 2])

    web.answer = answer
    paging = Paging(by="offset", parameter="offset")
    assert values(make("/?district=505", paging=paging)) == [0, 1, 2, 3, 4]


def test_pages_by_cursor(web: Server, make: Make) -> None:
    pages = {"": ([item(1)], "b"), "b": ([item(2)], "c"), "c": ([item(3)], None)}

    def answer(asked: Asked) -> Reply:
        rows, cursor = pages[asked.query.get("after", "")]
        return reply({"rows": rows, "meta": {"next": cursor}})

    web.answer = answer
    paging = Paging(by="cursor", parameter="after", cursor="meta.next")
    assert values(make(items="rows", paging=paging)) == [1, 2, 3]


def test_pages_by_link_header(web: Server, make: Make) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/":
            return reply([item(1)], Link='</more?x=1>; rel="next"')
        return reply([item(2)])

    web.answer = answer
    assert values(make(paging=Paging(by="link"))) == [1, 2]


def test_a_link_to_another_host_is_not_followed(web: Server, make: Make, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("Bearer abc")
    web.answer = lambda _: reply([item(1)], Link='<https://evil.example/>; rel="next"')
    with pytest.raises(PullFailed, match=r"evil\.example"):
        make(paging=Paging(by="link"), secret_file=tmp_path / "key").pull({})


def test_endless_pages_end(web: Server, make: Make) -> None:
    web.answer = lambda _: reply([item(1)])
    with pytest.raises(PullFailed, match="max_pages = 3"):
        make(paging=Paging(by="page", max_pages=3)).pull({})


def test_what_did_not_change_is_not_sent_again(web: Server, make: Make) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.headers.get("if-none-match") == '"v1"':
            return Reply(status=304)
        return reply([item(1)], ETag='"v1"', Last_Modified="Wed, 01 Apr 2026 00:00:00 GMT")

    web.answer = answer
    rest = make()
    first = rest.pull({})
    second = rest.pull(first.state)
    assert (len(first.bodies), len(second.bodies)) == (1, 0)
    assert second.state["etag"] == '"v1"'
    assert web.asked[1].headers["if-modified-since"] == "Wed, 01 Apr 2026 00:00:00 GMT"


def test_asks_for_what_is_new_with_an_hours_overlap(web: Server, make: Make) -> None:
    web.answer = lambda _: reply([])
    make(since_parameter="since").pull({"since": "2026-04-01T05:00:00+00:00"})
    assert web.asked[0].query == {"since": "2026-04-01T04:00:00Z"}


def test_the_secret_goes_into_its_header(web: Server, make: Make, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("abc\nnot this\n")
    web.answer = lambda _: reply([])
    make(secret_file=tmp_path / "key", auth_header="X-Api-Key").pull({})
    assert web.asked[0].headers["x-api-key"] == "abc"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Reply(status=500), "HTTP 500"),
        (Reply(status=302, headers={"Location": "https://x.example/"}), "moved to"),
        (Reply(body=b"<html>"), "no JSON"),
        (Reply(body=b"[NaN]"), "no JSON"),
        (Reply(body=b"[" * 100_000), "no JSON"),
        (Reply(body=b'{"a": 1}'), "no list"),
        (Reply(body=b"[]", headers={"Content-Encoding": "gzip"}), "packs"),
        (Reply(body=b" " * 2_000), "max_bytes = 1000"),
    ],
)
def test_an_answer_that_is_of_no_use_says_why(
    web: Server, make: Make, answer: Reply, why: str
) -> None:
    web.answer = lambda _: answer
    with pytest.raises(PullFailed, match=why):
        make(max_bytes=1_000 if "max" in why else 1_000_000).pull({})


def test_a_server_that_is_away_or_slow_says_so(web: Server, make: Make) -> None:
    with pytest.raises(PullFailed, match="ConnectError"):
        make(url="http://127.0.0.1:1/").pull({})

    def slow(_: Asked) -> Reply:
        time.sleep(0.5)
        return reply([])

    web.answer = slow
    with pytest.raises(PullFailed, match="ReadTimeout"):
        make(timeout_s=0.05).pull({})


def test_the_servers_wish_to_wait_is_kept(web: Server, make: Make) -> None:
    web.answer = lambda _: Reply(status=429, headers={"Retry-After": "120"})
    with pytest.raises(PullFailed) as failed:
        make().pull({})
    assert failed.value.retry_after_s == 120


def test_wrong_items_are_named_and_the_others_used(web: Server, make: Make) -> None:
    wrong = item(2) | {"figures": [{"count": {"a": 1}}]}
    web.answer = lambda _: reply([item(1), wrong, {"day": "2026-04-01"}, "text"])
    pulled = make().pull({})
    assert len(pulled.bodies) == 1
    assert {fault.row for fault in pulled.faults} == {2, 3, 4}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"url": "http://his.example/"}, "needs TLS"),
        ({"url": "https://a:b@his.example/"}, "secret_file"),
        ({"url": "ftp://his.example/"}, "https://"),
    ],
)
def test_an_unsafe_address_is_no_configuration(changes: dict[str, str], why: str) -> None:
    fields = {"name": "his", "subsystem": "health", "mapping": "m"}
    with pytest.raises(ValueError, match=why):
        Settings.model_validate(fields | changes)
