"""From a stored message to its effects, exactly once."""

from typing import Any

import pytest
from sqlalchemy import Row, Table, select, update

from contracts.indicator import Mention, Observation
from contracts.topics import Kind
from hub.bridge_settings import Bridge
from hub.bridges import Bridges
from hub.config import HubConfig, Rules
from hub.database import Database, Work
from hub.devices import Devices
from hub.fires import Fires
from hub.inbox import Inbox
from hub.incidents import Incidents
from hub.notifications import Announcer
from hub.places import district
from hub.processor import ATTEMPTS, Processor
from hub.records import (
    cases,
    inbox,
    incidents,
    mentions,
    observations,
    quarantine,
    sightings,
    spool,
)
from hub.records import evidence as evidence_table
from hub.trust import Trust
from tests.contracts.conftest import example
from tests.hub.conftest import NOON, admission, knowledge
from tests.hub.messages import Wire, evidence, jpeg, sighting, status

BRIDGES = (
    Bridge(device="thap-prao", subsystems=("forest-fire", "public-services", "online-information")),
)


class Hall:
    """Inbox and processor without threads, on one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.wire = Wire()
        config = HubConfig()
        self.inbox = Inbox(
            config=config,
            database=database,
            devices=Devices(database),
            on_stored=lambda _rows, _lines: None,
            on_trust=Trust(Incidents(Announcer((), ""))).take,
        )
        fires = Fires(Incidents(Announcer((), "")), district(), Rules())
        self.processor = Processor(
            database=database,
            fires=fires,
            admission=admission(),
            keep=config.keep,
            bridges=Bridges(BRIDGES, knowledge().catalogue, NOON.date()),
        )

    def take(self, *messages: Any, picture: bytes = b"") -> None:
        self.inbox.store([self.wire.delivers(each, NOON, picture) for each in messages])

    def rows(self, table: Table) -> list[Row[Any]]:
        with self.database.read() as connection:
            return list(connection.execute(select(table)))


@pytest.fixture
def hall(database: Database) -> Hall:
    return Hall(database)


def due_now(hall: Hall) -> None:
    with hall.database.work() as work:
        work.connection.execute(update(inbox).values(retry_at=None))


def test_a_sighting_opens_an_incident_and_a_point(hall: Hall) -> None:
    hall.take(status(NOON), sighting(NOON))
    assert hall.processor.process() == 1
    assert [row.title_vi for row in hall.rows(incidents)] == [
        "Nghi có khói rừng – tháp Prao, Camera Bắc, xã Đông Giang"
    ]
    [row] = hall.rows(inbox)
    assert (row.state, row.body) == ("done", None)
    assert [row.line.partition(",")[0] for row in hall.rows(spool)] == ["incident", "sighting"]
    assert hall.processor.process() == 0


def test_alarms_overtake_bulk(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = jpeg()
    hall.take(evidence(NOON, picture, size="picture", lane="bulk"), picture=picture)
    hall.take(sighting(NOON))
    seen: list[str] = []
    apply = Processor._apply

    def note(self: Processor, work: Work, row: Row[Any]) -> None:
        seen.append(row.kind)
        apply(self, work, row)

    monkeypatch.setattr(Processor, "_apply", note)
    hall.processor.process()
    assert [row.kind for row in hall.rows(inbox)] == ["evidence", "sighting"]
    assert seen == ["sighting", "evidence"]


def test_evidence_is_kept_with_its_size(hall: Hall) -> None:
    picture = jpeg(64, 48)
    message = evidence(NOON, picture)
    hall.take(message, picture=picture)
    hall.processor.process()
    [row] = hall.rows(evidence_table)
    assert (row.id, row.width, row.height, row.jpeg) == (message.id, 64, 48, picture)


@pytest.mark.parametrize("bad", [jpeg()[:200], b"\xff\xd8 not a picture", b"GIF89a;"])
def test_a_corrupt_picture_is_quarantined_and_its_message_done(hall: Hall, bad: bytes) -> None:
    hall.take(evidence(NOON, bad), picture=bad)
    hall.processor.process()
    assert hall.rows(evidence_table) == []
    [row] = hall.rows(quarantine)
    assert row.reason == "corrupt-jpeg"
    assert row.body.endswith(bad)
    assert [row.state for row in hall.rows(inbox)] == ["done"]


def test_a_poison_message_is_tried_a_few_times_and_blocks_nobody(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison, good = sighting(NOON, seq=1), sighting(NOON, seq=2)
    real = Fires.take

    def fail(self: Fires, work: Any, arrived: Any) -> None:
        real(self, work, arrived)
        if arrived.sighting.id == poison.id:
            raise KeyError("azimuth")

    monkeypatch.setattr(Fires, "take", fail)
    hall.take(poison, good)
    for _ in range(ATTEMPTS):
        hall.processor.process()
        due_now(hall)
    assert [row.sighting for row in hall.rows(sightings)] == [good.sighting]
    [row] = hall.rows(quarantine)
    assert (row.reason, row.detail) == ("failed", "KeyError: 'azimuth'")
    assert {row.state for row in hall.rows(inbox)} == {"done"}


def test_a_failed_message_waits_before_it_is_tried_again(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Fires, work: Any, arrived: Any) -> None:
        raise RuntimeError("not today")

    with monkeypatch.context() as patch:
        patch.setattr(Fires, "take", fail)
        hall.take(sighting(NOON))
        hall.processor.process()
        assert hall.processor.process() == 0
    [row] = hall.rows(inbox)
    assert (row.attempts, row.error) == (1, "RuntimeError: not today")
    due_now(hall)
    hall.processor.process()
    assert len(hall.rows(incidents)) == 1


@pytest.mark.parametrize(
    ("kind", "table"),
    [(Kind.OBSERVATION, observations), (Kind.CASE, cases), (Kind.MENTION, mentions)],
)
def test_what_bridges_say_is_filed_with_its_device(hall: Hall, kind: Kind, table: Table) -> None:
    hall.take(example(kind))
    hall.processor.process()
    [row] = hall.rows(inbox)
    assert (row.state, row.body, row.error) == ("done", None, None)
    assert len(hall.rows(table)) == 1


@pytest.mark.parametrize("kind", [Kind.OBSERVATION, Kind.CASE, Kind.MENTION])
def test_a_box_that_is_no_bridge_has_no_word_on_the_district(hall: Hall, kind: Kind) -> None:
    """Whoever opens a watch-tower's box and takes its key must not report an epidemic."""
    hall.take(example(kind).model_copy(update={"device": "thap-song-kon"}))
    hall.processor.process()
    [kept] = hall.rows(quarantine)
    assert kept.reason == "not-admitted"
    assert "[[bridge]]" in kept.detail
    assert [hall.rows(table) for table in (observations, cases, mentions)] == [[], [], []]


def test_a_figure_that_the_catalogue_does_not_know_is_quarantined_with_its_reason(
    hall: Hall,
) -> None:
    odd = example(Kind.OBSERVATION)
    assert isinstance(odd, Observation)
    hall.take(odd.model_copy(update={"body": odd.body.model_copy(update={"measure": "a.b"})}))
    hall.processor.process()
    [kept] = hall.rows(quarantine)
    assert kept.reason == "not-admitted"
    assert "measure" in kept.detail


def test_a_secret_leaves_no_trace_but_its_refusal(hall: Hall) -> None:
    secret = example(Kind.MENTION)
    assert isinstance(secret, Mention)
    body = secret.body.model_copy(update={"text": "TỐI MẬT\nKế hoạch phòng thủ"})
    hall.take(secret.model_copy(update={"body": body}))
    hall.processor.process()
    [kept], [row] = hall.rows(quarantine), hall.rows(inbox)
    assert (kept.body, row.body) == (b"", None)
    assert "phòng thủ" not in kept.detail + str(row.error)
