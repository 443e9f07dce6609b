"""A file of 10⁶ rows is refused with its count, in bounded memory, by both readers."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.hub.entrances.books import raw

ROWS = 1_000_000
MOST_MB = 500
"""Python with openpyxl and pydantic takes some 100 MB, the rows up to the limit as much again; a
million would take more than a gigabyte."""

PROGRAM = """
import re, sys
from pathlib import Path
from hub.entrances.imports import draft
from hub.entrances.limits import Limits
from hub.entrances.mapping import find, load
made = draft(Path(sys.argv[1]), load(find("health-daily")), "health-daily", Limits())
# not ru_maxrss, which remembers the process that this one was forked from
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
print(made.faults.kept[0].wrong)
"""


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_million_rows_are_refused_with_their_count(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    if kind == "csv":
        with path.open("w", encoding="utf-8") as file:
            file.write("Mã trạm;Ngày;Lượt khám\n")
            file.writelines(f"t{n};01/04/2026;1\n" for n in range(ROWS - 1))
    else:
        head = "".join(
            f'<c t="inlineStr"><is><t>{each}</t></is></c>'
            for each in ("Mã trạm", "Ngày", "Lượt khám")
        )
        cell = '<c t="inlineStr"><is><t>t</t></is></c><c><v>46113</v></c><c><v>1</v></c>'
        rows = (f'<row r="{n}">{cell}</row>' for n in range(2, ROWS + 1))
        raw(path, [f'<row r="1">{head}</row>', *rows])
    child = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)], capture_output=True, text=True, check=True
    )
    peak, wrong = child.stdout.splitlines()
    assert wrong == "tệp có 1000000 dòng, nhiều hơn 100000"
    assert int(peak) < MOST_MB
