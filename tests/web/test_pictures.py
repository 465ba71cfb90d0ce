"""Photos are written anew: upright, smaller, and without anything that came along."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from bot.pictures import LONGEST_EDGE, PictureError, clean
from storage.media import LARGEST

ORIENTATION, MAKER = 0x0112, 0x010F
SIDEWAYS = 6


def photo(form: str = "JPEG", size: tuple[int, int] = (400, 300), mode: str = "RGB", **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red" if mode in {"RGB", "P"} else 0).save(out, form, **more)
    return out.getvalue()


def opened(raw: bytes) -> Image.Image:
    return Image.open(io.BytesIO(raw))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_what_phones_send_becomes_a_jpeg(form: str) -> None:
    body, mime = clean(photo(form))
    assert mime == "image/jpeg"
    assert opened(body).format == "JPEG"
    assert opened(body).size == (400, 300)


def test_nothing_of_the_phone_is_kept_and_the_picture_stands_upright() -> None:
    told = Image.Exif()
    told[ORIENTATION], told[MAKER] = SIDEWAYS, "a telephone"
    told.get_ifd(0x8825)[2] = (31.0, 14.0, 0.0)  # where it was taken
    body, _ = clean(photo(exif=told, comment=b"taken by somebody"))
    found = opened(body)
    assert found.size == (300, 400)
    assert not found.getexif()
    assert "comment" not in found.info
    assert b"telephone" not in body


def test_a_large_photo_becomes_small_enough() -> None:
    assert opened(clean(photo(size=(6000, 3000)))[0]).size == (LONGEST_EDGE, LONGEST_EDGE // 2)


def test_what_is_transparent_becomes_white() -> None:
    body, _ = clean(photo("PNG", mode="RGBA"))
    assert opened(body).getpixel((5, 5)) == (255, 255, 255)


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    with pytest.raises(PictureError, match="too_big"):
        clean(bomb)


def test_what_can_only_be_decoded_whole_may_have_fewer_pixels() -> None:
    """Fifty kilobytes of one colour would take a gigabyte of memory; a photo is decoded at a fraction of its size."""
    side = (5000, 5000)
    for form in ("PNG", "WEBP"):
        with pytest.raises(PictureError, match="too_big"):
            clean(photo(form, side, "RGB" if form == "WEBP" else "L"))
    assert opened(clean(photo("JPEG", side, "L"))[0]).size == (LONGEST_EDGE, LONGEST_EDGE)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "nothing"),
        (b"x" * (LARGEST + 1), "too_big"),
        (b"hello", "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture"),
        (b"%PDF-1.7", "not_a_picture"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 50, "not_a_picture"),
    ],
)
def test_what_is_no_photo_is_refused_with_a_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(PictureError, match=reason):
        clean(raw)


def test_a_cut_off_photo_is_refused() -> None:
    whole = photo("PNG", size=(500, 500))
    with pytest.raises(PictureError, match="not_a_picture"):
        clean(whole[: len(whole) // 2])
