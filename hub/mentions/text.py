"""A text from the internet as a row of comparable syllables, whatever was done to it on the way.

Markup, entities, styled letters, decomposed or piled-up accents, invisible marks and both ways to
place a tone (`hòa`, `hoà`) are evened out.  Vietnamese writes a space between syllables, so a
syllable is what spaces and punctuation part; `.` and `,` stay in the row, so that no phrase is
found across the end of a sentence.
"""

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

MOST_RAW = 200_000
"""Characters looked at; what follows is not read (a page with its markup is about half of it)."""

MOST_CHARACTERS = 20_000
"""Characters kept once markup is gone: 4,000 words, longer than any news article."""

PLAIN_SHARE = 0.1
"""A text with fewer accented syllables is written without accents; written with them, about 0.7
of the syllables of Vietnamese carry one."""

END, PAUSE = ".", ","

_TOKEN = re.compile(
    r"\d+(?:[.,/:]\d+)+"
    r"|[^\W_]+(?:['’ʼ`][^\W_]+)*"
    r"|[.!?…]+(?=\s|$|[\"”)])|[;\n]"
    r"|[,:()\"“”]|(?<=\s)[-–—](?=\s)"
)
_SIGNS = dict.fromkeys(".!?…;\n", END) | dict.fromkeys(',:()"“”-–—', PAUSE)
"""What a token is that is no syllable, by its first character."""
_TAG = re.compile(r"\s*[/!]?\s*([a-zA-Z]+|--)")
_BLOCKS = frozenset({"p", "br", "div", "li", "ul", "tr", "td", "th", "table", "hr", "h", "title"})
"""`h` is `h1` to `h6`: a tag is known by its letters."""
_UNREAD = frozenset({"script", "style"})
_MARKS = r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILE = re.compile(f"({_MARKS}{{3}}){_MARKS}+")
_STRAY = re.compile(_MARKS)
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_ODD = re.compile(f"{_MARKS}|{_INVISIBLE.pattern}")
_LOOKALIKES = str.maketrans("Ðð", "Đđ")
_APOSTROPHES = str.maketrans("", "", "'’ʼ`")
_NEW_STYLE = {
    old + tail: new
    for vowels, news in (("òóỏõọ", "àáảãạ"), ("ùúủũụ", "ỳýỷỹỵ"))
    for old, toned in zip(vowels, news, strict=True)
    for tail, new in (
        (("a", "o" + toned), ("e", "o" + "èéẻẽẹ"["àáảãạ".index(toned)]))
        if vowels[0] == "ò"
        else (("y", "u" + toned),)
    )
}
"""`òa` is `oà`: at the end of a syllable the tone may stand on either vowel."""


@dataclass(frozen=True)
class Text:
    """`original` as written, `syllables` lower case with accents, of the same length.

    `plain`: written without accents, as on many a phone.  `capitals`: uses capitals to tell names
    (not at all, or throughout, tells nothing).  A sentence has both of its text.
    """

    original: tuple[str, ...]
    syllables: tuple[str, ...]
    plain: bool
    capitals: bool

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """Without accents."""
        return tuple(map(fold, self.syllables))

    @cached_property
    def sentences(self) -> tuple["Text", ...]:
        return tuple(self._sentences())

    def part(self, begin: int, end: int) -> "Text":
        one = slice(begin, end)
        return Text(self.original[one], self.syllables[one], self.plain, self.capitals)

    def _sentences(self) -> Iterator["Text"]:
        begin = 0
        ends = [at for at, syllable in enumerate(self.syllables) if syllable == END]
        for end in (*ends, len(self.syllables)):
            if end > begin:
                yield self.part(begin, end)
            begin = end + 1

    def __str__(self) -> str:
        return " ".join(self.original).replace(" ,", ",").replace(" .", ".")


def text(*parts: str) -> Text:
    """Of anything, each part a sentence at least; an empty text has no syllables."""
    original = [token for part in parts for token in (*_tokens(part), END)][:-1]
    if original.count(END) == len(original):
        original = []
    syllables = tuple(map(normal, original))
    return Text(tuple(original), syllables, _is_plain(syllables), _tells_names(original))


def _tokens(raw: str) -> list[str]:
    return [_SIGNS.get(token[0], token) for token in _TOKEN.findall(clean(raw))]


def _is_plain(syllables: Sequence[str]) -> bool:
    spoken = list(filter(str.isalpha, syllables))
    accented = len(spoken) - sum(map(str.isascii, spoken))
    return accented < PLAIN_SHARE * max(len(spoken), 1)


def _tells_names(original: Sequence[str]) -> bool:
    """Not by the first word, which a sentence begins with."""
    initials = filter(str.isalpha, [each[0] for each in original])
    capital = list(map(str.isupper, initials))
    return any(capital[1:]) and not all(capital)


def clean(raw: str) -> str:
    """Readable text in NFC, at most `MOST_CHARACTERS`, without markup or what cannot be seen."""
    raw = raw[:MOST_RAW]
    if "&" in raw:
        raw = html.unescape(raw)
    if "<" in raw:
        raw = html.unescape(_without_markup(raw))
    raw = raw[:MOST_CHARACTERS]
    if "Ð" in raw or "ð" in raw:
        raw = raw.translate(_LOOKALIKES)
    if _ODD.search(raw) is None and unicodedata.is_normalized("NFKC", raw):
        return raw
    raw = _PILE.sub(r"\1", _INVISIBLE.sub("", raw))
    return _STRAY.sub("", unicodedata.normalize("NFKC", raw))


def _without_markup(raw: str) -> str:
    """Linear in its length, which no expression with a closing tag in it is."""
    first, *pieces = raw.split("<")
    kept = [first]
    unread: str | None = None
    for piece in pieces:
        inside, closed, rest = piece.partition(">")
        match = _TAG.match(inside)
        name = match[1].lower() if match else ""
        if unread:
            unread = None if name == unread and "/" in inside[:2] else unread
            kept.append("" if unread else rest)
        elif not closed or not match:
            kept.append("< " + piece)
        else:
            unread = name if name in _UNREAD and "/" not in inside[:2] else None
            kept.append("" if unread else ("\n" if name in _BLOCKS else "") + rest)
    return "".join(kept)


@lru_cache(maxsize=65_536)
def normal(syllable: str) -> str:
    """Lower case, no apostrophes, the tone of an open syllable where the new style puts it."""
    syllable = unicodedata.normalize("NFC", syllable.lower().translate(_APOSTROPHES))
    ending = _NEW_STYLE.get(syllable[-2:])
    if ending is None or syllable[:-1].endswith("qu"):
        return syllable
    return syllable[:-2] + ending


@lru_cache(maxsize=65_536)
def fold(syllable: str) -> str:
    """Without accents: `đường` is `duong`."""
    parted = unicodedata.normalize("NFD", syllable.replace("đ", "d"))
    return _STRAY.sub("", parted)
