"""The groups of commands that ``menkou`` has beside its own: each in a module with nothing but options."""

from __future__ import annotations

import click

from bot.answers import answers
from bot.bench.commands import bench
from bot.doors import doors
from bot.groups import groups
from bot.platforms.commands import simulator
from bot.register import register
from bot.teaching_commands import places, train, words

GROUPS = (answers, bench, doors, groups, places, register, simulator, train, words)
LONGEST = 200  # characters


def say_whole(group: click.Group) -> None:
    """Lets the lists of ``--help`` hold whole sentences: click cuts them where the line ends."""
    for command in group.commands.values():
        command.short_help = command.get_short_help_str(LONGEST)
        if isinstance(command, click.Group):
            say_whole(command)
