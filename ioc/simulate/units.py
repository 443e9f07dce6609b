"""The invented units of the four communes, and the catalogue file that names them.

Two hundred at scale 1, some thirty at the usual one; every name says that it is simulated.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import yaml

from hub.catalogue.loader import DISTRICT
from hub.catalogue.records import Unit
from hub.places import district

MARK = "mô phỏng"
FILE = "mo-phong.yaml"
HEAD = "# Đơn vị mô phỏng, do `ioc simulate` viết: không có đơn vị nào là thật.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """A kind of unit: how many at the least and at scale 1, and what they are called."""

    kind: str
    prefix: str
    least: int
    most: int
    names: tuple[str, ...]
    central: bool = False


PLACES = ("Prao", "Sông Kôn", "Ba", "Mà Cooih", "Tà Lu", "A Ting", "Tư", "Kà Dăng", "A Rooi",
          "Jơ Ngây", "Zà Hung")  # fmt: skip
SCHOOLS = ("Tiểu học", "Trung học cơ sở", "PTDTBT Tiểu học", "PTDTBT Trung học cơ sở")
SORTS = (
    Sort(kind="school", prefix="truong", least=12, most=60, names=SCHOOLS),
    Sort(kind="health-station", prefix="yte", least=5, most=20,
         names=("Trung tâm Y tế", "Trạm Y tế", "Phân trạm")),
    Sort(kind="office", prefix="coquan", least=6, most=36, central=True,
         names=("Văn phòng", "Phòng Kinh tế", "Phòng Văn hóa – Xã hội", "Ban Chỉ huy Quân sự",
                "Hạt Kiểm lâm", "Trung tâm Hành chính công", "Ban Quản lý rừng")),
    Sort(kind="weather-station", prefix="tram", least=4, most=12, names=("Trạm đo", "Trạm mưa")),
    Sort(kind="camera", prefix="camera", least=6, most=40,
         names=("Camera ngã ba", "Camera cầu", "Camera chợ", "Camera cổng trường")),
    Sort(kind="service", prefix="dichvu", least=7, most=14, central=True,
         names=("Mạng LAN", "Hội nghị truyền hình", "Thư công vụ", "Ký số", "Q.Office",
                "Một cửa điện tử", "Trục liên thông")),
    Sort(kind="tower", prefix="thap", least=4, most=12, names=("Tháp canh",)),
    Sort(kind="reservoir", prefix="ho", least=1, most=1, names=("Hồ A Vương",)),
)  # fmt: skip


def communes() -> tuple[Unit, ...]:
    """Those that are there since July 2025."""
    return tuple(
        Unit(id=each.code, kind="commune", name_vi=each.name, parent=DISTRICT,
             lat=each.centre.lat, lon=each.centre.lon)
        for each in district().communes
        if each.valid_to is None
    )  # fmt: skip


def whole() -> Unit:
    """The district itself."""
    return Unit(id=DISTRICT, kind="district", name_vi="Địa bàn Đông Giang")


def units(scale: float) -> tuple[Unit, ...]:
    """The invented ones, without communes; a smaller scale has the first of each kind."""
    return tuple(unit for sort in SORTS for unit in _of(sort, _many(sort, scale)))


def _many(sort: Sort, scale: float) -> int:
    return max(sort.least, round(sort.most * min(scale, 1.0)))


def _of(sort: Sort, many: int) -> Iterator[Unit]:
    own = communes()
    for number in range(many):
        commune = own[3] if sort.kind == "reservoir" else own[number % len(own)]
        near = Random(f"{sort.prefix} {number}")  # noqa: S311
        name = sort.names[number % len(sort.names)]
        place = "" if sort.central or many == 1 else f" {PLACES[number % len(PLACES)]}"
        again = number // len(sort.names) if sort.central else number // len(PLACES)
        suffix = f" {again + 1}" if again else ""
        yield Unit(
            id=f"mp-{sort.prefix}-{number + 1:02}", kind=sort.kind,
            name_vi=f"{name}{place}{suffix} ({MARK})",
            parent=DISTRICT if sort.central else commune.id,
            lat=None if sort.central else round((commune.lat or 0) + near.gauss(0, 0.02), 5),
            lon=None if sort.central else round((commune.lon or 0) + near.gauss(0, 0.02), 5),
        )  # fmt: skip


def write(folder: Path, scale: float) -> Path:
    """The catalogue file of the units; the hub's `subsystems.catalogue_folder` is `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [unit.model_dump(mode="json", exclude_none=True) for unit in units(scale)]
    path = folder / FILE
    text = yaml.safe_dump({"units": rows}, allow_unicode=True, sort_keys=False)
    path.write_text(HEAD + text, encoding="utf-8")
    return path
