"""Photos from strangers: small, bare and upright, or refused."""

import io
import struct
import zlib

import pytest
from PIL import Image

from hub.citizens.photo import KEPT_BYTES, PIXELS, SIDES, UPLOAD_BYTES, BadPhoto, clean


def picture(kind: str = "JPEG", size: tuple[int, int] = (320, 200), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 60, 20)).save(out, kind, **options)
    return out.getvalue()


def noise(side: int) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((side, side), 120).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A PNG whose header claims a size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    body = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_what_stands_beside_the_pixels_stays_behind() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker of phones"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (15.0, 56.0, 1.0)
    given = picture(size=(320, 200), exif=exif, comment=b"my name", icc_profile=b"profile")
    kept = clean(given)
    with Image.open(io.BytesIO(kept)) as seen:
        assert seen.size == (200, 320)
        assert not seen.getexif()
        assert "comment" not in seen.info
        assert "icc_profile" not in seen.info
    assert b"Maker of phones" in given
    assert b"Maker of phones" not in kept


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_formats_of_phones_are_taken_and_kept_as_jpeg(kind: str) -> None:
    assert clean(picture(kind)).startswith(b"\xff\xd8\xff")


def test_the_largest_noise_becomes_small_enough() -> None:
    given = noise(2400)
    kept = clean(given)
    assert len(given) > 10 * KEPT_BYTES
    assert len(kept) <= KEPT_BYTES
    with Image.open(io.BytesIO(kept)) as seen:
        assert max(seen.size) <= SIDES[0]


def test_bytes_after_the_picture_do_not_survive() -> None:
    kept = clean(picture() + b"<script>alert(1)</script>PK\x03\x04")
    assert b"script" not in kept
    assert b"PK\x03\x04" not in kept


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(noise(800)[:-40_000], id="truncated"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', id="svg"),
        pytest.param(b"<html><script>1</script></html>", id="html"),
        pytest.param(picture("GIF"), id="gif"),
        pytest.param(picture("TIFF"), id="tiff"),
        pytest.param(b"GIF89a/*" + picture(), id="polyglot with another head"),
        pytest.param(claiming(60_000, 60_000), id="bomb"),
        pytest.param(claiming(PIXELS // 1000 + 1, 1000), id="one row too many"),
        pytest.param(claiming(4000, 4000), id="claims more than it has"),
        pytest.param(b"\xff\xd8\xff", id="head alone"),
        pytest.param(b"\0" * (UPLOAD_BYTES + 1), id="too many bytes"),
    ],
)
def test_what_is_no_picture_is_refused(bad: bytes) -> None:
    with pytest.raises(BadPhoto) as refused:
        clean(bad)
    assert refused.value.why_vi
