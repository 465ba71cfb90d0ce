"""Reads a command out of what was typed: the word, the numbers, the rest.

Forgiving about full-width digits, stray blanks, traditional characters and the order of word and number; strict about
where a command may stand: at the very beginning (or right behind the number). Text from quotes is never a command.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from handlers.message import Incoming
from handlers.wording.commands import (
    ASKED_OF,
    ASKED_WHICH,
    BEFORE_A_ROW,
    BLANKS,
    COMMANDS,
    IN_A_ROW,
    LISTS,
    LONGEST_ROW,
    NUMBER_AFTER,
    NUMBER_BEFORE,
    ROW,
    SNAP,
)
from handlers.wording.joining import BOT_NAMES
from nlp.normalise import normalise

NUMBER = re.compile(NUMBER_AFTER)
LEADING = re.compile(NUMBER_BEFORE)
MENTION = re.compile(r"^(?:@\S+\s+)+")
_CALLED = re.compile(rf"@\S*?(?:{BOT_NAMES})")  # @小助手这个谁管, typed without a blank
TOO_LONG = re.compile(r"#?(?P<digits>\d{10,40})")
_ASKED_WHICH = re.compile(ASKED_WHICH)
_SNAP = re.compile(SNAP)
_ROW = re.compile(ROW)
SLACK = 40  # characters that normalising may have dropped


@dataclass(frozen=True, slots=True)
class Order:
    """A command as it was meant. ``tapped``: it came from a button, so the ticket is certain."""

    command: str
    numbers: tuple[int, ...] = ()
    rest: str = ""
    tapped: bool = False
    soft: bool = False  # everyday words (收到, 好了) that only count beside a card

    @property
    def number(self) -> int | None:
        """The ticket that was named, if any."""
        return self.numbers[0] if self.numbers else None

    @property
    def no_number(self) -> str | None:
        """What stands where the number belongs and is longer than any: whoever said it meant a certain one."""
        found = TOO_LONG.match(self.rest) if not self.numbers else None
        return found["digits"] if found is not None else None


@cache
def _words() -> dict[str, list[tuple[str, str]]]:
    """Command words by their first character, longest first, so that 通知进度 is not read as 通知."""
    pairs = [(word.lower(), name) for name, command in COMMANDS.items() for word in command.words]
    found: dict[str, list[tuple[str, str]]] = {}
    for word, name in sorted(pairs, key=lambda pair: -len(pair[0])):
        found.setdefault(word[0], []).append((word, name))
    return found


@cache
def _soft() -> dict[str, str]:
    return {word: name for name, command in COMMANDS.items() for word in command.soft}


def parse(words: str) -> Order | None:
    """The command in normalised words, or None. ``接单1043``, ``1043 接单``, ``接单 1043 1044`` all read the same."""
    text = MENTION.sub("", words.strip()).strip()
    leading = LEADING.match(text)
    if leading and (order := _at_start(text[leading.end() :])) is not None:
        return Order(order.command, (int(leading[1]), *order.numbers), order.rest)
    return _at_start(text)


def called(words: str) -> str:
    """Normalised words without the names called at their beginning, also where nothing else is said."""
    text = MENTION.sub("", f"{words} ").strip()
    if text or not words.startswith("@"):
        return text
    return words[found.end() :] if (found := _CALLED.match(words)) is not None else ""


def meant(incoming: Incoming) -> Incoming:
    """The message; whoever begins with 随手拍 and tells something says it to the bot, wherever they say it."""
    found = _SNAP.match(incoming.text)
    if found is None or not any(map(str.isalnum, incoming.text[found.end() :])):
        return incoming
    return replace(incoming, text=found["whom"] + incoming.text[found.end() :], addressed=True)


def own_words(words: str, mentions: Iterable[str]) -> str:
    """Normalised words without the names that were called in them: 接单 in somebody's nickname is no command."""
    for name in mentions:
        words = words.replace(f"@{normalise(name)}", " ")
    return words.strip()


def _at_start(text: str) -> Order | None:
    for word, name in _words().get(text[:1].lower(), ()):
        if text[: len(word)].lower() != word:
            continue
        after = text[len(word) :]
        if len(word) >= 2 and name not in LISTS and _ASKED_WHICH.match(after) is not None:
            return None
        if _ends(word, after) and _fits(name, after):
            return Order(name, *_split(_spread(after) if name in IN_A_ROW else after))
    return None


def word_in(text: str) -> tuple[str, str] | None:
    """The command word at the very beginning of a text, whatever follows, and what follows."""
    for word, _ in _words().get(text[:1].lower(), ()):
        if text[: len(word)].lower() == word and len(word) >= 2:
            return text[: len(word)], text[len(word) :]
    return None


def _ends(word: str, after: str) -> bool:
    """Whether the command word is really over: short words must stand alone or before a number or a blank."""
    if not after or after[0].isdigit() or after[0] in BLANKS or after[0] == "#":
        return True
    return len(word) >= 2 and word in JOINING and not after.startswith(ASKED_OF)


def _fits(name: str, after: str) -> bool:
    """Whether what follows is what this command wants: 不是 12, but not 不是我."""
    behind = COMMANDS[name].behind
    return not behind or re.fullmatch(behind, after) is not None


# Their other words are said of anything: 完成作业了吗, 反馈一下情况. They want a blank or a number behind them.
LOOSE = frozenset({"progress", "resolve"})
# Words that may be followed by anything at once: 转派物业, 绑定ab12. Residents' other words may begin any sentence.
JOINING = frozenset(
    word
    for command in COMMANDS.values()
    if command.staff or command.name in ("bind", "unbind")
    for number, word in enumerate(command.words)
    if len(word) >= 2 and (number == 0 or command.name not in LOOSE)
)


def _spread(after: str) -> str:
    """9到15 as every number of it; what is longer or runs backwards is a slip, and stays."""
    first = re.match(BEFORE_A_ROW, after)
    last = _ROW.match(after[first.end() :]) if first is not None else None
    if first is None or last is None:
        return after
    begin, end = int(first[1]), int(last[1])
    if not begin < end < begin + LONGEST_ROW:
        return after
    return f" {' '.join(map(str, range(begin, end + 1)))} {after[first.end() + last.end() :]}"


def _split(after: str) -> tuple[tuple[int, ...], str]:
    numbers: list[int] = []
    rest = after
    while (found := NUMBER.match(rest)) is not None:
        numbers.append(int(found[1]))
        rest = rest[found.end() :]
    return tuple(numbers), rest.strip(BLANKS)


def as_typed(original: str, rest: str) -> str:
    """The rest of a command as it was typed: what reading forgives must not change what people are told."""
    if not rest:
        return ""
    for start in range(max(len(original) - len(rest) - SLACK, 0), len(original)):
        if normalise(original[start:]).strip(BLANKS) == rest:
            return original[start:].strip(BLANKS)
    return rest


def parse_soft(words: str) -> Order | None:
    """Everyday words for accepting and resolving; the caller makes sure that a card stands beside them."""
    text = words.strip(BLANKS)
    if (name := _soft().get(text)) is not None:
        return Order(name, soft=True)
    for word, command in _soft().items():
        if len(text) <= 20 and text.startswith(word) and text[len(word) : len(word) + 1] in BLANKS:
            return Order(command, rest=text[len(word) :].strip(BLANKS), soft=True)
    return None
