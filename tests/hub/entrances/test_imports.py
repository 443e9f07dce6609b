"""A file is taken whole or not at all; each wrong cell is named with its row and column."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from contracts.indicator import CaseBody, MentionBody, ObservationBody
from hub.database import Database
from hub.entrances.admit import Gate
from hub.entrances.imports import Draft, Result, draft, take
from hub.entrances.limits import Limits
from hub.entrances.mapping import Mapping, find, load
from hub.records import cases, imports, observations
from tests.hub.entrances.books import book
from tests.hub.entrances.conftest import SAMPLES

HEAD = "Mã trường;Ngày;Sĩ số;Có mặt\n"
GOOD = HEAD + "th-prao;01/04/2026;100;98\nthcs-ka-dang;01/04/2026;50;49\n"


def drafted(path: Path, mapping: str = "attendance", **limits: int) -> Draft:
    return draft(path, load(find(mapping)), mapping, Limits(**limits))


def said(path: Path, text: str, mapping: str = "attendance", **limits: int) -> Draft:
    path.write_text(text, encoding="utf-8")
    return drafted(path, mapping, **limits)


def told(made: Draft) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.value) for fault in made.faults]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "diem-danh.csv"


def current(database: Database) -> dict[tuple[str, str], float]:
    with database.read() as connection:
        query = select(observations).where(observations.c.superseded_at.is_(None))
        return {(row.measure, row.unit): row.value for row in connection.execute(query)}


@pytest.mark.parametrize(
    ("name", "mapping", "bodies"),
    [
        ("diem-danh-2026-04-01.csv", "attendance", 6),
        ("ho-so-2026-04.csv", "dossiers", 5),
        ("y-te-ngay-2026-04-01.csv", "health-daily", 8),
        ("van-ban-den-2026-04.csv", "documents", 4),
        ("ktxh-2026-03.csv", "socio-economic", 5),
        ("tin-bai-2026-04-01.csv", "mentions", 1),
    ],
)
def test_the_samples_of_the_shipped_mappings_are_admitted(
    gate: Gate, name: str, mapping: str, bodies: int
) -> None:
    made = drafted(SAMPLES / name, mapping)
    assert told(made) == []
    outcome = take(made, gate, actor="an")
    assert told(made) == []
    assert (outcome.result, outcome.admitted.stored) == (Result.TAKEN, bodies)


def test_titles_above_and_totals_below_the_table_are_no_data() -> None:
    made = drafted(SAMPLES / "diem-danh-2026-04-01.csv")
    assert (made.data_rows, made.skipped_rows, made.blank_rows) == (3, 1, 0)
    assert made.bodies[0] == ObservationBody(
        measure="education.pupils-enrolled", unit="th-prao", value=1412,
        period_start=datetime(2026, 3, 31, 17, tzinfo=UTC),
        period_end=datetime(2026, 4, 1, 17, tzinfo=UTC),
    )  # fmt: skip
    assert made.rows[0] == 5


def test_what_names_a_person_is_not_even_read() -> None:
    made = drafted(SAMPLES / "ho-so-2026-04.csv", "dossiers")
    first, second = made.bodies[:2]
    assert isinstance(first, CaseBody)
    assert isinstance(second, CaseBody)
    assert (first.state, second.state) == ("2", "10")
    assert first.attributes["service_level"] == "toan-trinh"
    assert second.attributes == {"paid_online": True}
    assert "Nguyễn" not in str(made.bodies)


def test_a_mention_is_text_without_markup() -> None:
    [body] = drafted(SAMPLES / "tin-bai-2026-04-01.csv", "mentions").bodies
    assert isinstance(body, MentionBody)
    assert body.source == "Bao-Da-Nang"
    assert body.text == 'Xã Ba vào vụ & "được giá". Nông dân phấn khởi.'
    assert body.interactions == 1204


def test_every_wrong_cell_is_named_and_nothing_is_taken(
    file: Path, gate: Gate, database: Database
) -> None:
    made = said(
        file, HEAD + "th-prao;01/04/2026;100;98\n;32/04/2026;x;\nth-prao;02/04/2026;1;=1+2\n"
        "th-prao;03/04/2026;-5;0\n",
    )  # fmt: skip
    assert told(made) == [
        (3, "C «Sĩ số»", "x"),
        (3, "A «Mã trường»", ""),
        (3, "B «Ngày»", "32/04/2026"),
        (3, "D «Có mặt»", ""),
        (4, "D «Có mặt»", "=1+2"),
        (5, "C «Sĩ số»", "-5"),
    ]
    assert all(fault.wrong and fault.remedy for fault in made.faults)
    assert take(made, gate, actor="an").result is Result.REFUSED
    assert current(database) == {}


def test_what_the_admission_refuses_is_named_by_its_row(
    file: Path, gate: Gate, database: Database
) -> None:
    made = said(file, GOOD + "truong-la;01/04/2026;1;1\n")
    assert take(made, gate, actor="an").result is Result.REFUSED
    assert [(row, value) for row, _, value in told(made)] == [(4, "truong-la")] * 2
    assert current(database) == {}


def test_the_same_file_again_is_known_and_a_corrected_one_corrects(
    file: Path, gate: Gate, database: Database
) -> None:
    assert take(said(file, GOOD), gate, actor="an").admitted.stored == 4
    again = take(said(file, GOOD), gate, actor="an")
    assert (again.result, again.since is not None) == (Result.KNOWN, True)
    mended = take(said(file, GOOD.replace(";98", ";97")), gate, actor="an")
    assert mended.result is Result.TAKEN
    assert (mended.admitted.stored, mended.admitted.corrected, mended.admitted.repeated) == (
        0,
        1,
        3,
    )
    assert current(database)["education.pupils-present", "th-prao"] == 97
    with database.read() as connection:
        assert len(connection.execute(select(imports)).all()) == 2


def test_the_same_bytes_under_another_days_name_are_another_file(
    tmp_path: Path, gate: Gate
) -> None:
    mapping = Mapping.model_validate({
        "title": "T", "unit": "Mã",
        "period": {"of": "day", "date": {"file": r"(\d{4}-\d\d-\d\d)"}},
        "observations": [{"measure": "education.pupils-present", "value": "Có mặt"}],
    })  # fmt: skip

    def sent(name: str) -> tuple[Result, int]:
        (tmp_path / name).write_text("Mã;Có mặt\nth-prao;98\n", encoding="utf-8")
        made = draft(tmp_path / name, mapping, "m", Limits())
        outcome = take(made, gate, actor="an")
        return outcome.result, outcome.admitted.stored

    assert sent("sĩ số 2026-04-01.csv") == (Result.TAKEN, 1)
    assert sent("sĩ số 2026-04-01.csv") == (Result.KNOWN, 0)
    assert sent("sĩ số 2026-04-02.csv") == (Result.TAKEN, 1)
    made = draft(_copy(tmp_path, "sĩ số.csv"), mapping, "m", Limits())
    assert "tên tệp" in made.faults.kept[0].wrong


def _copy(folder: Path, name: str) -> Path:
    (folder / name).write_text("Mã;Có mặt\nth-prao;98\n", encoding="utf-8")
    return folder / name


def test_two_figures_for_one_thing_are_a_question_to_the_sender(file: Path) -> None:
    made = said(file, GOOD + "th-prao;01/04/2026;100;90\nthcs-ka-dang;01/04/2026;50;49\n")
    assert [(row, column) for row, column, _ in told(made)] == [(4, "education.pupils-present")]
    assert "dòng 2" in made.faults.kept[0].wrong


def test_a_missing_column_is_named_with_its_likely_name(file: Path) -> None:
    made = said(file, GOOD.replace("Sĩ số", "Sỉ số").replace("Có mặt", "Hiện diện"))
    [first, second] = made.faults
    assert (first.row, first.column) == (1, "Sĩ số")
    assert "sỉ số" in first.remedy
    assert second.column == "Có mặt"
    assert made.bodies == []


def test_a_doubled_header_is_named_with_both_places(file: Path) -> None:
    made = said(file, "Mã trường;Có mặt;Ngày;Sĩ số;có  mặt\nth-prao;1;01/04/2026;1;2\n")
    [fault] = made.faults
    assert (fault.row, fault.column) == (1, "B và E")
    assert made.bodies == []


def test_a_header_row_that_is_set_is_believed(file: Path) -> None:
    mapping = load(find("attendance")).model_copy(update={"header_row": 3})
    file.write_text("a;b\n\n" + GOOD, encoding="utf-8")
    assert len(draft(file, mapping, "m", Limits()).bodies) == 4
    mapping = mapping.model_copy(update={"header_row": 99})
    assert "không có dòng tiêu đề" in draft(file, mapping, "m", Limits()).faults.kept[0].wrong


def test_rows_below_a_blank_one_are_no_data_where_the_mapping_says_so(file: Path) -> None:
    mapping = load(find("attendance")).model_copy(update={"ends_at_blank_row": True})
    file.write_text(GOOD + ";;;\nNgười lập;;;\n", encoding="utf-8")
    assert len(draft(file, mapping, "m", Limits()).bodies) == 4


def test_a_file_without_a_row_says_so(file: Path) -> None:
    assert "không có dòng dữ liệu" in said(file, HEAD).faults.kept[0].wrong


def test_merged_cells_are_named_in_each_row_they_cover(tmp_path: Path) -> None:
    def merged(sheet: Any) -> None:
        sheet.merge_cells("A1:D1")
        sheet.merge_cells("B3:B4")
        sheet.merge_cells("F3:F4")

    day = datetime(2026, 4, 1)  # noqa: DTZ001
    path = book(
        tmp_path / "a.xlsx",
        [
            ["Báo cáo"],
            ["Mã trường", "Ngày", "Sĩ số", "Có mặt", "", "Ghi chú"],
            ["th-prao", day, 10, 9],
            ["thcs-ka-dang", day, 10, 9],
            ["th-prao", datetime(2026, 4, 2), 10, 9],  # noqa: DTZ001
        ],
        merged,
    )
    made = drafted(path)
    assert [(row, column) for row, column, _ in told(made)] == [(3, "B «Ngày»"), (4, "B «Ngày»")]
    assert "B3:B4" in made.faults.kept[0].wrong
    assert "Unmerge" in made.faults.kept[0].remedy


def test_a_document_with_a_secrecy_mark_refuses_its_file_and_is_not_repeated(file: Path) -> None:
    text = (SAMPLES / "van-ban-den-2026-04.csv").read_text(encoding="utf-8")
    made = said(file, text.replace(";Thường;", ";Tối mật;"), "documents")
    assert made.secret
    assert told(made) == [(2, "D «Độ mật»", "Tối mật")]
    assert "Về việc" not in str(made.faults.kept)


def test_faults_are_counted_to_the_end_but_kept_in_bounds(file: Path) -> None:
    made = said(file, HEAD + "th-prao;x;1;1\n" * 5_000)
    assert (made.faults.count, len(made.faults.kept)) == (5_000, 1_000)


def test_a_file_of_too_many_figures_is_refused(file: Path) -> None:
    made = said(file, GOOD, max_bodies=3)
    assert "nhiều hơn 3 số liệu" in made.faults.kept[0].wrong


def test_dossiers_become_cases(gate: Gate, database: Database) -> None:
    take(drafted(SAMPLES / "ho-so-2026-04.csv", "dossiers"), gate, actor="an")
    with database.read() as connection:
        states = {row.case[-4:]: row.state for row in connection.execute(select(cases))}
    assert states == {"0001": "10", "0002": "4", "0003": "2"}
