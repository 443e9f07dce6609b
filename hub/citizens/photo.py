"""A stranger's photo, made harmless: decoded within bounds and drawn anew, without its metadata."""

import io
import threading

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
UPLOAD_BYTES = 8_000_000
KEPT_BYTES = 200_000
PIXELS = 50_000_000
"""More than a phone's camera takes; a bomb claims more."""
SIDES = (1600, 1200, 900, 640)
QUALITIES = (82, 65, 45)

_UNREADABLE = (
    OSError, UnidentifiedImageError, SyntaxError, ValueError, EOFError, KeyError, IndexError,
    Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip
"""What Pillow raises on bytes that are no picture, or too much of one."""

_one = threading.Lock()
"""One at a time: a 50 megapixel PNG unfolds to 200 MB."""


class BadPhoto(ValueError):
    """Not a picture that is taken; `why_vi` is said to the citizen."""

    def __init__(self, why_vi: str) -> None:
        self.why_vi = why_vi
        super().__init__(why_vi)


def clean(upload: bytes) -> bytes:
    """A JPEG of at most KEPT_BYTES: upright, without position, time or maker.  Raises BadPhoto."""
    if len(upload) > UPLOAD_BYTES:
        raise BadPhoto("Ảnh lớn quá 8 MB. Chọn ảnh nhỏ hơn.")
    with _one:
        try:
            return _smallest(_drawn(upload))
        except BadPhoto:
            raise
        except _UNREADABLE:
            raise BadPhoto("Tệp không phải là ảnh đọc được (JPEG, PNG, WebP).") from None


def _drawn(upload: bytes) -> Image.Image:
    """The pixels alone: what stands beside them in the file stays behind."""
    with Image.open(io.BytesIO(upload), formats=FORMATS) as picture:
        width, height = picture.size
        if width * height > PIXELS:
            raise BadPhoto("Ảnh có quá nhiều điểm ảnh. Chụp lại ở cỡ nhỏ hơn.")
        picture.draft("RGB", (SIDES[0], SIDES[0]))
        picture.load()
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((SIDES[0], SIDES[0]))
        seen = upright.convert("RGB")
    bare = Image.new("RGB", seen.size)
    bare.paste(seen)
    return bare


def _smallest(picture: Image.Image) -> bytes:
    for side in SIDES:
        picture.thumbnail((side, side))
        for quality in QUALITIES:
            out = io.BytesIO()
            picture.save(out, "JPEG", quality=quality)
            if out.tell() <= KEPT_BYTES:
                return out.getvalue()
    raise BadPhoto("Không thu nhỏ được ảnh này. Chọn ảnh khác.")
