"""帮助: what somebody may say, by what it is about; each answer fits into one message of every platform."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.permissions import TABLE, Who
from handlers.wording import help as wording
from handlers.wording.commands import COMMANDS, Command
from storage.people import Role

FEW = 6  # words


def lines(wanted: str, who: Who) -> Iterator[str]:
    """The few words everybody is taught; with 全部 every word by subject; with a subject or a word how it is said."""
    if wanted in wording.EVERYTHING:
        yield from _everything(who)
    elif wanted in wording.SUBJECTS and (mine := _of_subject(wanted, who)):
        yield wording.SUBJECT_HEAD.format(subject=wanted)
        yield from (_line(command) for command in mine)
    elif (one := _named(wanted, who)) is not None:
        yield from _one(one)
    else:
        yield from _taught(who)


def _everything(who: Who) -> Iterator[str]:
    mine = {subject: found for subject in wording.SUBJECTS if (found := _of_subject(subject, who))}
    yield wording.EVERYTHING_HEAD.format(subject=next(iter(mine)))
    for subject, commands in mine.items():
        words = wording.APART.join(command.words[0] for command in commands)
        yield wording.SUBJECT_LINE.format(subject=subject, words=words)


def _taught(who: Who) -> Iterator[str]:
    theirs = [command for command in COMMANDS.values() if command.staff == who.is_staff and _is_for(who, command)]
    shown = [command for command in theirs if command.taught]
    if who.is_staff and len(shown) < FEW:  # who works at no desk is taught what is theirs
        shown = [*shown, *(command for command in theirs if not command.taught)][:FEW]
    yield wording.STAFF_HEAD if who.is_staff else wording.RESIDENT_HEAD
    yield from (_line(command) for command in shown)
    if who.is_staff:
        yield wording.STAFF_MORE


def _of_subject(subject: str, who: Who) -> list[Command]:
    """The commands of a subject that this person may give."""
    named = (COMMANDS[name] for name in wording.SUBJECTS[subject] if name in COMMANDS)
    return [command for command in named if _is_for(who, command)]


def _is_for(who: Who, command: Command) -> bool:
    if command.staff:
        return bool(who.roles & (TABLE[command.name].roles - {Role.RESIDENT}))
    return command.name != "bind" or not who.is_staff


def _named(word: str, who: Who) -> Command | None:
    return next((one for one in COMMANDS.values() if word and word in one.words and _is_for(who, one)), None)


def _one(command: Command) -> Iterator[str]:
    yield _line(command)
    others = command.words[1:]
    if others:
        yield wording.ONE_OTHERS.format(others=wording.OTHERS_APART.join(others))


def _line(command: Command) -> str:
    return wording.LINE.format(word=command.words[0], help=command.help, example=command.example)
