"""Photos before they are kept: decoded, turned upright, made smaller and written anew, so that nothing rides along.

A phone's photo says where and with which device it was taken. Writing it anew leaves that out, together with whatever
else was hidden in the file.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from storage.media import LARGEST

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")  # JPEG includes the several-in-one kind of newer phones
MOST_PIXELS = 60_000_000  # a phone's largest photo; more is a trap for the memory
MOST_WHOLE = 24_000_000  # of a picture that can only be decoded whole, 4 bytes a pixel and more: a long screenshot
SCALED = frozenset({"JPEG", "MPO"})  # decoded at a fraction of their size
LONGEST_EDGE = 2048  # what staff need to see a crack in a wall
QUALITY = 85
MIME = "image/jpeg"


class PictureError(ValueError):
    """A file that is not taken as a photo. ``reason`` is a key of the page's words: nothing, too_big, not_a_picture."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def clean(raw: bytes) -> tuple[bytes, str]:
    """The picture as a fresh JPEG without metadata, and its type. Raises PictureError."""
    if not raw:
        raise PictureError("nothing")
    if len(raw) > LARGEST:
        raise PictureError("too_big")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit below is stricter
        try:
            return _write(_upright(raw)), MIME
        except Image.DecompressionBombError as error:
            raise PictureError("too_big") from error
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
            if isinstance(error, PictureError):
                raise
            raise PictureError("not_a_picture") from error


def _upright(raw: bytes) -> Image.Image:
    with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
        width, height = opened.size  # from the header: nothing has been decoded yet
        if width * height > (MOST_PIXELS if opened.format in SCALED else MOST_WHOLE):
            raise PictureError("too_big")
        opened.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))  # lets a JPEG decode at a fraction of its size
        opened.thumbnail((LONGEST_EDGE, LONGEST_EDGE))  # before anything copies it
        turned = ImageOps.exif_transpose(opened)
    return _opaque(turned)


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        paper = Image.new("RGB", clear.size, "white")
        paper.paste(clear, mask=clear.getchannel("A"))
        return paper
    return picture.convert("RGB")


def _write(picture: Image.Image) -> bytes:
    fresh = Image.new("RGB", picture.size)  # a new image: no EXIF, no comment, no profile
    fresh.paste(picture)
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
