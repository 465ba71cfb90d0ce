"""接但 123, jied 3: what sounds like a command word, is spelt like one or has its two characters in the wrong order;
with a number alone behind it also what is spelt with one letter amiss (接到 3). Pure.

Characters that sound alike stand in ``wording/syllables.txt``, a line a syllable, for every character of GB 2312: the
table is complete for whatever command is added.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from handlers.orders import MENTION, parse
from handlers.wording.commands import BLANKS, COMMANDS, HAN, NUMBER_BEFORE, TWO_AND_A_NUMBER

_LETTERS = re.compile(
    rf"(?P<said>(?=[^\d#]*[a-z])(?:[a-z{HAN}]|(?<=[a-z]) (?=[a-z])){{2,14}})(?P<after>(?:[\s\d#].*)?)$", re.IGNORECASE
)
_BARE = re.compile(TWO_AND_A_NUMBER)
_AS_IN_THE_TABLE = re.compile(r"([zcs](?=h)|n(?=g))[hg]")
_LEADING = re.compile(NUMBER_BEFORE)
LONGEST = 5  # characters of a command word that is looked for
Sound = tuple[int, ...]


@cache
def _lines() -> list[tuple[str, str]]:
    """Each syllable in letters, and its characters."""
    lines = files("handlers.wording").joinpath("syllables.txt").read_text(encoding="utf-8").splitlines()
    parted = (line.partition(" ") for line in lines if not line.startswith("#"))
    return [(letters, characters) for letters, _, characters in parted]


@cache
def _syllables() -> dict[str, int]:
    """The number of each character's syllable."""
    return {char: number for number, (_, characters) in enumerate(_lines()) for char in characters}


@cache
def _spelt() -> dict[str, str]:
    return {char: letters for letters, characters in _lines() for char in characters}


def _letters(word: str) -> str:
    """jie单 as jiedan; zh, ch, sh and ng count as in the table."""
    spelt = "".join(_spelt().get(char, char) for char in word.lower() if char != " ")
    return _AS_IN_THE_TABLE.sub(r"\1", spelt)


@cache
def _by_letters() -> dict[str, str]:
    """The command word that is spelt so; what is taught goes first."""
    said = [(not one.taught, at, word) for one in COMMANDS.values() if one.staff for at, word in enumerate(one.words)]
    found: dict[str, str] = {}
    for _, _, word in sorted(said, key=lambda one: one[:2]):
        found.setdefault(_letters(word), word)
    return found


@cache
def _cut_short() -> dict[str, str]:
    """What is taught, by its initials and by each beginning that is longer than its first syllable: jd, jied."""
    found: dict[str, str] = {}
    for word in (one.words[0] for one in COMMANDS.values() if one.staff and one.taught):
        spelt, first = _letters(word), len(_letters(word[0]))
        found.setdefault("".join(_letters(char)[0] for char in word), word)
        for end in range(first + 1, len(spelt)):
            found.setdefault(spelt[:end], word)
    return found


def _in_letters(text: str) -> str | None:
    """jiedan 3, jied 3, 接dan 3, with the command's word instead."""
    found = _LETTERS.match(text)
    said = _letters(found["said"]) if found is not None else ""
    word = _by_letters().get(said) or _cut_short().get(said)
    return f"{word}{found['after']}" if found is not None and word is not None else None


def _amiss(text: str) -> str | None:
    """接到 3: the number of a ticket and nothing else behind it."""
    found = _BARE.match(text)
    said = _letters(found["said"]) if found is not None else ""
    taught = (one.words[0] for one in COMMANDS.values() if one.staff and one.taught)
    word = next((word for word in taught if _one_amiss(said, _letters(word))), None)
    return f"{word}{found['after']}" if found is not None and word is not None else None


def _one_amiss(said: str, meant_: str) -> bool:
    """Whether the two differ in one letter: another, one too many or one too few."""
    short, long = sorted((said, meant_), key=len)
    at = next((i for i, char in enumerate(short) if char != long[i]), len(short))
    return len(long) - len(short) <= 1 and short[at + (len(short) == len(long)) :] == long[at + 1 :]


def sound_of(word: str) -> Sound | None:
    """How a word sounds; None where a character is not in the table."""
    known = _syllables()
    sounds = [known.get(char) for char in word]
    return tuple(sound for sound in sounds if sound is not None) if None not in sounds else None


@cache
def _words() -> dict[Sound, str]:
    """The command word that has a sound: what is taught goes first, then the first word of a command."""
    said = [
        (not command.taught, number > 0, word)
        for command in COMMANDS.values()
        if command.staff
        for number, word in enumerate(command.words)
        if 2 <= len(word) <= LONGEST
    ]
    found: dict[Sound, str] = {}
    for _, _, word in sorted(said, key=lambda one: one[:2]):
        sound = sound_of(word)
        if sound is not None:
            found.setdefault(sound, word)
    return found


@cache
def _first_words() -> frozenset[str]:
    return frozenset(command.words[0] for command in COMMANDS.values() if command.staff)


def meant(words: str) -> str | None:
    """The normalised words with the command that was probably meant; None where they are one already, or like none.

    Without a number only the word that is taught for a command counts, and only alone: 合适 is no 核实.
    """
    text = MENTION.sub("", words.strip()).strip(BLANKS)
    if parse(text) is not None:
        return None
    leading = _LEADING.match(text)
    number, rest = (f"{leading[1]} ", text[leading.end() :]) if leading else ("", text)
    if (corrected := _in_letters(rest)) is not None and _is_meant(f"{number}{corrected}", corrected):
        return f"{number}{corrected}"
    for length in range(min(LONGEST, len(rest)), 1, -1):
        token, after = rest[:length], rest[length:]
        word = next(_like(token), None)
        if word is None or not (not after or after[0].isdigit() or after[0] in BLANKS or after[0] == "#"):
            continue
        corrected = f"{number}{word}{after}"
        if _is_meant(corrected, f"{word}{after}"):
            return corrected
    return _amiss(rest) if leading is None else None


def _is_meant(corrected: str, word_first: str) -> bool:
    """Of a ticket that is named, or the word that is taught for a command and nothing else."""
    order = parse(corrected)
    if order is None or not any(word_first.startswith(word) for word in COMMANDS[order.command].words):
        return False
    return order.number is not None or word_first.strip(BLANKS) in _first_words()


def _like(token: str) -> Iterator[str]:
    for said in (token, token[::-1]) if len(token) == 2 else (token,):
        sound = sound_of(said)
        if sound is not None and sound in _words():
            yield _words()[sound]
