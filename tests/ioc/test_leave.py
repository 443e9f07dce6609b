"""The end of a process."""

import subprocess
import sys
from textwrap import dedent

import pytest

IN_FOREIGN_CODE = """
    def work():
        image = np.zeros((2000, 2000, 3), np.uint8)
        while True:
            at_work.set()
            cv2.GaussianBlur(image, (31, 31), 0)

    threading.Thread(target=work, daemon=True).start()
    at_work.wait()
"""


def end(work: str) -> subprocess.CompletedProcess[str]:
    begin = "import logging, threading, cv2, numpy as np\nfrom ioc.leave import leave\n"
    end = "print('last word')\nleave(7)\n"
    script = f"{begin}at_work = threading.Event()\n{dedent(work)}\n{end}"
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("work", ["", IN_FOREIGN_CODE], ids=["alone", "in foreign code"])
def test_a_process_ends_with_its_code_and_its_last_word(work: str) -> None:
    ended = end(work)
    assert (ended.returncode, ended.stdout, ended.stderr) == (7, "last word\n", "")
