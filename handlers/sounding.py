"""接但 123, 办洁 1043: what sounds like a command word, or has its two characters in the wrong order. Pure.

Characters that sound alike stand in ``wording/syllables.txt``, a line a syllable, for every character of GB 2312: the
table is complete for whatever command is added.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from handlers.orders import MENTION, parse
from handlers.wording.commands import BLANKS, COMMANDS, NUMBER_BEFORE

_LEADING = re.compile(NUMBER_BEFORE)
LONGEST = 5  # characters of a command word that is looked for
Sound = tuple[int, ...]


@cache
def _syllables() -> dict[str, int]:
    """The number of each character's syllable."""
    found: dict[str, int] = {}
    lines = files("handlers.wording").joinpath("syllables.txt").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(line for line in lines if not line.startswith("#")):
        found |= dict.fromkeys(line.partition(" ")[2], number)
    return found


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
    for length in range(min(LONGEST, len(rest)), 1, -1):
        token, after = rest[:length], rest[length:]
        word = next(_like(token), None)
        if word is None or not (not after or after[0].isdigit() or after[0] in BLANKS or after[0] == "#"):
            continue
        corrected = f"{number}{word}{after}"
        order = parse(corrected)
        if order is None or COMMANDS[order.command].words.count(word) == 0:
            continue
        if order.number is not None or (not after.strip(BLANKS) and word in _first_words()):
            return corrected
    return None


def _like(token: str) -> Iterator[str]:
    for said in (token, token[::-1]) if len(token) == 2 else (token,):
        sound = sound_of(said)
        if sound is not None and sound in _words():
            yield _words()[sound]
