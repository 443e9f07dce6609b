"""A label to print and stick on a box: its name, its title, its place and a QR of the same.

No secret is on it: a label hangs on a mast for years.
"""

import io
from html import escape

import segno

from provisioning.registry import Card

MODULE_MM = 0.8
QUIET = 4
"""Modules around the code (ISO/IEC 18004)."""
TEXT_MM = 62


def content(card: Card) -> str:
    """What a phone reads: a line each."""
    lines = ["Đông Giang IOC", card.name, card.title, card.commune]
    if card.lat is not None and card.lon is not None:
        lines.append(f"geo:{card.lat:.5f},{card.lon:.5f}")
    return "\n".join(line for line in lines if line)


def png(card: Card) -> bytes:
    """The code alone, ten pixels a module."""
    out = io.BytesIO()
    _code(content(card)).save(out, kind="png", scale=10, border=QUIET)
    return out.getvalue()


def svg(card: Card) -> str:
    """The code and the words beside it, in millimetres."""
    code = _code(content(card))
    side = code.symbol_size(border=QUIET)[0] * MODULE_MM
    picture = code.svg_inline(scale=MODULE_MM, border=QUIET)
    place = "" if card.lat is None else f"{card.lat:.5f}, {card.lon:.5f}"
    words = [card.title or card.name, card.name, card.commune, place]
    lines = "".join(
        f'<text x="{side:.1f}" y="{10 + 8 * at}" font-size="{6 if at == 0 else 4.5}">'
        f"{escape(word)}</text>"
        for at, word in enumerate(word for word in words if word)
    )
    width = side + TEXT_MM
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.1f}mm" height="{side:.1f}mm" '
        f'viewBox="0 0 {width:.1f} {side:.1f}" font-family="sans-serif">'
        f"{picture}{lines}</svg>\n"
    )


def _code(text: str) -> segno.QRCode:
    return segno.make(text, error="q", micro=False)
