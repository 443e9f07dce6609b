"""What we want of a detector, and whether an evaluation shows it.  Only our own are judged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isnan

from models.latency import Timing
from models.poisson import share
from models.report import Row
from models.series import SeriesReport
from models.stills import StillsRow

FIRE_AP50 = 0.70
TOWER_AP50, TOWER_RECALL = 0.55, 0.80
ORDINARY_ALARMS = 0.01
RAISED, DELAY, A_DAY = 0.90, 4.0, 1.0
MILLISECONDS = 45.0
TOWER_SCENES = ("source tower", "wildfire_longrange")
TIMED = "session.run, 640 x 640"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`value` is text with its interval; `met` judges the figure itself, not its interval."""

    name: str
    name_vi: str
    goal: str
    value: str
    met: bool

    @property
    def verdict(self) -> str:
        return "met" if self.met else "NOT MET"


def targets(
    rows: Sequence[Row],
    series: SeriesReport | None,
    stills: Sequence[StillsRow],
    timings: Sequence[Timing],
) -> list[Target]:
    """Those for which there is data; what is missing is left out, never counted as met."""
    return [
        *_frames(rows),
        *_stills(stills),
        *(_series(series) if series else ()),
        *_latency(timings),
    ]


def _frames(rows: Sequence[Row]) -> Iterator[Target]:
    by_place = {(row.class_name, row.scene): row for row in rows if row.boxes}
    for scene, name in (("outdoor_flame", "web-fire"), ("cctv", "cctv")):
        if row := by_place.get(("fire", scene)):
            yield _least(f"fire AP50, {name}", f"lửa AP50, {name}", FIRE_AP50, row.ap50.value,
                         str(row.ap50))  # fmt: skip
    tower = next(
        (by_place["smoke", one] for one in TOWER_SCENES if ("smoke", one) in by_place), None
    )
    if tower:
        yield _least("tower smoke AP50", "khói xa AP50", TOWER_AP50, tower.ap50.value,
                     str(tower.ap50))  # fmt: skip
        recall = tower.recall_at_one
        yield _least("tower smoke recall at 1 false positive an image",
                     "khói xa: độ phủ khi 1 báo nhầm mỗi ảnh", TOWER_RECALL, recall.value,
                     str(recall))  # fmt: skip


def _stills(stills: Sequence[StillsRow]) -> Iterator[Target]:
    total, alarms = sum(row.stills for row in stills), sum(row.either for row in stills)
    if total:
        yield Target(
            name="stills without fire that alarm after confirmation",
            name_vi="ảnh không cháy vẫn báo động sau xác nhận",
            goal=f"at most {ORDINARY_ALARMS:.0%}",
            value=f"{alarms} of {total} = {share(alarms, total)}",
            met=alarms / total <= ORDINARY_ALARMS,
        )


def _series(report: SeriesReport) -> Iterator[Target]:
    point = report.point
    if point.fires:
        shown = f"{point.raised} of {point.fires} = {share(point.raised, point.fires)}"
        yield _least("series with an onset raised", "chuỗi có khói được báo động", RAISED,
                     point.raised / point.fires, shown)  # fmt: skip
    if point.delay is not None:
        yield Target(
            name="median delay after the onset",
            name_vi="độ trễ trung vị",
            goal=f"at most {DELAY:.0f} frames",
            value=f"{point.delay:.0f} frames, of the {point.raised} that were raised",
            met=point.delay <= DELAY,
        )
    if point.unboxed:
        yield Target(
            name="false alarms a camera and day, before onset and in series without a box",
            name_vi="báo nhầm mỗi camera mỗi ngày",
            goal=f"at most {A_DAY:.0f}",
            value=str(point.unboxed),
            met=point.unboxed.a_day <= A_DAY,
        )


def _latency(timings: Sequence[Timing]) -> Iterator[Target]:
    """The built-in or first given network; ratios to its twin in float and to the yardstick."""
    same = [one for one in timings if one.what == TIMED]
    if not same:
        return
    first, others = same[0], same[1:]
    ratios = ", ".join(
        f"{first.milliseconds / one.milliseconds:.2f} of {one.network}" for one in others
    )
    yield Target(
        name="640 x 640 pixels, one core",
        name_vi="một ảnh 640 x 640, một lõi",
        goal=f"at most {MILLISECONDS:.0f} ms",
        value=f"{first.milliseconds:.1f} ms ({ratios})",
        met=first.milliseconds <= MILLISECONDS,
    )


def _least(name: str, name_vi: str, goal: float, value: float, shown: str) -> Target:
    return Target(
        name=name,
        name_vi=name_vi,
        goal=f"at least {goal:.2f}",
        value=shown,
        met=not isnan(value) and value >= goal,
    )
