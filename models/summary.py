"""An evaluation as text for a terminal: Vietnamese headings, English beside them."""

from collections.abc import Callable, Iterator, Sequence

from models.evaluate import Evaluation, Result
from models.latency import Timing
from models.material import Material
from models.report import as_text
from models.series import Camera, Figures
from models.text import aligned, or_dash

SERIES = ("opens at", "raised", "median delay", "elsewhere", "false alarms, known clear [95 %]",
          "a camera and hour", "before onset and in series without a box [95 %]")  # fmt: skip
CAMERAS = ("camera", "known clear [95 %]", "a camera and hour", "before onset and unboxed [95 %]")
STILLS = ("scene", "source", "stills", "as tower", "as street", "either [95 %]")
CLIPS = ("clip", "scene", "seconds", "openings", "first", "verdict")
TIMINGS = ("what", "network", "ms of processor", "a second", "ratio", "ms by the clock")
TARGETS = ("target", "goal", "value", "verdict")
NONE = "không có dữ liệu / no data"


def summary(evaluation: Evaluation) -> str:
    """All tables, every contestant in each."""
    return "\n\n".join([_material(evaluation), *_parts(evaluation)])


def _parts(evaluation: Evaluation) -> Iterator[str]:
    results = evaluation.results
    yield _section("Từng ảnh đơn lẻ / Single frames", results, lambda one: as_text(one.rows))
    yield _section(
        "Chuỗi ảnh theo thời gian, qua xác nhận / Series in time, through the confirmation",
        results, series_text,
    )  # fmt: skip
    yield _section(
        "Ảnh không cháy, giữ trước máy quay qua xác nhận / Stills without fire, held",
        results, stills_text,
    )  # fmt: skip
    yield _section("Đoạn phim / Clips", results, clips_text)
    timed = aligned(TIMINGS, timing_rows(evaluation.timings))
    yield f"Thời gian, một lõi / Time, one core\n{timed}"
    yield f"Mục tiêu / Targets: {results[0].contestant.name}\n{targets_text(evaluation)}"


def _material(evaluation: Evaluation) -> str:
    material = evaluation.material
    facts = [f"{material.folder}, split {material.split}: {counts(material)}"]
    return "\n".join([*facts, *(f"! {one}" for one in evaluation.lacking)])


def counts(material: Material) -> str:
    return (
        f"{len(material.pictures)} pictures, {len(material.series)} series, "
        f"{len(material.stills)} stills without fire, {len(material.clips)} clips"
    )


def series_text(result: Result) -> str:
    report = result.series
    if report is None:
        return NONE
    rows = [_marked(point) for point in report.curve]
    return (
        f"{aligned(SERIES, rows)}\n"
        f"at its own threshold (*), by camera:\n{aligned(CAMERAS, camera_rows(result))}"
    )


def stills_text(result: Result) -> str:
    return aligned(STILLS, still_rows(result)) if result.stills else NONE


def clips_text(result: Result) -> str:
    return aligned(CLIPS, clip_rows(result)) if result.clips else NONE


def frame_rows(result: Result) -> list[tuple[str, ...]]:
    return [row.cells() for row in result.rows]


def camera_rows(result: Result) -> list[tuple[str, ...]]:
    return [
        (one.name, or_dash(one.clear), _hourly(one), or_dash(one.unboxed))
        for one in (result.series.cameras if result.series else ())
    ]


def still_rows(result: Result) -> list[tuple[str, ...]]:
    return [
        (one.scene, one.source, str(one.stills), str(one.tower), str(one.street),
         f"{one.either} = {one.share}")
        for one in result.stills
    ]  # fmt: skip


def clip_rows(result: Result) -> list[tuple[str, ...]]:
    return [
        (one.clip, one.scene, str(one.seconds), str(one.openings), or_dash(one.first_s, " s"),
         one.verdict)
        for one in result.clips
    ]  # fmt: skip


def timing_rows(timings: Sequence[Timing]) -> list[tuple[str, ...]]:
    return [
        (
            one.what,
            one.network,
            f"{one.milliseconds:.1f}",
            f"{one.a_second:.1f}",
            f"{one.ratio:.2f}",
            f"{one.wall_ms:.1f}",
        )
        for one in timings
    ]


def targets_text(evaluation: Evaluation) -> str:
    rows = [(one.name, one.goal, one.value, one.verdict) for one in evaluation.targets]
    return aligned(TARGETS, rows)


def point_cells(point: Figures) -> tuple[str, ...]:
    """As SERIES has its headings, without a mark."""
    return (
        f"{point.opens:.2f}",
        f"{point.raised} of {point.fires}",
        "–" if point.delay is None else f"{point.delay:.0f} frames, {point.delay_s:.0f} s",
        str(point.elsewhere),
        or_dash(point.clear),
        _hourly(point),
        or_dash(point.unboxed),
    )


def _marked(point: Figures) -> tuple[str, ...]:
    opens, *rest = point_cells(point)
    return (f"{opens} *" if point.factor == 1.0 else opens, *rest)


def _hourly(one: Figures | Camera) -> str:
    return "–" if one.clear is None else f"{one.clear.an_hour:.2f}"


def _section(title: str, results: Sequence[Result], text: Callable[[Result], str]) -> str:
    parts = [f"{one.contestant.name}\n{text(one)}" for one in results]
    return "\n".join([title, *parts])
