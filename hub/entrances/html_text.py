"""The text of a piece of HTML: no tags, no scripts, one space between words."""

import re
from html.parser import HTMLParser

SILENT = {"script", "style", "template", "noscript", "iframe", "object"}
_MARKUP = re.compile(r"<[A-Za-z!/?]|&[#A-Za-z]")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self._silent += tag in SILENT
        self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT and self._silent:
            self._silent -= 1
        self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def plain(said: str) -> str:
    """The words of `said`, which may be HTML or text."""
    if _MARKUP.search(said):
        reader = _Text()
        reader.feed(said)
        reader.close()
        said = "".join(reader.parts)
    return " ".join(said.split())
