"""A front door as people write it behind a command: building, entrance, room, and the words around it.

``3-2-501 张桂兰``, ``阳光小区3栋2单元501 张桂兰`` and ``三号楼二单元五〇一，张桂兰`` read the same. Stricter than
``places.find``: that looks for places in talk, this reads an address that somebody means to give.
"""

import re
from dataclasses import dataclass

from nlp.normalise import fold, tight

_DIGITS = "零一二三四五六七八九"
_N = r"(?:[A-Za-z]?\d{1,3}|[一二三四五六七八九十]{1,3}|[A-Za-z])"
_ROOM = r"(?:\d{3,4}|[零〇一二三四五六七八九]{3,4})"
_DOOR = re.compile(
    rf"(?<![\d-])(?P<b>{_N}) ?[-/—] ?(?:(?P<u>\d{{1,2}}) ?[-/—] ?)?(?P<r>\d{{3,4}})(?![\d-])(?:室|户|号|房)?"
    rf"|(?P<b2>{_N}) ?(?:号楼|号院|栋|幢|座|#|号|楼) ?(?:(?P<u2>{_N}|[东西南北中]) ?(?:单元|梯|门) ?)?"
    rf"(?P<r2>{_ROOM})(?!\d)(?:室|户|号|房)?"
)
_PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)")
_BUILDING = re.compile(rf"({_N})(?:号楼|号院|栋|幢|座|#|号|楼)|^({_N})$")
_AROUND = re.compile(r"[\s,，。.;；:：、()（）]+")
_LEAD = re.compile(r"^(?:我是|我叫|本人|姓名|户主|住户|名字|叫|我家住|我们家|我家|家住|我住|住在|住|在|是)+")
_TAIL = re.compile(r"(?<=..)(?:家|的)+$")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,10}[·•][\u4e00-\u9fff·•]{1,12}|[A-Za-z]{2,30}")


@dataclass(frozen=True, slots=True)
class FrontDoor:
    """What was given. ``words`` are what stands around it, in order: perhaps the estate, perhaps a name."""

    building: str
    entrance: str
    room: str
    words: tuple[str, ...] = ()
    phone: str = ""


def read(text: str) -> FrontDoor | None:
    """The one front door that a text gives; None where it gives none."""
    flat = tight(fold(text))[0]
    phone = _PHONE.search(flat)
    bare = _PHONE.sub(" ", flat)
    found = _DOOR.search(bare)
    if found is None:
        return None
    words = [_bare(word) for part in (bare[: found.start()], bare[found.end() :]) for word in _AROUND.split(part)]
    return FrontDoor(
        building=number(found["b"] or found["b2"]),
        entrance=number(found["u"] or found["u2"] or ""),
        room=_room(found["r"] or found["r2"]),
        words=tuple(word for word in words if word),
        phone="".join(phone.groups()) if phone is not None else "",
    )


def building_number(name: str) -> str:
    """What tells a building from its neighbours: 3 of 三号楼, A of A座; a name without a number is itself."""
    found = _BUILDING.search(fold(name))
    return number(found[1] or found[2]) if found is not None else fold(name)


def is_name(word: str) -> bool:
    """Whether a word may be somebody's name."""
    return _NAME.fullmatch(word) is not None


def same_name(one: str, other: str) -> bool:
    """Whether two names are written alike: widths, scripts and blanks aside."""
    left, right = ("".join(fold(name).split()).replace("•", "·").lower() for name in (one, other))
    return bool(left) and left == right


def number(word: str) -> str:
    """三, 十四 and 03 as 3, 14 and 3; letters large. What is no number stays what it is."""
    if not word or word.isascii():
        return (word.lstrip("0") or word).upper()
    if "十" not in word:
        return "".join(str(_DIGITS.index(char)) if char in _DIGITS else char for char in word)
    tens, _, ones = word.partition("十")
    if len(tens) > 1 or len(ones) > 1 or not set(tens + ones) <= set(_DIGITS):
        return word
    return str(10 * (_DIGITS.index(tens) if tens else 1) + (_DIGITS.index(ones) if ones else 0))


def _room(word: str) -> str:
    return word if word.isascii() else "".join(str(_DIGITS.index(char)) for char in word.replace("〇", "零"))


def _bare(word: str) -> str:
    return _TAIL.sub("", _LEAD.sub("", word))
