"""`ioc catalogue show`."""

from argparse import Namespace
from collections.abc import Iterator
from difflib import get_close_matches

from hub.catalogue import wording
from hub.catalogue.records import Catalogue, Indicator
from ioc.commands.catalogue import opened
from ioc.exits import Exit, complain


def run(options: Namespace) -> int:
    if (catalogue := opened(options.folder)) is None:
        return Exit.CONFIGURATION
    versions = [each for each in catalogue.indicators if each.id == options.id]
    if not versions:
        close = get_close_matches(options.id, {each.id for each in catalogue.indicators})
        hint = f"có phải {' hay '.join(close)}?" if close else "xem ioc catalogue list"
        complain(f"không có chỉ số {options.id!r}; {hint}")
        return Exit.FAILED
    print("\n\n".join("\n".join(_lines(catalogue, each)) for each in versions))
    return Exit.OK


def _lines(catalogue: Catalogue, indicator: Indicator) -> Iterator[str]:
    yield f"{indicator.name_vi} ({indicator.name_en})"
    said = {
        "mã": indicator.id,
        "hiệu lực": wording.force(indicator),
        "kỳ": wording.PERIODS[indicator.period],
        "cấp": catalogue.kinds[indicator.level].name_vi,
        "đơn vị": indicator.unit_vi,
        "công thức": indicator.formula,
        "chỉ tiêu": wording.target(indicator),
        "ngưỡng": wording.bands(indicator),
        "phụ trách": indicator.owner,
        "khi cần chú ý": indicator.advice.yellow,
        "khi không đạt": indicator.advice.red,
    }
    yield from (f"  {key:<14} {value}" for key, value in said.items() if value)
    yield from (f"  {'căn cứ':<14} {wording.grounds(each)}" for each in indicator.basis)
    for identity in sorted(indicator.parsed.measures):
        measure = catalogue.measures[identity]
        yield f"  {'số liệu':<14} {identity}: {measure.name_vi}; nguồn: {measure.source}"
