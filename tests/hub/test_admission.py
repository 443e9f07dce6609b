"""The one way in: all or nothing, each wrong item named, everything kept with its history."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, Table, select

from contracts.indicator import CaseBody, MentionBody, ObservationBody
from hub import audit
from hub.admission import Admission
from hub.cases.store import history
from hub.catalogue.periods import Span, containing
from hub.database import Database
from hub.mentions.store import MentionBook
from hub.provenance import Admitted, Entrance, NotAdmitted, Provenance
from hub.records import case_events, cases, mentions, observations, stale
from tests.hub import plans
from tests.hub.conftest import NOON, admission, knowledge

TODAY = containing(Span.DAY, NOON)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CSDL = Provenance(source="csdl", actor="an", entrance=Entrance.HTTP, recorded_at=NOON)


def figure(**changes: Any) -> ObservationBody:
    fields: dict[str, Any] = {
        "measure": "forest-fire.danger-index", "unit": "20467", "value": 5108.7,
        "period_start": TODAY.start, "period_end": TODAY.end,
    }  # fmt: skip
    return ObservationBody.model_validate(fields | changes)


def dossier(state: str = "2", **changes: Any) -> CaseBody:
    fields: dict[str, Any] = {
        "type": "dossier", "case": "000.01.21.H47-260401-0001", "state": state, "unit": "20467",
        "at": NOON - HOUR,
    }  # fmt: skip
    return CaseBody.model_validate(fields | changes)


def text(**changes: Any) -> MentionBody:
    fields: dict[str, Any] = {
        "source": "bao", "url": "https://bao.vn/1", "published_at": NOON - HOUR,
        "title": "Cháy rừng lan rộng ở xã Đông Giang",
        "text": "Chiều nay lửa bùng lên ở rừng keo xã Đông Giang, liên hệ 0905 123 456.",
    }  # fmt: skip
    return MentionBody.model_validate(fields | changes)


def rows(database: Database, table: Table) -> list[Row[Any]]:
    with database.read() as connection:
        return list(connection.execute(select(table)))


def admit(
    database: Database, *bodies: Any, by: Admission | None = None, later: timedelta = HOUR * 0
) -> Admitted:
    with database.work() as work:
        told = replace(CSDL, recorded_at=NOON + later)
        return (by or admission()).admit(work, bodies, told)


def plan(year: int, measure: str = "socio-economic.budget-revenue-plan") -> ObservationBody:
    period = containing(Span.YEAR, NOON.replace(year=year))
    return figure(measure=measure, period_start=period.start, period_end=period.end)


def test_a_plan_may_be_told_before_its_year_begins(database: Database) -> None:
    assert admit(database, plan(NOON.year), plan(NOON.year + 1)).stored == 2


@pytest.mark.parametrize(
    ("body", "field", "why"),
    [
        (figure(measure="a.b"), "measure", "danh mục"),
        (figure(unit="99999"), "unit", "chưa có trong danh mục"),
        (figure(unit="505"), "unit", "từng xã"),
        (figure(period_end=TODAY.end + DAY), "period_start", "kỳ của chỉ số này là day"),
        (figure(period_start=TODAY.start + DAY, period_end=TODAY.end + DAY), "period_start",
         "tương lai"),
        (plan(NOON.year + 1, "socio-economic.households"), "period_start", "chỉ kế hoạch"),
        (plan(NOON.year + 50), "period_start", "tối đa 6 năm"),
        (dossier(type="x"), "type", "dossier"),
        (dossier("77"), "state", "trạng thái lạ"),
        (dossier(at=NOON + HOUR), "at", "tương lai"),
        (dossier(attributes={"name": "Nguyễn Văn A"}), "attributes.name", "không được lưu"),
        (dossier(attributes={"online": "có"}), "attributes.online", "true hoặc false"),
        (dossier(attributes={"do_mat": "Mật"}), "do_mat", "mật"),
        (text(published_at=NOON + HOUR), "published_at", "tương lai"),
        (text(published_at=NOON - 10_000 * DAY), "published_at", "trước năm 2000"),
        (text(text="TỐI MẬT\nabc"), "text", "mật"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_kept(
    database: Database, body: Any, field: str, why: str
) -> None:
    with pytest.raises(NotAdmitted) as refused:
        admit(database, figure(), dossier(), text(), body)
    [refusal] = refused.value.refusals
    assert (refusal.index, refusal.field) == (3, field)
    assert why in refusal.why_vi
    for table in (observations, case_events, cases, mentions, stale):
        assert rows(database, table) == []


def test_all_three_shapes_are_kept_at_once_and_known_again(database: Database) -> None:
    bodies = (figure(), dossier(), text())
    assert admit(database, *bodies) == Admitted(stored=3)
    assert admit(database, *bodies) == Admitted(repeated=3)


def test_a_case_follows_its_events_in_whatever_order_they_come(database: Database) -> None:
    admit(database, dossier("9", at=NOON - HOUR))
    admit(database, dossier("2", at=NOON - 3 * DAY, attributes={"online": True}))
    [case] = rows(database, cases)
    assert (case.state, case.outcome, case.attributes) == ("9", "resolved", {"online": True})
    assert (case.received_at, case.finished_at) == (NOON - 3 * DAY, NOON - HOUR)
    with database.read() as connection:
        told = history(connection, "dossier", case.case)
    assert [event.state for event in told] == ["9", "2"]


def test_another_word_about_the_same_step_is_a_correction_with_its_history(
    database: Database,
) -> None:
    admit(database, dossier(attributes={"online": True}))
    again = dossier(attributes={"online": False})
    assert admit(database, again, later=HOUR) == Admitted(corrected=1)
    [case] = rows(database, cases)
    assert case.attributes == {"online": False}
    with database.read() as connection:
        [entry] = audit.of(connection, f"dossier {case.case}")
    assert (entry.actor, entry.detail["before"]) == ("an", {"attributes": {"online": True}})


def test_a_case_that_moves_marks_both_units(database: Database) -> None:
    admit(database, dossier(unit="20467", at=NOON - DAY))
    admit(database, dossier("4", unit="20476"))
    assert {row.unit for row in rows(database, stale)} == {"20467", "20476"}


def test_a_text_is_read_and_rid_of_phone_numbers(database: Database) -> None:
    admit(database, text())
    [kept] = rows(database, mentions)
    assert "0905" not in kept.text
    assert kept.communes == ["20467"]
    assert any("fire" in topic for topic in kept.topics)


def test_copies_are_joined_and_more_readers_are_noted(database: Database) -> None:
    one = admission()
    admit(database, text(), by=one)
    admit(database, text(source="trang", url="https://trang.vn/9"), by=one)
    first, second = rows(database, mentions)
    assert first.cluster == second.cluster == first.id
    assert admit(database, text(interactions=50), by=one) == Admitted(corrected=1)


def test_clusters_survive_a_restart(database: Database) -> None:
    admit(database, text())
    admit(database, text(source="trang", url="https://trang.vn/9"))
    first, second = rows(database, mentions)
    assert first.cluster == second.cluster


def test_a_text_of_a_fire_here_is_told_of_inside_the_transaction(database: Database) -> None:
    told: list[str] = []

    def hear(_work: object, body: MentionBody, found: Any, _by: object) -> None:
        told.append(f"{found.kind} {found.commune} {body.source}")

    by = Admission(knowledge(), MentionBook(hear))
    admit(database, text(), text(url="2", title="Cháy hàng ở chợ", text="Áo mới cháy hàng"), by=by)
    assert told == ["fire 20467 bao"]


def test_the_history_of_cases_is_not_read_to_take_in_more(database: Database) -> None:
    told = [dossier(case=f"H49.{number}") for number in range(600)]
    with database.work() as work, plans.steps(work.connection) as found:
        assert admission().admit(work, told, CSDL) == Admitted(stored=600)
    assert [step for step in found if "case_events" in step]
    assert not [step for step in found if step.startswith("SCAN")]
