"""What the pages promise is there: files, headings, commands, make targets."""

import argparse
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ioc.cli import parser

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<img\s[^>]*src=\"([^\"]+)\"")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```(?:sh)?\n(.*?)^```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
ELSEWHERE = ("http://", "https://", "mailto:")


def pages() -> list[str]:
    """Every Markdown page under version control or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        check=True, capture_output=True, text=True, cwd=ROOT,
    ).stdout.split()  # fmt: skip
    return sorted(name for name in listed if (ROOT / name).exists())


def links(text: str) -> Iterator[str]:
    for found in LINK.finditer(FENCE.sub("", text)):
        target = found.group(1) or found.group(2)
        if not target.startswith(ELSEWHERE):
            yield target


def anchors(text: str) -> set[str]:
    """Of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#{1,6} (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", re.sub(r"`|\*", "", each).lower()).strip().replace(" ", "-")
        for each in headings
    }


def broken(page: Path, root: Path = ROOT) -> list[str]:
    """The links of `page` that lead nowhere, or out of the repository."""
    return [
        link for link in links(page.read_text(encoding="utf-8")) if not _leads(page, root, link)
    ]


def _leads(page: Path, root: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not (target.exists() and target.is_relative_to(root)):
        return False
    return not anchor or anchor in anchors(target.read_text(encoding="utf-8"))


def commands(text: str, program: str) -> Iterator[list[str]]:
    """Arguments of each `program …` in code, wherever its folder; comments and pipes end one."""
    for block, span in CODE.findall(text):
        for line in (block or span).replace("\\\n", " ").splitlines():
            begins = r"(?:^|[|;&] *|sudo (?:-u \w+ )?)(?:\S*/)?"
            if call := re.search(rf"{begins}{program} ([^#|;&]*)", line):
                yield shlex.split(call.group(1).replace("…", " … "))


def asked_wrong(words: list[str], level: argparse.ArgumentParser) -> str:
    """The first word that the command line does not know; empty if it knows all of them."""
    words = [word for word in words if word != "…"]
    options = level._option_string_actions
    while words:
        word = words.pop(0)
        groups = [a for a in level._actions if isinstance(a, argparse._SubParsersAction)]
        if word.startswith("-"):
            if word not in options:
                return word
            if options[word].nargs != 0 and words:
                words.pop(0)
        elif groups:
            if word not in groups[0].choices:
                return word
            level = groups[0].choices[word]
            options = level._option_string_actions
    return ""


@pytest.mark.parametrize("page", pages())
def test_every_link_leads_somewhere(page: str) -> None:
    assert broken(ROOT / page) == []


def test_a_link_to_nowhere_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A\n[gone](gone.md) [no heading](#b) [heading](#a) [web](https://x)\n")
    assert broken(page, tmp_path) == ["gone.md", "#b"]


@pytest.mark.parametrize("page", pages())
def test_every_command_on_a_page_exists(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for words in commands(text, "ioc"):
        assert not asked_wrong(words, parser()), f"ioc {' '.join(words)}"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)
    for words in commands(text, "make"):
        named = [word for word in words if "=" not in word and word != "…"]
        assert set(named) <= set(targets), f"make {' '.join(words)}"


def test_commands_are_read_off_a_page() -> None:
    text = "`ioc demo --json`\n```sh\nsudo /opt/ioc/bin/ioc hub run --config x  # the hub\n```\n"
    assert list(commands(text, "ioc")) == [["demo", "--json"], ["hub", "run", "--config", "x"]]
    assert asked_wrong(["hub", "run", "--fast"], parser()) == "--fast"
    assert asked_wrong(["hub", "fly"], parser()) == "fly"


def test_the_newcomer_s_commands_are_on_the_front_page() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {("demo",), ("test",)} <= {tuple(words) for words in commands(text, "make")}
    assert ["agent", "run", "--config", "agent.toml"] in list(commands(text, "ioc"))
