"""What is sent to a telephone: a short message that every exchange passes on, a call that can be listened to."""

from __future__ import annotations

import re
import unicodedata

_JOINERS = "\N{ZERO WIDTH JOINER}\N{VARIATION SELECTOR-16}"
_LINK = re.compile(r"https?://[!-~]+")
_LONG_NUMBER = re.compile(r"\d{4,}")
_LOOKED_AT = re.compile("[\u300c\u300d\u300e\u300f\u300a\u300b\u3010\u3011\u2026]")  # brackets and ellipses
_MIDDLE = re.compile(r"\s*\u00b7\s*")
_PAUSE, _STOP = "\N{FULLWIDTH COMMA}", "\N{IDEOGRAPHIC FULL STOP}"
_STOPS = f"{_STOP}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}!?"


def legible(text: str) -> str:
    """Without pictures, which many an exchange refuses or garbles. Rare characters of names stay."""
    return "".join(sign for sign in text if not _is_picture(sign))


def _is_picture(sign: str) -> bool:
    code = ord(sign)
    shown = 0x2600 <= code <= 0x27BF or 0x2B00 <= code <= 0x2BFF or code >= 0x1F000
    return sign in _JOINERS or (shown and unicodedata.category(sign) in ("So", "Sk"))


def aloud(text: str) -> str:
    """As a voice says it: nothing that is only to be looked at, lines as sentences, long numbers digit by digit."""
    lines = (_LOOKED_AT.sub("", _LINK.sub("", line)).strip() for line in legible(text).split("\n"))
    spoken = ""
    for line in filter(None, lines):
        spoken += line if not spoken or spoken[-1] in _STOPS else f"{_STOP}{line}"
    return _LONG_NUMBER.sub(lambda found: " ".join(found[0]), _MIDDLE.sub(_PAUSE, spoken))
