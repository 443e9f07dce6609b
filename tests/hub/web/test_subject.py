"""Where an incident that no camera saw leads to."""

import pytest

from hub.incident import IncidentType
from hub.web import board
from tests.hub.web.conftest import Desk


@pytest.mark.parametrize(
    ("kind", "originator", "address"),
    [
        (IncidentType.INDICATOR, "indicator education.attendance 20467",
         "/figures/education.attendance?unit=20467"),
        (IncidentType.OVERDUE_CASE, "cases dossier 20467",
         "/s/public-services/cases?unit=20467"),
        (IncidentType.OVERDUE_CASE, "case dossier H49 1/2", "/cases/dossier/H49%201/2"),
        (IncidentType.SILENT_FEED, "feed mot-cua", "/s/public-services"),
        (IncidentType.DEVICE_TROUBLE, "thap-prao", ""),
        (IncidentType.FOREST_FIRE, "thap-prao/bac/1", ""),
    ],
)  # fmt: skip
def test_it_leads_to_its_figures(
    desk: Desk, kind: IncidentType, originator: str, address: str
) -> None:
    name = desk.raise_fire(type=kind.value, originator=originator, subsystem="public-services")
    with desk.context.database.read() as connection:
        one = board.incident(connection, name)
    assert one is not None
    assert (one.subject.address if one.subject else "") == address
    page = desk.client().get(f"/incidents/{name}").text
    assert f'href="{address}"' in page if address else "Xem " not in page


def test_no_picture_is_awaited_of_what_no_camera_sees(desk: Desk) -> None:
    name = desk.raise_fire(type="overdue-case", originator="cases dossier 20467")
    for path in ("/", f"/incidents/{name}"):
        page = desk.client().get(path).text
        assert "Chưa có ảnh" not in page
        assert "Thiết bị cần người xem" not in page
    assert "Hết tình trạng này thì sự việc tự đóng." in page
    desk.raise_fire()
    assert "Chưa có ảnh" in desk.client().get("/").text
